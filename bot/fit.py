"""Trains a model: what is learned, and what the thresholds, weights and detector are chosen by."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from bot.classifier import combine
from bot.faq import LEAST_EXAMPLES, PERSON, SEVERAL, Example, Faq, is_faq
from bot.held_out import FOLDS, SINGLES, HeldOut, Material, Progress, learn
from bot.model import Care, Model
from bot.needs import LEAST, Clauses, Detector, best_split, closing, read_needs
from bot.risk import Outcomes, Thresholds, conformal, is_long, thresholds
from bot.text import Reader

STEPS = FOLDS + 2  # that `fit` tells of
_SHORT = 0.05  # of a long message
_RATE = (lambda value: isinstance(value, float) and 0 < value < 1, "a rate between 0 and 1, such as 0.02")
_KINDS: dict[str, tuple[Callable[[Any], bool], str]] = {
    "encoder": (lambda value: isinstance(value, (str, type(None))), "a model's name or folder, or null"),
    "wrong_rate": _RATE,
    "stray_rate": _RATE,
    "long_rate": _RATE,
    "seed": (lambda value: isinstance(value, int), "a whole number"),
}


@dataclass(frozen=True)
class Settings:
    """How to train.

    `encoder` is a sentence-transformers model, a name on the hub or a folder; None trains one on the data. `wrong_rate` is the
    wanted share of wrong answers among the answers to messages that an entry answers, `stray_rate` of messages that are answered
    though no entry applies, `long_rate` of long messages that are answered wrongly, or as if nobody had to see them.

    Raises:
        ValueError: one is of the wrong kind; names it, what was expected and what came.
    """

    encoder: str | None = None
    wrong_rate: float = 0.02
    stray_rate: float = 0.02
    long_rate: float = 0.02
    seed: int = 1

    @classmethod
    def of(cls, component: Mapping[str, Any]) -> "Settings":
        """The settings among the keys of the component in config.yml."""
        return cls(**{key: value for key, value in component.items() if key in cls.__dataclass_fields__})

    def __post_init__(self) -> None:
        """Stop at what is of the wrong kind."""
        for name, (fits, expected) in _KINDS.items():
            value = getattr(self, name)
            if not fits(value):
                raise ValueError(f"{name}: expected {expected}, got {value!r}: correct it")


def fit(examples: Sequence[Example], faq: Faq, settings: Settings, *, progress: Progress) -> Model:
    """A model of these examples; its confidences, thresholds and detector come from authors held out in turn.

    It knows the patterns and vocabulary of the FAQ, but not its texts: `Model.over` gives it those.
    """
    reader, cutter = Reader(faq.patterns, faq.variants), Clauses(faq.connectors)
    material = Material(examples, reader, cutter, settings.seed)
    progress(f"read {len(examples)} messages")
    classifier, manner, held = learn(
        material, progress, particles=faq.particles, encoder_name=settings.encoder, seed=settings.seed
    )
    truth, labels, scores = held.single(examples)
    outcomes = Outcomes.of(combine(scores, classifier.weights), labels, truth)
    splits = list(_splits(held, classifier.weights))
    short = _detector(examples, splits, long=False)
    long = _detector(examples, [(number, np.append(evidence, held.told[number][:1])) for number, evidence in splits], long=True)
    chosen = thresholds(outcomes, settings.wrong_rate, settings.stray_rate)
    closed = _closed(examples, held, classifier.weights)
    errors, count = _errors(examples, held, classifier.weights, long, closed)
    manifest = {
        "settings": asdict(settings),
        "held_out": {**outcomes.figures(chosen.answer), "long": count, "long_errors": sorted(errors, reverse=True)},
        "patterns": faq.patterns,
        "variants": faq.variants,
        "connectors": faq.connectors,
        "particles": asdict(faq.particles),
    }
    certain = [conformal(errors, rate, count) for rate in (settings.long_rate, settings.long_rate / 4)]
    at_length = Care(long, Thresholds(*certain) if count else chosen, closed, manner)
    return Model(reader, cutter, classifier, Care(short, chosen), at_length, manifest)


def _splits(held: HeldOut, weights: Sequence[float]) -> Iterator[tuple[int, np.ndarray]]:
    """The number of each message that can be read as two needs, and the evidence for it."""
    for number, clauses, scores in held.runs:
        split = best_split(np.log(combine(scores, weights) + LEAST), clauses, held.labels)
        if split is not None:
            yield number, split.evidence


def _detector(examples: Sequence[Example], splits: Sequence[tuple[int, np.ndarray]], *, long: bool) -> Detector:
    """The detector of messages with two needs, in short or in long ones; one that never fires where no example has two.

    Short ones mostly have one need, so each of those that the detector learns from stands for many. For long ones the short
    count little, which is enough where hardly any long ones are there.
    """
    others = sum(not example.parts for example in examples)
    several = np.array([examples[number].label == SEVERAL for number, _ in splits])
    if not several.any():
        return Detector.never()
    counts = np.array([_count(examples[number], others, long) for number, _ in splits])
    return Detector.fit(np.array([evidence for _, evidence in splits]), several, counts)


def _count(example: Example, others: int, long: bool) -> float:
    if long:
        return 1.0 if is_long(example.text) else _SHORT
    return 1.0 if example.parts else others / SINGLES


def _closed(examples: Sequence[Example], held: HeldOut, weights: Sequence[float]) -> Detector:
    """The detector of long messages that ask nothing; one that never fires where there are few of them."""
    long = [(number, clauses, scores) for number, clauses, scores in held.runs if is_long(examples[number].text)]
    asks_nothing = np.array([examples[number].asks_nothing for number, _, _ in long], dtype=bool)
    if asks_nothing.sum() < LEAST_EXAMPLES:
        return Detector.never()
    evidence = [
        np.append(closing(combine(scores, weights), clauses, held.labels), held.told[number][1:])
        for number, clauses, scores in long
    ]
    return Detector.fit(np.array(evidence), asks_nothing, np.ones(len(long)))


def _errors(
    examples: Sequence[Example], held: HeldOut, weights: Sequence[float], several: Detector, closed: Detector
) -> tuple[list[float], int]:
    """The confidences up to which answers to long messages go wrong, and how many of these there are.

    Only who gets an answer to each need that was read is answered. It goes wrong where one of these answers none of the needs,
    or where a person was needed.
    """
    errors, count = [], 0
    for number, clauses, scores in held.runs:
        example = examples[number]
        if is_long(example.text):
            chances = read_needs(combine(scores, weights), clauses, held.labels, several, closed, held.told[number])
            count += 1
            errors += _error(example.needs, [row for _, row in chances], held.labels)
    return errors, count


def _error(truth: set[str], chances: Sequence[np.ndarray], labels: Sequence[str]) -> list[float]:
    given = [max((float(p), label) for p, label in zip(row, labels) if is_faq(label)) for row in chances]
    is_wrong = any(label not in truth for _, label in given)
    needs_a_person = any(label == PERSON or label.startswith("fuera/") for label in truth)
    return [min(confidence for confidence, _ in given)] if is_wrong or needs_a_person else []
