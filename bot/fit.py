"""Trains a model: what is learned, and what the thresholds, weights and detector are chosen by."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

import numpy as np

from bot.classifier import combine
from bot.faq import SEVERAL, Example, Faq
from bot.held_out import SINGLES, HeldOut, Material, Progress, learn
from bot.model import Model
from bot.needs import Clauses, Detector, best_split
from bot.risk import Outcomes, thresholds
from bot.text import Reader

_LEAST = 1e-9


@dataclass(frozen=True)
class Settings:
    """How to train: the encoder (None: trained on the examples), the two wanted error rates, and the seed."""

    encoder: str | None = None
    wrong_rate: float = 0.02
    stray_rate: float = 0.02
    seed: int = 1


def fit(examples: Sequence[Example], faq: Faq, settings: Settings, *, progress: Progress) -> Model:
    """A model of these examples; its confidences, thresholds and detector come from authors held out in turn.

    It knows the patterns and vocabulary of the FAQ, but not its texts: `Model.over` gives it those.
    """
    reader, cutter = Reader(faq.patterns, faq.variants), Clauses(faq.connectors)
    progress(f"reading {len(examples)} messages")
    material = Material(examples, reader, cutter, settings.seed)
    classifier, held = learn(material, progress, particles=faq.particles, encoder_name=settings.encoder, seed=settings.seed)
    truth, labels, scores = held.single(examples)
    outcomes = Outcomes.of(combine(scores, classifier.weights), labels, truth)
    chosen = thresholds(outcomes, settings.wrong_rate, settings.stray_rate)
    manifest = {
        "settings": asdict(settings),
        "held_out": outcomes.figures(chosen.answer),
        "patterns": faq.patterns,
        "variants": faq.variants,
        "connectors": faq.connectors,
        "particles": asdict(faq.particles),
    }
    return Model(reader, cutter, classifier, _detector(examples, held, classifier.weights), chosen, manifest)


def _detector(examples: Sequence[Example], held: HeldOut, weights: Sequence[float]) -> Detector:
    """The detector of messages with two needs; one that never fires where no example has two."""
    others = sum(not example.parts for example in examples)
    evidence, several, counts = [], [], []
    for number, clauses, scores in held.runs:
        split = best_split(np.log(combine(scores, weights) + _LEAST), clauses, held.labels)
        if split is not None:
            evidence.append(split.evidence)
            several.append(examples[number].label == SEVERAL)
            counts.append(1.0 if examples[number].parts else others / SINGLES)
    if not any(several):
        return Detector.never()
    return Detector.fit(np.array(evidence), np.array(several), np.array(counts))
