"""The understanding, in plain Python: fit on examples, predict an `Understanding`, save and load without pickle."""

import json
import shutil
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from bot.classifier import Classifier
from bot.faq import DIALOGUE, PERSON, SEVERAL, Faq, Particles, is_faq
from bot.language import SPANISH, language_of
from bot.manner import Manner
from bot.needs import NO_NEED, Clauses, Detector, piece, read_needs, read_runs, runs, spoken
from bot.result import ANSWER, CLARIFY, OTHER_LANGUAGE, OUT_OF_SCOPE, SMALLTALK, Candidate, Need, Understanding
from bot.result import DIALOGUE as IN_DIALOGUE
from bot.result import PERSON as TO_PERSON
from bot.risk import Thresholds, is_long
from bot.text import Reader

RANKED = 5
_SINGLE_BELOW = 0.0005
_THEME_SHARE = 0.4
_LENGTHS = ("short", "long")


@dataclass(frozen=True)
class Care:
    """What answers to texts of one length rest on: the odds of two needs, and of none, and from which confidence on to answer.

    Where `closed` is None, nothing is weighed by odds; where `manner` is, they rest on the reading alone.
    """

    several: Detector
    thresholds: Thresholds
    closed: Detector | None = None
    manner: Manner | None = None


@dataclass
class Model:
    """A trained model with the snapshot of the FAQ that it was trained on; long texts have a care of their own."""

    reader: Reader
    clauses: Clauses
    classifier: Classifier
    short: Care
    long: Care
    manifest: dict[str, Any] = field(default_factory=dict)

    def over(self, faq: Faq, version: str = "") -> "Model":
        """The same model with the texts, actions and themes of this FAQ, from which every mouth answers."""
        return replace(self, manifest=_over(self.manifest, faq, version))

    def understand(self, text: str) -> Understanding:
        """What the text asks for; any text is accepted."""
        # JSON may carry half of a surrogate pair, which no encoding can write.
        text = text.encode("utf-8", "replace").decode()
        reading = self.reader.read(text)
        care = self.long if is_long(text) else self.short
        whole = self.classifier.probabilities([reading.text])
        if language_of(text) != SPANISH:
            needs = [_foreign(self._need(text, reading.text, spoken(whole, self.classifier.labels)[0], care.thresholds))]
        else:
            needs = self._needs(text, reading.text, whole, care)
        return Understanding(text, tuple(needs), reading.entities, self.manifest.get("version", ""))

    def _needs(self, text: str, levelled: str, whole: np.ndarray, care: Care) -> list[Need]:
        """The needs of the text in order."""
        clauses, texts, probabilities = [(0, len(text))], [levelled], whole
        if care is self.long or whole[0, self.classifier.labels.index(SEVERAL)] >= _SINGLE_BELOW:
            clauses, texts = read_runs(text, self.reader, self.clauses)
            if len(texts) > 1:
                probabilities = np.vstack([whole, self.classifier.probabilities(texts[1:])])
        rows = {run: row for row, run in enumerate(runs(len(clauses)))}
        manner = [care.manner.of(*self.classifier.features.row(levelled))] if care.manner else []
        found = read_needs(probabilities, len(clauses), self.classifier.labels, care.several, care.closed, *manner)
        return [self._need(piece(text, clauses, run), texts[rows[run]], chances, care.thresholds) for run, chances in found]

    def _need(self, text: str, levelled: str, chances: np.ndarray, thresholds: Thresholds) -> Need:
        known = {label: p for label, p in zip(self.classifier.labels, chances.tolist()) if label not in NO_NEED}
        ranked = sorted(((p, label) for label, p in known.items() if is_faq(label)), reverse=True)
        ranking = tuple(self._candidate(label, p) for p, label in ranked[:RANKED])
        outcome = _outcome(known, ranking, thresholds)
        theme = _theme(known) if outcome == OUT_OF_SCOPE else None
        # A yes or thanks is one whose likeliest label of all is another's, too: the dialogue goes by its label.
        alike = {
            label for label in known if outcome in (IN_DIALOGUE, SMALLTALK) and not is_faq(label) and _kind(label) == outcome
        }
        shown = ranking[0].id if outcome == ANSWER else max(alike or known, key=known.__getitem__)
        return Need(
            text.strip(),
            outcome,
            shown,
            ranking,
            action="open_ticket" if outcome == TO_PERSON else ranking[0].action if outcome == ANSWER else None,
            theme=theme,
            topic=self.manifest["themes"].get(theme),
            risk=_risk(outcome, ranking, thresholds),
            because=self.classifier.because(levelled, shown),
        )

    def _candidate(self, id_: str, confidence: float) -> Candidate:
        entry = self.manifest["entries"][id_]
        return Candidate(id_, round(confidence, 4), entry["question"], entry["action"], tuple(entry["asks"]))

    def save(self, folder: Path) -> None:
        """Write the model into the folder, as arrays, JSON and the encoder's own files."""
        folder.mkdir(parents=True, exist_ok=True)
        cares = dict(zip(_LENGTHS, (self.short, self.long)))
        detectors = {f"several_{name}": care.several.array() for name, care in cares.items()}
        closed = {f"closed_{name}": care.closed.array() for name, care in cares.items() if care.closed}
        manner = {
            f"{what}_{name}": array for name, care in cares.items() if care.manner for what, array in vars(care.manner).items()
        }
        np.savez_compressed(folder / "arrays.npz", **self.classifier.arrays(), **detectors, **closed, **manner)
        thresholds = {name: asdict(care.thresholds) for name, care in cares.items()}
        manifest = {**self.manifest, "thresholds": thresholds, "encoder": self.classifier.encoder_name}
        _write_manifest(folder, manifest)
        self.classifier.encoder.save(folder / "encoder")

    @staticmethod
    def copy_over(saved: Path, folder: Path, faq: Faq, version: str) -> None:
        """Copy what `save` wrote as the same model with the texts, actions and themes of this FAQ; nothing is loaded."""
        shutil.copytree(saved, folder, dirs_exist_ok=True)
        _write_manifest(folder, _over(_manifest(saved), faq, version))

    @classmethod
    def load(cls, folder: Path) -> "Model":
        """The model that `save` wrote.

        Raises:
            FileNotFoundError: the folder holds none.
        """
        manifest = _manifest(folder)
        with np.load(folder / "arrays.npz", allow_pickle=False) as saved:
            particles = Particles(**{name: tuple(words) for name, words in manifest["particles"].items()})
            classifier = Classifier.from_arrays(saved, folder / "encoder", particles=particles, encoder_name=manifest["encoder"])
            several, closed = (
                {name: Detector.from_array(saved[f"{of}_{name}"]) for name in _LENGTHS if f"{of}_{name}" in saved}
                for of in ("several", "closed")
            )
            told = [name for name in _LENGTHS if f"intercepts_{name}" in saved]
            manner = {name: Manner(saved[f"weights_{name}"], saved[f"intercepts_{name}"]) for name in told}
        short, long = (
            Care(several[name], Thresholds(**manifest["thresholds"][name]), closed.get(name), manner.get(name))
            for name in _LENGTHS
        )
        return cls(
            Reader(manifest["patterns"], manifest["variants"]),
            Clauses(manifest["connectors"]),
            classifier,
            short,
            long,
            manifest,
        )


def _over(manifest: dict[str, Any], faq: Faq, version: str) -> dict[str, Any]:
    entries = {id_: asdict(entry) for id_, entry in faq.entries.items()}
    return {**manifest, "version": version, "entries": entries, "themes": faq.themes}


def _manifest(folder: Path) -> dict[str, Any]:
    return dict(json.loads((folder / "manifest.json").read_text(encoding="utf-8")))


def _write_manifest(folder: Path, manifest: dict[str, Any]) -> None:
    (folder / "manifest.json").write_text(json.dumps(manifest, ensure_ascii=False, indent=1), encoding="utf-8")


def _foreign(need: Need) -> Need:
    """The need of a text in another language: nobody approved an answer in that."""
    return replace(need, outcome=OTHER_LANGUAGE, action=None, theme=None, topic=None, risk="high")


def _outcome(chances: dict[str, float], ranking: Sequence[Candidate], thresholds: Thresholds) -> str:
    if ranking and ranking[0].confidence >= thresholds.answer:
        return ANSWER
    if sum(candidate.confidence for candidate in ranking[:3]) >= thresholds.clarify:
        return CLARIFY
    kinds: dict[str, float] = {}
    for label, p in chances.items():
        if not is_faq(label):
            kinds[_kind(label)] = kinds.get(_kind(label), 0.0) + p
    return max(kinds, key=kinds.__getitem__) if kinds else OUT_OF_SCOPE


def _risk(outcome: str, ranking: Sequence[Candidate], thresholds: Thresholds) -> str:
    if outcome != ANSWER:
        return "high"
    return "low" if ranking[0].confidence >= thresholds.low else "medium"


def _kind(label: str) -> str:
    if label in DIALOGUE:
        return IN_DIALOGUE
    if label == PERSON:
        return TO_PERSON
    return SMALLTALK if label.startswith("charla/") else OUT_OF_SCOPE


def _theme(probability: dict[str, float]) -> str | None:
    """The theme of most weight, None where no theme stands out."""
    themes = {label.partition("/")[2]: p for label, p in probability.items() if label.startswith("fuera/")}
    if not themes:
        return None
    best = max(themes, key=themes.__getitem__)
    return best if themes[best] >= _THEME_SHARE * sum(themes.values()) else None
