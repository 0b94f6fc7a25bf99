"""The understanding, in plain Python: fit on examples, predict an `Understanding`, save and load without pickle."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from bot.classifier import Classifier, Progress, combine, held_out, weigh
from bot.faq import DIALOGUE, PERSON, SEVERAL, Example, Faq, is_faq
from bot.result import ANSWER, CLARIFY, OUT_OF_SCOPE, SMALLTALK, Candidate, Need, Understanding
from bot.result import DIALOGUE as IN_DIALOGUE
from bot.result import PERSON as TO_PERSON
from bot.risk import Outcomes, Thresholds, thresholds
from bot.text import Reader

RANKED = 5
_THEME_SHARE = 0.4


@dataclass(frozen=True)
class Settings:
    """How to train: the encoder (None: trained on the examples), the two wanted error rates, and the seed."""

    encoder: str | None = None
    wrong_rate: float = 0.02
    stray_rate: float = 0.02
    seed: int = 1


@dataclass
class Model:
    """A trained model with the snapshot of the FAQ that it was trained on."""

    reader: Reader
    classifier: Classifier
    thresholds: Thresholds
    manifest: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def fit(cls, examples: Sequence[Example], faq: Faq, settings: Settings, *, version: str = "", progress: Progress) -> "Model":
        """Train on these examples of one need each; confidences and thresholds come from authors held out in turn."""
        reader = Reader(faq.patterns, faq.variants)
        single = [example for example in examples if example.label != SEVERAL]
        texts = [reader.read(example.text).text for example in single]
        truth = [example.label for example in single]
        labels = tuple(sorted(set(truth)))
        scores = held_out(
            texts,
            truth,
            [e.author for e in single],
            encoder_name=settings.encoder,
            seed=settings.seed,
            progress=progress,
        )
        progress("all authors")
        classifier = Classifier.fit(texts, truth, all_labels=labels, encoder_name=settings.encoder, seed=settings.seed)
        classifier.weights = weigh(scores, [labels.index(label) for label in truth])
        outcomes = Outcomes.of(combine(scores, classifier.weights), labels, truth)
        chosen = thresholds(outcomes, settings.wrong_rate, settings.stray_rate)
        return cls(reader, classifier, chosen, _manifest(faq, settings, outcomes, chosen, version))

    def understand(self, text: str) -> Understanding:
        """What the text asks for; any text is accepted."""
        reading = self.reader.read(text)
        probabilities = self.classifier.probabilities([reading.text])[0]
        need = self._need(text.strip(), reading.text, dict(zip(self.classifier.labels, probabilities.tolist())))
        return Understanding(text, (need,), reading.entities, self.manifest["version"])

    def _need(self, text: str, levelled: str, probability: dict[str, float]) -> Need:
        best = max(probability, key=probability.__getitem__)
        ranked = sorted(((p, label) for label, p in probability.items() if is_faq(label)), reverse=True)
        ranking = tuple(self._candidate(label, p) for p, label in ranked[:RANKED])
        outcome = self._outcome(probability, ranking)
        shown = ranking[0].id if outcome == ANSWER else best
        theme = _theme(probability) if outcome == OUT_OF_SCOPE else None
        return Need(
            text,
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
        np.savez_compressed(folder / "arrays.npz", **self.classifier.arrays())
        (folder / "manifest.json").write_text(json.dumps(self.manifest, ensure_ascii=False, indent=1), encoding="utf-8")
        self.classifier.encoder.save(folder / "encoder")

    @classmethod
    def load(cls, folder: Path) -> "Model":
        """The model that `save` wrote.

        Raises:
            FileNotFoundError: the folder holds none.
        """
        manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
        with np.load(folder / "arrays.npz", allow_pickle=False) as saved:
            classifier = Classifier.from_arrays(saved, folder / "encoder", manifest["settings"]["encoder"])
        reader = Reader(manifest["patterns"], manifest["variants"])
        return cls(reader, classifier, Thresholds(**manifest["thresholds"]), manifest)


def _kind(label: str) -> str:
    if label in DIALOGUE:
        return IN_DIALOGUE
    if label == PERSON:
        return TO_PERSON
    return SMALLTALK if label.startswith("charla/") else OUT_OF_SCOPE


def _theme(probability: dict[str, float]) -> str | None:
    """The theme of most weight, None where no theme stands out."""
    themes = {
        label.partition("/")[2]: p for label, p in probability.items() if _kind(label) == OUT_OF_SCOPE and not is_faq(label)
    }
    best = max(themes, key=themes.__getitem__)
    return best if themes[best] >= _THEME_SHARE * sum(themes.values()) else None


def _manifest(faq: Faq, settings: Settings, outcomes: Outcomes, chosen: Thresholds, version: str) -> dict[str, Any]:
    """All that the model carries besides numbers: what it knows, how it was trained, what was measured on held-out authors."""
    return {
        "version": version,
        "settings": asdict(settings),
        "thresholds": chosen.as_json(),
        "held_out": {
            "wrong": outcomes.wrong(chosen.answer),
            "stray": outcomes.stray(chosen.answer),
            "coverage": outcomes.coverage(chosen.answer),
            "first_right": outcomes.coverage(0.0),
        },
        "entries": {id_: asdict(entry) for id_, entry in faq.entries.items()},
        "themes": faq.themes,
        "patterns": faq.patterns,
        "variants": faq.variants,
    }
