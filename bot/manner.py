"""Whether a whole text speaks as if of two things, or of nothing that is left to do: by its words, and by where they stand."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

from bot.analyzers import PLACE, STEMS, WORDS
from bot.features import Features

KINDS = ("several", "closed")  # texts of several needs; texts that ask nothing any more
_BLOCKS = ((WORDS, PLACE), (WORDS, PLACE, STEMS[0]))  # of features, that tell each kind
_STRENGTH = 30.0  # of what the texts say, against small weights
_LEAST = 3  # texts in which a feature is seen: those of fewer only cost time


@dataclass(frozen=True)
class Manner:
    """The log-odds that a text is of each of `KINDS`, from its features: logistic regressions.

    `weights` are of shape (features, kinds), `intercepts` of shape (kinds,).
    """

    weights: np.ndarray
    intercepts: np.ndarray

    @classmethod
    def fit(cls, features: Features, rows: csr_matrix, kinds: np.ndarray) -> "Manner":
        """Train on rows of shape (texts, features), and on whether each is of each kind, of shape (texts, kinds).

        Where all are of a kind, or none, there is nothing to learn of it, and its log-odds are 0 throughout.
        """
        weights, intercepts = np.zeros((rows.shape[1], len(KINDS)), dtype=np.float32), np.zeros(len(KINDS), dtype=np.float32)
        seen = np.bincount(rows.indices, minlength=rows.shape[1])
        for kind, blocks in enumerate(_BLOCKS):
            if len(set(kinds[:, kind].tolist())) > 1:
                read = features.columns(*blocks)
                read = read[seen[read] >= _LEAST]
                learned = LogisticRegression(C=_STRENGTH, solver="liblinear").fit(rows[:, read], kinds[:, kind])
                weights[read, kind], intercepts[kind] = learned.coef_[0], learned.intercept_[0]
        return cls(weights, intercepts)

    def of(self, columns: np.ndarray, values: np.ndarray) -> np.ndarray:
        """The log-odds for one text, of which these are the features: of shape (kinds,)."""
        return np.asarray(values @ self.weights[columns] + self.intercepts)

    def of_rows(self, rows: csr_matrix) -> np.ndarray:
        """The log-odds for texts, of shape (texts, kinds)."""
        return np.asarray(rows @ self.weights + self.intercepts)


def told_by_others(features: Features, rows: csr_matrix, kinds: np.ndarray, folds: Iterable[Sequence[np.ndarray]]) -> np.ndarray:
    """The log-odds for each text, of shape (texts, kinds), by what was learned without it.

    Each fold has the numbers of the texts to learn from and of those to tell of.
    """
    told = np.zeros(kinds.shape)
    for learned, telling in folds:
        told[telling] = Manner.fit(features, rows[learned], kinds[learned]).of_rows(rows[telling])
    return told
