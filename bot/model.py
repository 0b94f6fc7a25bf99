"""The understanding, in plain Python: fit on examples, predict an `Understanding`, save and load without pickle."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from bot.classifier import Classifier
from bot.faq import DIALOGUE, PERSON, SEVERAL, Faq, Particles, is_faq
from bot.language import SPANISH, language_of
from bot.needs import NO_NEED, Clauses, Detector, best_split, piece, read_runs, runs
from bot.result import ANSWER, CLARIFY, OTHER_LANGUAGE, OUT_OF_SCOPE, SMALLTALK, Candidate, Need, Understanding
from bot.result import DIALOGUE as IN_DIALOGUE
from bot.result import PERSON as TO_PERSON
from bot.risk import Thresholds
from bot.text import Reader

RANKED = 5
SEVERAL_FROM = 0.4
_SINGLE_BELOW = 0.01
_LONG = 300
_THEME_SHARE = 0.4
_LEAST = 1e-9


@dataclass
class Model:
    """A trained model with the snapshot of the FAQ that it was trained on."""

    reader: Reader
    clauses: Clauses
    classifier: Classifier
    detector: Detector
    thresholds: Thresholds
    manifest: dict[str, Any] = field(default_factory=dict)

    def over(self, faq: Faq, version: str = "") -> "Model":
        """The same model with the texts, actions and themes of this FAQ, from which every mouth answers."""
        entries = {id_: asdict(entry) for id_, entry in faq.entries.items()}
        return replace(self, manifest={**self.manifest, "version": version, "entries": entries, "themes": faq.themes})

    def understand(self, text: str) -> Understanding:
        """What the text asks for; any text is accepted."""
        # JSON may carry half of a surrogate pair, which no encoding can write.
        text = text.encode("utf-8", "replace").decode()
        reading = self.reader.read(text)
        whole = self.classifier.probabilities([reading.text])
        one = self._need(text, reading.text, whole[0])
        needs = [_foreign(one)] if language_of(text) != SPANISH else self._two(text, whole) or [one]
        return Understanding(text, tuple(needs), reading.entities, self.manifest.get("version", ""))

    def _two(self, text: str, whole: np.ndarray) -> list[Need] | None:
        """The two needs of the text in order, None if it has one."""
        several = whole[0, self.classifier.labels.index(SEVERAL)]
        if several < _SINGLE_BELOW and len(text) < _LONG:
            return None
        clauses, levelled = read_runs(text, self.reader, self.clauses)
        probabilities = np.vstack([whole, self.classifier.probabilities(levelled[1:])]) if len(levelled) > 1 else whole
        split = best_split(np.log(probabilities + _LEAST), len(clauses), self.classifier.labels)
        if split is None or self.detector.probability(split.evidence) < SEVERAL_FROM:
            return None
        rows = {run: row for row, run in enumerate(runs(len(clauses)))}
        return [
            self._need(piece(text, clauses, run), levelled[rows[run]], probabilities[rows[run]])
            for run in (split.first, split.second)
        ]

    def _need(self, text: str, levelled: str, probabilities: np.ndarray) -> Need:
        rest = {label: p for label, p in zip(self.classifier.labels, probabilities.tolist()) if label not in NO_NEED}
        spoken = {label: p / sum(rest.values()) for label, p in rest.items()}
        best = max(spoken, key=spoken.__getitem__)
        ranked = sorted(((p, label) for label, p in spoken.items() if is_faq(label)), reverse=True)
        ranking = tuple(self._candidate(label, p) for p, label in ranked[:RANKED])
        outcome = self._outcome(spoken, ranking)
        theme = _theme(spoken) if outcome == OUT_OF_SCOPE else None
        shown = ranking[0].id if outcome == ANSWER else best
        return Need(
            text.strip(),
            outcome,
            shown,
            ranking,
            action="open_ticket" if outcome == TO_PERSON else ranking[0].action if outcome == ANSWER else None,
            theme=theme,
            topic=self.manifest["themes"].get(theme),
            risk=self._risk(outcome, ranking),
            because=self.classifier.because(levelled, shown),
        )

    def _outcome(self, probability: dict[str, float], ranking: Sequence[Candidate]) -> str:
        if ranking and ranking[0].confidence >= self.thresholds.answer:
            return ANSWER
        if sum(candidate.confidence for candidate in ranking[:3]) >= self.thresholds.clarify:
            return CLARIFY
        kinds: dict[str, float] = {}
        for label, p in probability.items():
            if not is_faq(label):
                kinds[_kind(label)] = kinds.get(_kind(label), 0.0) + p
        return max(kinds, key=kinds.__getitem__) if kinds else OUT_OF_SCOPE

    def _candidate(self, id_: str, confidence: float) -> Candidate:
        entry = self.manifest["entries"][id_]
        return Candidate(id_, round(confidence, 4), entry["question"], entry["action"], tuple(entry["asks"]))

    def _risk(self, outcome: str, ranking: Sequence[Candidate]) -> str:
        if outcome != ANSWER:
            return "high"
        return "low" if ranking[0].confidence >= self.thresholds.low else "medium"

    def save(self, folder: Path) -> None:
        """Write the model into the folder, as arrays, JSON and the encoder's own files."""
        folder.mkdir(parents=True, exist_ok=True)
        detector = {"detector": self.detector.coefficients, "detector_0": np.array(self.detector.intercept)}
        np.savez_compressed(folder / "arrays.npz", **self.classifier.arrays(), **detector)
        manifest = {**self.manifest, "thresholds": asdict(self.thresholds), "encoder": self.classifier.encoder_name}
        (folder / "manifest.json").write_text(json.dumps(manifest, ensure_ascii=False, indent=1), encoding="utf-8")
        self.classifier.encoder.save(folder / "encoder")

    @classmethod
    def load(cls, folder: Path) -> "Model":
        """The model that `save` wrote.

        Raises:
            FileNotFoundError: the folder holds none.
        """
        manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
        with np.load(folder / "arrays.npz", allow_pickle=False) as saved:
            particles = Particles(**{name: tuple(words) for name, words in manifest["particles"].items()})
            classifier = Classifier.from_arrays(saved, folder / "encoder", particles=particles, encoder_name=manifest["encoder"])
            detector = Detector(saved["detector"], float(saved["detector_0"]))
        return cls(
            Reader(manifest["patterns"], manifest["variants"]),
            Clauses(manifest["connectors"]),
            classifier,
            detector,
            Thresholds(**manifest["thresholds"]),
            manifest,
        )


def _foreign(need: Need) -> Need:
    """The need of a text in another language: nobody approved an answer in that."""
    return replace(need, outcome=OTHER_LANGUAGE, action=None, theme=None, topic=None, risk="high")


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
