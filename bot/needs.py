"""How many needs a message has and where each stands: clauses, the best reading of them as two needs, the odds of two or none."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import expit, logsumexp, softmax
from sklearn.linear_model import LogisticRegression

from bot.faq import DIALOGUE, SEVERAL
from bot.text import Reader

NOTHING = "nada"
NO_NEED = (SEVERAL, NOTHING)
_LONGEST_RUN = 5
_MOST_CLAUSES = 14
_LEAST_WORDS = 3
_SEVERAL_FROM = 0.4
_CHANCE = 0.05  # that the clauses of a text, read one by one, mislead
LEAST = 1e-9
_SOME = 1e-5
_UNTOLD = np.zeros(0)
_CLAUSE = re.compile(r"[^.!?…\n;,]+[.!?…\n;,]*\s*|[.!?…\n;,]+\s*")

Run = tuple[int, int]


class Clauses:
    """Cuts texts into clauses: at punctuation, line breaks and connecting words."""

    def __init__(self, connectors: Sequence[str]) -> None:
        self._connector = re.compile(rf"\s(?=(?:{'|'.join(map(re.escape, connectors)) or '(?!)'})\s)", re.IGNORECASE)

    def cut(self, text: str) -> list[Run]:
        """Where each clause begins and ends, in characters; at most fourteen, which together are the whole text."""
        pieces = [piece for match in _CLAUSE.finditer(text) for piece in self._at_connectors(text, *match.span())]
        joined: list[Run] = []
        for start, end in pieces or [(0, len(text))]:
            if joined and min(_words(text[slice(*joined[-1])]), _words(text[start:end])) < _LEAST_WORDS:
                joined[-1] = (joined[-1][0], end)
            else:
                joined.append((start, end))
        while len(joined) > _MOST_CLAUSES:
            shortest = min(range(len(joined) - 1), key=lambda i: joined[i + 1][1] - joined[i][0])
            joined[shortest : shortest + 2] = [(joined[shortest][0], joined[shortest + 1][1])]
        return joined

    def _at_connectors(self, text: str, start: int, end: int) -> list[Run]:
        cuts = [start, *(start + match.start() for match in self._connector.finditer(text[start:end])), end]
        return list(zip(cuts, cuts[1:]))


def runs(clauses: int) -> list[Run]:
    """The runs of neighbouring clauses that are read as one: the whole first, then all of up to five."""
    short = [(i, j) for i in range(clauses) for j in range(i + 1, min(i + _LONGEST_RUN, clauses) + 1)]
    return [(0, clauses), *(run for run in short if run != (0, clauses))]


def read_runs(text: str, reader: Reader, cutter: Clauses) -> tuple[list[Run], list[str]]:
    """The clauses of a text, and the levelled text of each of their runs."""
    clauses = cutter.cut(text)
    return clauses, [reader.read(piece(text, clauses, run)).text for run in runs(len(clauses))]


def piece(text: str, clauses: Sequence[Run], run: Run) -> str:
    """The words of a run."""
    return text[clauses[run[0]][0] : clauses[run[1] - 1][1]]


@dataclass(frozen=True)
class Split:
    """The best reading of a message as two needs: for each its run of clauses and its label's column; and its evidence.

    `single` has the probability of each label as the only need, some run stating it and all other clauses saying nothing.
    """

    first: Run
    second: Run
    columns: tuple[int, int]
    evidence: np.ndarray
    single: np.ndarray

    @property
    def runs(self) -> tuple[Run, Run]:
        """The two runs in order."""
        return self.first, self.second


def best_split(logs: np.ndarray, clauses: int, labels: Sequence[str]) -> Split | None:
    """The most probable way to read two different labels in order, all other clauses saying nothing.

    `logs` holds the logarithms of the labels' probabilities for each of `runs(clauses)`, of shape (runs, labels).
    """
    if clauses < 2:
        return None
    nothing, several, whole = labels.index(NOTHING), labels.index(SEVERAL), logs[0]
    rows = {run: row for row, run in enumerate(runs(clauses))}
    allowed = logs.copy()
    allowed[0] = -np.inf
    courtesy = [column for column, label in enumerate(labels) if label in DIALOGUE or label.startswith("charla/")]
    allowed[:, [nothing, several, *courtesy]] = -np.inf
    silent = np.array([logsumexp(logs[rows[(i, i + 1)], [nothing, *courtesy]]) for i in range(clauses)])
    left, left_run = _sweep(allowed, rows, silent, clauses)
    right, right_run = _sweep_back(allowed, rows, silent, clauses)
    score, cut, one, two = max(_pair(left[cut], right[cut], cut) for cut in range(1, clauses))
    first, second = left_run[cut][one], right_run[cut][two]
    ordered = np.sort(np.delete(whole, [nothing, several]))[::-1]
    at_first, at_second = logs[rows[first]], logs[rows[second]]
    chances = [
        whole[several],
        score,
        allowed[rows[first], one],
        allowed[rows[second], two],
        whole[one],
        whole[two],
        ordered[0],
        ordered[1],
        at_first[nothing],
        at_second[nothing],
        at_first[two],
        at_second[one],
    ]
    leads = [
        at_first[one] - np.delete(at_first, [one, nothing]).max(),
        at_second[two] - np.delete(at_second, [two, nothing]).max(),
    ]
    places = [first[0], first[1] - first[0], second[0] - first[1], second[1] - second[0], clauses - second[1]]
    evidence = [*np.maximum(chances, -20.0), *leads, max(silent.sum(), -40.0), *places, np.log(clauses)]
    # A text may also say thanks and nothing else, telling what had been the matter.
    allowed[1:, courtesy] = logs[1:, courtesy]
    alone, _ = _sweep(allowed, rows, silent, clauses)
    return Split(first, second, (one, two), np.array(evidence), softmax(alone[clauses]))


def _sweep(
    allowed: np.ndarray, rows: dict[Run, int], silent: np.ndarray, clauses: int
) -> tuple[list[np.ndarray], list[list[Run]]]:
    """For every place, the best score of each label somewhere to its left, and the run that gives it."""
    scores, found = [np.full(allowed.shape[1], -np.inf)], [[(0, 0)] * allowed.shape[1]]
    for end in range(1, clauses + 1):
        best, where = scores[-1] + silent[end - 1], list(found[-1])
        for start in range(max(0, end - _LONGEST_RUN), end):
            candidate = silent[:start].sum() + allowed[rows[(start, end)]]
            for column in np.flatnonzero(candidate > best):
                best[column], where[column] = candidate[column], (start, end)
        scores.append(best)
        found.append(where)
    return scores, found


def _sweep_back(
    allowed: np.ndarray, rows: dict[Run, int], silent: np.ndarray, clauses: int
) -> tuple[list[np.ndarray], list[list[Run]]]:
    """The same to the right of every place."""
    mirrored = {(clauses - end, clauses - start): row for (start, end), row in rows.items()}
    scores, found = _sweep(allowed, mirrored, silent[::-1], clauses)
    turned = [[(clauses - end, clauses - start) for start, end in where] for where in found]
    return scores[::-1], turned[::-1]


def _pair(left: np.ndarray, right: np.ndarray, cut: int) -> tuple[float, int, int, int]:
    """The best two different columns on the two sides of a place."""
    ones, twos = np.argsort(left)[-2:], np.argsort(right)[-2:]
    score, one, two = max((float(left[a] + right[b]), int(a), int(b)) for a in ones for b in twos if a != b)
    return score, cut, one, two


@dataclass(frozen=True)
class Detector:
    """The odds of two needs, or of none, from evidence: a logistic regression."""

    coefficients: np.ndarray
    intercept: float

    @classmethod
    def fit(cls, evidence: np.ndarray, truth: np.ndarray, weights: np.ndarray) -> "Detector":
        """Train on evidence of shape (messages, measures), on whether it is so of each message, and on its weight."""
        mean, scale = evidence.mean(axis=0), evidence.std(axis=0) + 1e-6
        learned = LogisticRegression(max_iter=1000).fit((evidence - mean) / scale, truth, sample_weight=weights)
        coefficients = learned.coef_[0] / scale
        return cls(coefficients, float(learned.intercept_[0] - coefficients @ mean))

    @classmethod
    def never(cls) -> "Detector":
        """A detector that finds no such message."""
        return cls(np.zeros(0), -np.inf)

    def array(self) -> np.ndarray:
        """Its coefficients, the intercept last."""
        return np.append(self.coefficients, self.intercept)

    @classmethod
    def from_array(cls, array: np.ndarray) -> "Detector":
        """The detector that `array` described."""
        return cls(array[:-1], float(array[-1]))

    def probability(self, evidence: np.ndarray) -> float:
        """The probability that it is so of the message."""
        if not self.coefficients.size:
            return 0.0
        return float(expit(evidence @ self.coefficients + self.intercept))


def closing(probabilities: np.ndarray, clauses: int, labels: Sequence[str]) -> np.ndarray:
    """The evidence that a text only says thanks or the like, and tells of what needs nothing any more.

    `probabilities` holds those of each of `runs(clauses)`, of shape (runs, labels).
    """
    courtesy = [column for column, label in enumerate(labels) if label.startswith("charla/")]
    rows = {run: row for row, run in enumerate(runs(clauses))}
    said = [probabilities[rows[(place, place + 1)]][courtesy].sum() for place in range(clauses)]
    whole = probabilities[0]
    return np.log(np.array([whole[courtesy].sum(), max(said), whole[labels.index(NOTHING)]]) + _SOME)


def spoken(probabilities: np.ndarray, labels: Sequence[str]) -> np.ndarray:
    """The probabilities, of shape (texts, labels), of the labels that a need can have; 0 for the others."""
    said = probabilities.copy()
    said[:, [labels.index(label) for label in NO_NEED]] = 0.0
    return said / said.sum(axis=1, keepdims=True)


def read_needs(
    probabilities: np.ndarray,
    clauses: int,
    labels: Sequence[str],
    several: Detector,
    closed: Detector | None,
    manner: np.ndarray = _UNTOLD,
) -> list[tuple[Run, np.ndarray]]:
    """The needs of a text in order: for each its run of clauses and the probabilities of its labels.

    `probabilities` holds those of each of `runs(clauses)`, of shape (runs, labels); `manner` the log-odds that `Manner` gives the
    whole text, if any. Where there is a detector of texts that ask nothing, the text is read with doubts: a need that is read in
    the whole text is also sought in its clauses, and what the needs are is weighed by the odds of two, and of none. Those of a
    text that is read as one need add up to the odds that it has one, and no other.
    """
    doubts = closed is not None
    asks = 1 - closed.probability(np.append(closing(probabilities, clauses, labels), manner[1:])) if closed else 1.0
    split = best_split(np.log(probabilities + LEAST), clauses, labels)
    two = 0.0 if split is None else several.probability(np.append(split.evidence, manner[:1]))
    said = spoken(probabilities, labels)
    if split is not None and doubts:
        said[0] *= np.sqrt((1 - _CHANCE) * split.single + _CHANCE / len(labels))
        said[0] /= said[0].sum()
    one = [((0, clauses), said[0] * asks * (1 - two if doubts else 1))]
    if split is None or two < _SEVERAL_FROM:
        return one
    rows = {run: row for row, run in enumerate(runs(clauses))}
    found = [(run, asks * (two * said[rows[run]] + (1 - two) * said[0]) if doubts else said[rows[run]]) for run in split.runs]
    same = len({int(chances.argmax()) for _, chances in found}) == 1
    return one if same else found


def _words(text: str) -> int:
    return len(text.split())
