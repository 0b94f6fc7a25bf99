"""Scores of messages by classifiers that saw neither them nor their authors: what all confidences and thresholds rest on."""

import random
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from sklearn.model_selection import KFold, StratifiedKFold

from bot import rows
from bot.classifier import Classifier, weigh
from bot.counts import Counts
from bot.faq import SEVERAL, Example, Particles
from bot.features import Features
from bot.manner import Manner, told_by_others
from bot.needs import NO_NEED, Clauses, read_runs
from bot.processes import in_processes
from bot.risk import is_long
from bot.rows import Row
from bot.text import Reader

FOLDS = 5
SINGLES = 300
_AT_ONCE = 500  # messages

Progress = Callable[[str], None]
Fold = tuple[np.ndarray, np.ndarray]
Runs = tuple[int, list[str]]


@dataclass(frozen=True)
class HeldOut:
    """Scores of messages by classifiers that saw neither them nor their authors.

    `scores` is of shape (3, examples, labels); `runs` holds, for some examples, its number, how many clauses it has and the
    scores of their runs, of shape (3, runs, labels); `told` has by the number of these what their manner tells.
    """

    labels: tuple[str, ...]
    scores: np.ndarray
    runs: list[tuple[int, int, np.ndarray]]
    told: dict[int, np.ndarray] = field(default_factory=dict)

    def single(self, examples: Sequence[Example]) -> tuple[list[str], list[str], np.ndarray]:
        """The messages without marked parts: their true labels, the labels that a need can have, and the scores of these."""
        rows = [number for number, example in enumerate(examples) if not example.parts and example.label != SEVERAL]
        columns = [column for column, label in enumerate(self.labels) if label not in NO_NEED]
        truth = [examples[number].label for number in rows]
        return truth, [self.labels[column] for column in columns], self.scores[:, rows][:, :, columns]


class Material:
    """All messages, read once for all folds: the rows to learn from each, and the runs of clauses of some.

    `besides` are labels that the classifier must have though no message may carry them.
    """

    def __init__(
        self, examples: Sequence[Example], reader: Reader, cutter: Clauses, seed: int, besides: Sequence[str] = NO_NEED
    ) -> None:
        self.examples = examples
        self.seed = seed
        cut = _to_cut(examples, seed)

        def read(numbers: Sequence[int]) -> list[tuple[list[Row], Runs | None]]:
            return [_read(examples[i], reader, cutter if i in cut else None, seed) for i in numbers]

        parts = [range(start, min(start + _AT_ONCE, len(examples))) for start in range(0, len(examples), _AT_ONCE)]
        found = [message for part in in_processes(read, parts) for message in part]
        self.rows = [learned for learned, _ in found]
        self.runs = {number: runs for number, (_, runs) in enumerate(found) if runs}
        self.labels = tuple(sorted({label for learned in self.rows for _, label in learned} | set(besides)))

    def to_learn(self, numbers: Sequence[int]) -> list[Row]:
        """The levelled texts and labels to learn from the messages with these numbers."""
        learned = [row for number in numbers for row in self.rows[number]]
        if any(self.examples[number].parts for number in numbers):
            learned += rows.joined([(self.examples[number], self.rows[number][0]) for number in numbers], self.seed)
        return learned

    def to_score(self, numbers: Sequence[int]) -> list[str]:
        """The levelled texts of these messages, and after them those of their runs."""
        runs = [text for number in numbers if number in self.runs for text in self.runs[number][1]]
        return [self.rows[number][0][0] for number in numbers] + runs

    def texts(self, folds: Sequence[Fold]) -> list[str]:
        """All that is learned or scored in these folds."""
        learned = [text for train, _ in folds for text, _ in self.to_learn(train.tolist())]
        return list(dict.fromkeys(learned + [text for _, test in folds for text in self.to_score(test.tolist())]))


def hold_out(material: Material, progress: Progress, *, particles: Particles, **how: Any) -> HeldOut:
    """Leave each author out in turn: train without him, `how` being what `Classifier.fit` takes besides, and score his own."""
    parts = list(one_out(material.examples))
    counts = Counts.of(material.texts(parts), particles)

    def work(step: int) -> np.ndarray:
        train, test = parts[step]
        return _scores(material, _learned(material, train, counts, particles=particles, **how), test, counts)

    return _gathered(material, parts, _learned_side_by_side(work, len(parts)), progress)


def learn(
    material: Material, progress: Progress, *, particles: Particles, **how: Any
) -> tuple[Classifier, Manner | None, HeldOut]:
    """A classifier of all messages, weighed by the scores of held-out folds, the manner of long ones, and what the folds gave.

    All of them are trained side by side.
    """
    everything = np.arange(len(material.examples))
    parts = list(folds(material.examples, material.seed))
    whole = (everything, everything[:0])
    counts = Counts.of(material.texts([whole, *parts]), particles)

    def work(step: int) -> Classifier | np.ndarray:
        train, test = parts[step - 1] if step else whole
        classifier = _learned(material, train, counts, particles=particles, **how)
        return _scores(material, classifier, test, counts) if step else classifier

    done = _learned_side_by_side(work, len(parts) + 1)
    classifier = next(done)
    progress("learned from all messages")
    held = _gathered(material, parts, done, progress)
    truth, labels, scores = held.single(material.examples)
    classifier.weights = weigh(scores, [labels.index(label) for label in truth])
    manner, told = _manner(material, [number for number, _, _ in held.runs], classifier.features, counts, parts)
    return classifier, manner, replace(held, told=told)


def _manner(
    material: Material, numbers: Sequence[int], features: Features, counts: Counts, parts: Sequence[Fold]
) -> tuple[Manner | None, dict[int, np.ndarray]]:
    """The manner of the long ones among these messages, if there are any; and by number what that of other folds tells."""
    if not numbers:
        return None, {}
    examples = [material.examples[number] for number in numbers]
    rows = features.of_counted([material.rows[number][0][0] for number in numbers], counts)
    kinds = np.array([(example.label == SEVERAL, example.asks_nothing) for example in examples], dtype=bool).reshape(-1, 2)
    long = np.array([is_long(example.text) for example in examples], dtype=bool)
    folds = ((np.flatnonzero(np.isin(numbers, train) & long), np.flatnonzero(np.isin(numbers, test))) for train, test in parts)
    told = told_by_others(features, rows, kinds, folds)
    return Manner.fit(features, rows[long], kinds[long]), dict(zip(numbers, told))


def _learned_side_by_side(work: Callable[[int], Any], steps: int) -> Iterator[Any]:
    from bot import moments, separation  # only now: they take a second to import, and only training needs them

    separation.ready()
    moments.ready()
    return in_processes(work, range(steps))


def _learned(material: Material, numbers: np.ndarray, counts: Counts, **how: Any) -> Classifier:
    texts, labels = zip(*material.to_learn(numbers.tolist()))
    return Classifier.fit(texts, labels, all_labels=material.labels, counts=counts, **how)


def _scores(material: Material, classifier: Classifier, numbers: np.ndarray, counts: Counts) -> np.ndarray:
    return classifier.scores(material.to_score(numbers.tolist()), counts).astype(np.float32)


def _gathered(material: Material, parts: Sequence[Fold], found: Iterator[np.ndarray], progress: Progress) -> HeldOut:
    scores = np.zeros((3, len(material.examples), len(material.labels)), dtype=np.float32)
    runs = []
    for step, ((_, test), part) in enumerate(zip(parts, found, strict=True), 1):  # to the end: then the processes end too
        progress(f"held-out authors, {step} of {len(parts)}")
        scores[:, test] = part[:, : len(test)]
        place = len(test)
        for number in (number for number in test.tolist() if number in material.runs):
            clauses, texts = material.runs[number]
            runs.append((number, clauses, part[:, place : place + len(texts)]))
            place += len(texts)
    return HeldOut(material.labels, scores, runs)


def one_out(examples: Sequence[Example]) -> Iterator[Fold]:
    """Pairs of (train, test) numbers: each author's messages without marked parts, and all messages of the others."""
    authors = np.array([example.author for example in examples])
    single = np.array([not example.parts for example in examples])
    for author in np.unique(authors[single]):
        yield np.flatnonzero(authors != author), np.flatnonzero((authors == author) & single)


def folds(examples: Sequence[Example], seed: int) -> Iterator[Fold]:
    """Pairs of (train, test) numbers in which no author is on both sides; with few authors, labels are spread evenly.

    Short messages with marked parts are spread evenly too: the detector alone is fitted on them, and it must see them as it
    will in use, by a classifier that knows such messages. On long ones thresholds rest, so their authors are left out whole.
    """
    labels = [example.label for example in examples]
    if len({example.author for example in examples}) >= FOLDS:
        fold = _fold_of_each(examples)
        yield from ((np.flatnonzero(fold != number), np.flatnonzero(fold == number)) for number in np.unique(fold))
    elif max(Counter(labels).values()) < FOLDS:
        yield from KFold(FOLDS, shuffle=True, random_state=seed).split(labels)
    else:
        yield from StratifiedKFold(FOLDS, shuffle=True, random_state=seed).split(labels, labels)


def _fold_of_each(examples: Sequence[Example]) -> np.ndarray:
    """In which fold each message is tested; folds are even, also in long messages with marked parts, which few write."""
    mails = [bool(example.parts) and is_long(example.text) for example in examples]
    groups = [
        f"{example.author}/{number % FOLDS}" if example.parts and not mail else example.author
        for number, (example, mail) in enumerate(zip(examples, mails))
    ]
    fold: dict[str, int] = {}
    for kind in (False, True):
        sizes = np.zeros(FOLDS)
        for group, size in Counter(group for group, mail in zip(groups, mails) if mail == kind).most_common():
            sizes[fold.setdefault(group, int(sizes.argmin()))] += size
    return np.array([fold[group] for group in groups])


def _read(example: Example, reader: Reader, cutter: Clauses | None, seed: int) -> tuple[list[Row], Runs | None]:
    """What is learned from a message, and its runs if it is to be cut."""
    learned = rows.of_parts(example, reader)
    if cutter is None:
        return learned, None
    clauses, texts = read_runs(example.text, reader, cutter)
    return learned + rows.of_runs(example, clauses, texts, seed), (len(clauses), texts)


def _to_cut(examples: Sequence[Example], seed: int) -> set[int]:
    """The messages from which the detectors learn: all with marked parts, all long ones, and some of the others."""
    marked = [number for number, example in enumerate(examples) if example.parts or is_long(example.text)]
    others = [number for number, example in enumerate(examples) if not (example.parts or is_long(example.text))]
    chance = random.Random(seed)  # noqa: S311 - no secret
    return {*marked, *chance.sample(others, min(SINGLES, len(others)))} if any(example.parts for example in examples) else set()
