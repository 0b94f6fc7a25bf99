"""Trains a model: what is learned, and what the thresholds, weights and detector are chosen by."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

import numpy as np

from bot.classifier import combine
from bot.faq import PERSON, SEVERAL, Example, Faq, is_faq
from bot.held_out import FOLDS, SINGLES, HeldOut, Material, Progress, learn
from bot.model import Care, Model
from bot.needs import LEAST, Clauses, Detector, best_split, read_needs
from bot.risk import Outcomes, Thresholds, conformal, is_long, thresholds
from bot.text import Reader

STEPS = FOLDS + 2  # that `fit` tells of


@dataclass(frozen=True)
class Settings:
    """How to train: the encoder (None: trained on the examples), the wanted error rates, and the seed."""

    encoder: str | None = None
    wrong_rate: float = 0.02
    stray_rate: float = 0.02
    long_rate: float = 0.02
    seed: int = 1


def fit(examples: Sequence[Example], faq: Faq, settings: Settings, *, progress: Progress) -> Model:
    """A model of these examples; its confidences, thresholds and detector come from authors held out in turn.

    It knows the patterns and vocabulary of the FAQ, but not its texts: `Model.over` gives it those.
    """
    reader, cutter = Reader(faq.patterns, faq.variants), Clauses(faq.connectors)
    material = Material(examples, reader, cutter, settings.seed)
    progress(f"read {len(examples)} messages")
    classifier, held = learn(material, progress, particles=faq.particles, encoder_name=settings.encoder, seed=settings.seed)
    truth, labels, scores = held.single(examples)
    outcomes = Outcomes.of(combine(scores, classifier.weights), labels, truth)
    short, long = (_detector(examples, held, classifier.weights, long=long) for long in (False, True))
    chosen = thresholds(outcomes, settings.wrong_rate, settings.stray_rate)
    errors, count = _errors(examples, held, classifier.weights, long)
    manifest = {
        "settings": asdict(settings),
        "held_out": {**outcomes.figures(chosen.answer), "long": count, "long_errors": sorted(errors, reverse=True)},
        "patterns": faq.patterns,
        "variants": faq.variants,
        "connectors": faq.connectors,
        "particles": asdict(faq.particles),
    }
    at_length = Thresholds(*(conformal(errors, rate, count) for rate in (settings.long_rate, settings.long_rate / 4)))
    return Model(reader, cutter, classifier, Care(short, chosen), Care(long, at_length if count else chosen), manifest)


def _detector(examples: Sequence[Example], held: HeldOut, weights: Sequence[float], *, long: bool) -> Detector:
    """The detector of messages with two needs, in short or in long ones; one that never fires where no example has two.

    Short ones mostly have one need, so each of those that the detector learns from stands for many.
    """
    others = sum(not example.parts for example in examples)
    evidence, several, counts = [], [], []
    for number, clauses, scores in held.runs:
        split = best_split(np.log(combine(scores, weights) + LEAST), clauses, held.labels)
        if split is not None:
            evidence.append(split.evidence)
            several.append(examples[number].label == SEVERAL)
            counts.append(1.0 if long or examples[number].parts else others / SINGLES)
    if not any(several):
        return Detector.never()
    return Detector.fit(np.array(evidence), np.array(several), np.array(counts))


def _errors(examples: Sequence[Example], held: HeldOut, weights: Sequence[float], detector: Detector) -> tuple[list[float], int]:
    """The confidences up to which answers to long messages go wrong, and how many of these there are.

    It goes wrong to give an entry that answers none of the needs, or to answer all that was read where a person was needed.
    """
    errors, count = [], 0
    for number, clauses, scores in held.runs:
        example = examples[number]
        if is_long(example.text):
            truth = {part.label for part in example.parts if part.label} or {example.label}
            chances = read_needs(combine(scores, weights), clauses, held.labels, detector, doubts=True)
            count += 1
            errors += _error(truth, [row for _, row in chances], held.labels)
    return errors, count


def _error(truth: set[str], chances: Sequence[np.ndarray], labels: Sequence[str]) -> list[float]:
    given = [max((float(p), label) for p, label in zip(row, labels) if is_faq(label)) for row in chances]
    wrong = [confidence for confidence, label in given if label not in truth]
    if any(label == PERSON or label.startswith("fuera/") for label in truth):
        wrong.append(min(confidence for confidence, _ in given))
    return [max(wrong)] if wrong else []
