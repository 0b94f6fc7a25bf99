"""Trains a model: what is learned, what is held out, and the figures that the thresholds rest on."""

import random
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from joblib import Parallel, cpu_count, delayed
from sklearn.model_selection import GroupKFold, KFold, StratifiedKFold

from bot.classifier import Classifier, combine, score_unseen, weigh
from bot.faq import DIALOGUE, SEVERAL, Example, Faq, Particles
from bot.model import Model
from bot.needs import NO_NEED, NOTHING, Clauses, Detector, best_split, read_runs
from bot.risk import Outcomes, thresholds
from bot.text import Reader

FOLDS = 5
_JOINED_SHARE = 8
_JOINERS = (" ", ". ", ", ", "\n", "; ")
_SINGLES = 400
_LEAST = 1e-9

Progress = Callable[[str], None]


@dataclass(frozen=True)
class Settings:
    """How to train: the encoder (None: trained on the examples), the two wanted error rates, and the seed."""

    encoder: str | None = None
    wrong_rate: float = 0.02
    stray_rate: float = 0.02
    seed: int = 1


@dataclass(frozen=True)
class HeldOut:
    """Scores of messages by classifiers that saw neither them nor their authors.

    `scores` is of shape (2, examples, labels); `runs` holds, for some examples, its number, how many clauses it has and the
    scores of their runs, of shape (2, runs, labels).
    """

    labels: tuple[str, ...]
    scores: np.ndarray
    runs: list[tuple[int, int, np.ndarray]]

    def single(self, examples: Sequence[Example]) -> tuple[list[str], list[str], np.ndarray]:
        """The messages without marked parts: their true labels, the labels that a need can have, and the scores of these."""
        rows = [number for number, example in enumerate(examples) if not example.parts and example.label != SEVERAL]
        columns = [column for column, label in enumerate(self.labels) if label not in NO_NEED]
        truth = [examples[number].label for number in rows]
        return truth, [self.labels[column] for column in columns], self.scores[:, rows][:, :, columns]


def fit(examples: Sequence[Example], faq: Faq, settings: Settings, *, progress: Progress) -> Model:
    """A model of these examples; its confidences, thresholds and detector come from authors held out in turn.

    It knows the patterns and vocabulary of the FAQ, but not its texts: `Model.over` gives it those.
    """
    reader, cutter = Reader(faq.patterns, faq.variants), Clauses(faq.connectors)
    held = hold_out(examples, reader, cutter, faq.particles, settings, progress)
    progress("all authors")
    classifier = Classifier.fit(*_texts(examples, reader, settings), **_how(held.labels, faq.particles, settings))
    truth, labels, scores = held.single(examples)
    classifier.weights = weigh(scores, [labels.index(label) for label in truth])
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


def hold_out(
    examples: Sequence[Example],
    reader: Reader,
    cutter: Clauses,
    particles: Particles,
    settings: Settings,
    progress: Progress,
) -> HeldOut:
    """Train once for each fold of authors, several at a time, and score the others."""
    labels = tuple(sorted({label for example in examples for _, label in _rows(example)} | {SEVERAL, NOTHING}))
    texts = [reader.read(example.text).text for example in examples]
    cut = {i: read_runs(examples[i].text, reader, cutter) for i in sorted(_to_cut(examples, settings.seed))}
    jobs, tests = [], [test.tolist() for _, test in folds(examples, settings.seed)]
    for train, test in folds(examples, settings.seed):
        unseen = [texts[i] for i in test] + [text for i in test if i in cut for text in cut[i][1]]
        rows = _texts([examples[i] for i in train], reader, settings)
        jobs.append(delayed(score_unseen)(*rows, unseen, **_how(labels, particles, settings)))
    scores = np.zeros((2, len(examples), len(labels)), dtype=np.float32)
    cut_scores = []
    for test, found in zip(tests, Parallel(min(FOLDS, cpu_count()), return_as="generator")(jobs)):
        progress(f"held-out authors, {sum(map(len, tests[: tests.index(test) + 1]))} of {len(examples)} messages")
        scores[:, test] = found[:, : len(test)]
        place = len(test)
        for i in (i for i in test if i in cut):
            clauses, levelled = cut[i]
            cut_scores.append((i, len(clauses), found[:, place : place + len(levelled)]))
            place += len(levelled)
    return HeldOut(labels, scores, cut_scores)


def folds(examples: Sequence[Example], seed: int) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Pairs of (train, test) numbers in which no author is on both sides; with few authors, labels are spread evenly.

    Messages with marked parts are spread evenly too: the detector alone is fitted on them, and it must see them as it will
    in use, by a classifier that knows such messages.
    """
    labels = [example.label for example in examples]
    if len({example.author for example in examples}) >= FOLDS:
        authors = [f"{e.author}/{number % FOLDS}" if e.parts else e.author for number, e in enumerate(examples)]
        yield from GroupKFold(FOLDS).split(labels, groups=authors)
    elif max(Counter(labels).values()) < FOLDS:
        yield from KFold(FOLDS, shuffle=True, random_state=seed).split(labels)
    else:
        yield from StratifiedKFold(FOLDS, shuffle=True, random_state=seed).split(labels, labels)


def _texts(examples: Sequence[Example], reader: Reader, settings: Settings) -> tuple[list[str], list[str]]:
    """The levelled texts to learn from, and their labels."""
    rows = [row for example in examples for row in _rows(example)] + _joined(examples, settings.seed)
    return [reader.read(text).text for text, _ in rows], [label for _, label in rows]


def _how(labels: Sequence[str], particles: Particles, settings: Settings) -> dict[str, Any]:
    return {"all_labels": labels, "particles": particles, "encoder_name": settings.encoder, "seed": settings.seed}


def _rows(example: Example) -> list[tuple[str, str]]:
    """The texts to learn from a message: the whole, and each of its parts."""
    return [(example.text, example.label), *((part.text, part.label or NOTHING) for part in example.parts)]


def _joined(examples: Sequence[Example], seed: int) -> list[tuple[str, str]]:
    """Messages of two needs made of two of one author's: there are too few written ones to learn what they look like."""
    if not any(example.parts for example in examples):
        return []
    chance = random.Random(seed)  # noqa: S311 - no secret
    by_author: dict[str, list[Example]] = {}
    for example in examples:
        if not example.parts and example.label not in DIALOGUE and not example.label.startswith("charla/"):
            by_author.setdefault(example.author, []).append(example)
    pools = [pool for pool in by_author.values() if len(pool) > 1]
    pairs = [chance.sample(chance.choice(pools), 2) for _ in range(len(examples) // _JOINED_SHARE if pools else 0)]
    return [(a.text + chance.choice(_JOINERS) + b.text, SEVERAL) for a, b in pairs if a.label != b.label]


def _to_cut(examples: Sequence[Example], seed: int) -> set[int]:
    """The messages from which the detector learns: all with marked parts, and some of the others."""
    marked = [number for number, example in enumerate(examples) if example.parts]
    others = [number for number, example in enumerate(examples) if not example.parts]
    chance = random.Random(seed)  # noqa: S311 - no secret
    return {*marked, *chance.sample(others, min(_SINGLES, len(others)))} if marked else set()


def _detector(examples: Sequence[Example], held: HeldOut, weights: Sequence[float]) -> Detector:
    """The detector of messages with two needs; one that never fires where no example has two."""
    others = sum(not example.parts for example in examples)
    evidence, several, counts = [], [], []
    for number, clauses, scores in held.runs:
        split = best_split(np.log(combine(scores, weights) + _LEAST), clauses, held.labels)
        if split is not None:
            evidence.append(split.evidence)
            several.append(examples[number].label == SEVERAL)
            counts.append(1.0 if examples[number].parts else others / _SINGLES)
    if not any(several):
        return Detector.never()
    return Detector.fit(np.array(evidence), np.array(several), np.array(counts))
