"""When to answer: thresholds that keep two error rates under what was asked for, and the measures of both."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.stats import beta

from bot.faq import is_faq

CONFIDENCE = 0.9
NEVER = 1.01
_LONG = 300  # characters
_FIRST_SHARE = 0.2  # among fewer, one or two chance errors stop the lowest risk before it begins


def is_long(text: str) -> bool:
    """Whether a text is one of those, mostly mails, that are read and answered with a care of their own."""
    return len(text) >= _LONG


@dataclass(frozen=True)
class Thresholds:
    """From `answer` on, the first entry is given; from `low` on, with the lowest risk; from `clarify` on, three are offered."""

    answer: float
    low: float
    clarify: float = 0.5


@dataclass(frozen=True)
class Outcomes:
    """The first FAQ id of each message: its confidence, whether it is right, and whether any id would have been."""

    confidence: np.ndarray
    right: np.ndarray
    answerable: np.ndarray

    @classmethod
    def of(cls, probabilities: np.ndarray, labels: Sequence[str], truth: Sequence[str]) -> "Outcomes":
        """What these probabilities of shape (messages, labels) come to against the true labels."""
        columns = [column for column, label in enumerate(labels) if is_faq(label)]
        best = probabilities[:, columns].argmax(axis=1)
        return cls(
            probabilities[:, columns].max(axis=1),
            np.array([labels[columns[place]] == label for place, label in zip(best, truth)]),
            np.array([is_faq(label) for label in truth]),
        )

    def wrong(self, threshold: float) -> tuple[int, int]:
        """Wrong answers, and all answers, given to answerable messages."""
        given = self.answerable & (self.confidence >= threshold)
        return int((given & ~self.right).sum()), int(given.sum())

    def stray(self, threshold: float) -> tuple[int, int]:
        """Messages answered though no entry applies, and all such messages."""
        return int((~self.answerable & (self.confidence >= threshold)).sum()), int((~self.answerable).sum())

    def coverage(self, threshold: float) -> tuple[int, int]:
        """Answerable messages answered right, and all answerable messages."""
        return int((self.right & (self.confidence >= threshold)).sum()), int(self.answerable.sum())

    def figures(self, threshold: float) -> dict[str, tuple[int, int]]:
        """The counts of all measures at this threshold, and of right first entries at none."""
        return {
            "first_right": self.coverage(0.0),
            "coverage": self.coverage(threshold),
            "wrong": self.wrong(threshold),
            "stray": self.stray(threshold),
        }


def upper(errors: int, trials: int, confidence: float = CONFIDENCE) -> float:
    """The rate that the true one stays under with this confidence (Clopper & Pearson 1934)."""
    return 1.0 if errors >= trials else float(beta.ppf(confidence, errors + 1, trials - errors))


def interval(errors: int, trials: int) -> tuple[float, float]:
    """The exact 95 % interval of a rate."""
    low = 0.0 if errors == 0 else float(beta.ppf(0.025, errors, trials - errors + 1))
    return low, upper(errors, trials, 0.975)


def threshold(outcomes: Outcomes, wrong_rate: float, stray_rate: float) -> float:
    """The lowest confidence at which both rates are held, each with 90 % confidence; `NEVER` if there is none.

    Fixed-sequence testing from the surest messages down to the first failure: Angelopoulos et al. 2021, "Learn then Test".
    """
    descending = np.sort(outcomes.confidence)[::-1]
    first = max(1, int(_FIRST_SHARE * len(descending)))
    lowest = NEVER
    for candidate in np.unique(descending[first:])[::-1]:
        strays, unanswerable = outcomes.stray(candidate)
        if upper(*outcomes.wrong(candidate)) > wrong_rate or (unanswerable and upper(strays, unanswerable) > stray_rate):
            break
        lowest = float(candidate)
    return lowest


def thresholds(outcomes: Outcomes, wrong_rate: float, stray_rate: float) -> Thresholds:
    """The thresholds for these two wanted rates; the lowest risk means a quarter of both."""
    answer = threshold(outcomes, wrong_rate, stray_rate)
    return Thresholds(answer, max(answer, threshold(outcomes, wrong_rate / 4, stray_rate / 4)))


def conformal(errors: Sequence[float], rate: float, trials: int) -> float:
    """The lowest confidence from which on answers, given to as many messages as these, go wrong at this rate; `NEVER` if none.

    `errors` are the confidences up to which an answer went wrong. Messages like these then go wrong at that rate or less on
    average over what the confidence is chosen by: Angelopoulos et al. 2022, "Conformal Risk Control".
    """
    allowed = math.floor(rate * (trials + 1)) - 1
    if allowed < 0:
        return NEVER
    descending = sorted(errors, reverse=True)
    return float(np.nextafter(descending[allowed], 2.0)) if allowed < len(descending) else 0.0
