"""What the rankings of a contestant are worth."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from benchmarks.peers.split import Split
from bot.report import hindsight, rate
from bot.risk import Outcomes

Ranking = Sequence[tuple[str, float]]


def figures(rankings: Sequence[Ranking], split: Split) -> dict[str, Any]:
    """The counts, with their intervals, of what the best-ranked labels are, and the coverage at 2 % wrong.

    A message that an answer fits is judged by the answers alone, as are all confidences; one that none fits is refused if
    the first label of all is no answer.
    """
    truth = [message["label"] for message in split.test]
    answers = [[label for label, _ in ranking if label in split.answers] for ranking in rankings]
    answerable = np.array([label in split.answers for label in truth])
    right = np.array([labels[:1] == [label] for labels, label in zip(answers, truth)])
    three = np.array([label in labels[:3] for labels, label in zip(answers, truth)])
    refused = np.array([not ranking or ranking[0][0] not in split.answers for ranking in rankings])
    outcomes = Outcomes(np.array([_surest(ranking, split) for ranking in rankings]), right, answerable)
    return {
        "first_right": rate(int(right.sum()), int(answerable.sum())),
        "among_three": rate(int(three.sum()), int(answerable.sum())),
        "refused": rate(int((refused & ~answerable).sum()), int((~answerable).sum())),
        "coverage": hindsight(outcomes, np.ones(len(truth))),
    }


def _surest(ranking: Ranking, split: Split) -> float:
    return max((confidence for label, confidence in ranking if label in split.answers), default=0.0)
