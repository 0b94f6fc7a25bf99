"""Labels with probabilities: two linear classifiers, over sparse features and over the encoder, weighed on unseen authors."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from scipy.optimize import minimize
from scipy.special import log_softmax, softmax
from sklearn.linear_model import LogisticRegression
from sklearn.svm import LinearSVC

from bot.encoder import Encoder
from bot.features import Features

_ABSENT = -2.0
_START = (3.0, 1.0)


@dataclass
class Classifier:
    """A trained classifier over levelled texts.

    `margins` holds the support vector machine's weights, (features, labels), and its intercepts; `logits` those of the logistic
    regression over the encoder's vectors; `weights` how the two are added before the softmax.
    """

    labels: tuple[str, ...]
    features: Features
    encoder: Encoder
    margins: tuple[np.ndarray, np.ndarray]
    logits: tuple[np.ndarray, np.ndarray]
    encoder_name: str | None = None
    weights: tuple[float, float] = _START

    @classmethod
    def fit(
        cls,
        texts: Sequence[str],
        labels: Sequence[str],
        *,
        all_labels: Sequence[str],
        encoder_name: str | None,
        seed: int,
    ) -> "Classifier":
        """A classifier of `all_labels`; one that no text carries is given a low score throughout."""
        names, numbers = np.unique(labels, return_inverse=True)
        features = Features()
        machine = LinearSVC(C=1.0, random_state=seed).fit(features.fit(texts), numbers)
        encoder = Encoder.named(encoder_name) if encoder_name else Encoder.train(texts, numbers.tolist(), seed=seed)
        regression = LogisticRegression(C=10.0, max_iter=300).fit(encoder.encode(texts), numbers)
        places = [list(all_labels).index(name) for name in names]
        return cls(
            tuple(all_labels),
            features,
            encoder,
            _spread(machine, places, len(all_labels)),
            _spread(regression, places, len(all_labels)),
            encoder_name,
        )

    def scores(self, texts: Sequence[str]) -> np.ndarray:
        """What each of the two says of each label, of shape (2, texts, labels)."""
        sparse = self.features.transform(texts) @ self.margins[0] + self.margins[1]
        dense = self.encoder.encode(texts) @ self.logits[0] + self.logits[1]
        return np.stack([sparse, dense])

    def probabilities(self, texts: Sequence[str]) -> np.ndarray:
        """The probability of each label, of shape (texts, labels)."""
        return combine(self.scores(texts), self.weights)

    def because(self, text: str, label: str, most: int = 3) -> tuple[str, ...]:
        """The words that speak most for the label, strongest first."""
        column = self.margins[0][:, self.labels.index(label)]
        found = sorted(((weight * column[place], words) for words, place, weight in self.features.words(text)), reverse=True)
        return tuple(words for value, words in found[:most] if value > 0)

    def arrays(self) -> dict[str, np.ndarray]:
        """What was learned but for the encoder, as arrays to be saved."""
        return {
            "labels": np.array(self.labels),
            "weights": np.array(self.weights),
            "margins": self.margins[0],
            "margins_0": self.margins[1],
            "logits": self.logits[0],
            "logits_0": self.logits[1],
            **self.features.arrays(),
        }

    @classmethod
    def from_arrays(cls, saved: Any, encoder_folder: Path, encoder_name: str | None) -> "Classifier":
        """The classifier that `arrays` described, with the encoder saved in the folder."""
        return cls(
            tuple(saved["labels"].tolist()),
            Features.from_arrays(saved),
            Encoder.load(encoder_folder, in_pieces=encoder_name is None),
            (saved["margins"], saved["margins_0"]),
            (saved["logits"], saved["logits_0"]),
            encoder_name,
            tuple(saved["weights"].tolist()),
        )


def _spread(machine: LinearSVC | LogisticRegression, places: list[int], labels: int) -> tuple[np.ndarray, np.ndarray]:
    """The weights of a trained machine with a column for every label; two labels are stored as one by scikit-learn."""
    learned, start = machine.coef_, machine.intercept_
    if len(places) == 2:
        learned, start = np.vstack([-learned, learned]) / 2, np.concatenate([-start, start]) / 2
    weights = np.zeros((learned.shape[1], labels), dtype=np.float32)
    intercepts = np.full(labels, _ABSENT, dtype=np.float32)
    weights[:, places], intercepts[places] = learned.T, start
    return weights, intercepts


def combine(scores: np.ndarray, weights: Sequence[float]) -> np.ndarray:
    """Probabilities from scores of shape (2, texts, labels): the weighted sum through a softmax."""
    return softmax(np.tensordot(np.asarray(weights), scores, axes=1), axis=1)


def weigh(scores: np.ndarray, truth: Sequence[int]) -> tuple[float, float]:
    """The weights under which held-out scores are most probable: stacking and temperature scaling in one (Guo et al. 2017)."""
    rows = np.arange(len(truth))

    def loss(logs: np.ndarray) -> float:
        return float(-log_softmax(np.tensordot(np.exp(logs), scores, axes=1), axis=1)[rows, truth].mean())

    found = minimize(loss, np.log(_START), method="Nelder-Mead", options={"xatol": 0.01, "fatol": 1e-5}).x
    return float(np.exp(found[0])), float(np.exp(found[1]))
