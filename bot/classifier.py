"""Labels with probabilities: linear classifiers over features, stems and the encoder, weighed on unseen authors."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from scipy.optimize import minimize
from scipy.sparse import csr_matrix
from scipy.special import log_softmax, softmax
from sklearn.linear_model import LogisticRegression

from bot.counts import ENCODED, Counts
from bot.encoder import Encoder, Head
from bot.faq import Particles
from bot.features import Features

_ABSENT = -2.0
_PASSES = 4
_START = (3.0, 1.0, 1.0)


@dataclass
class Classifier:
    """A trained classifier over levelled texts.

    `margins` is the support vector machine over all features but the stems, `stems` the one over these, `logits` the layer over
    the encoder's vectors; `weights` is how the three are added before the softmax.
    """

    labels: tuple[str, ...]
    features: Features
    encoder: Encoder
    margins: Head
    stems: Head
    logits: Head
    encoder_name: str | None = None
    weights: tuple[float, ...] = _START

    @classmethod
    def fit(
        cls,
        texts: Sequence[str],
        labels: Sequence[str],
        *,
        all_labels: Sequence[str],
        particles: Particles,
        encoder_name: str | None,
        seed: int,
        counts: Counts | None = None,
    ) -> "Classifier":
        """A classifier of `all_labels`; one that no text carries is given a low score throughout.

        `counts` spare counting what occurs in the texts, and may be of more than these.
        """
        names, numbers = np.unique(labels, return_inverse=True)
        features, counts = Features(particles), counts or Counts.of(texts, particles)
        rows = features.fit(texts, counts)
        margins, stems = (
            _separated(part, numbers, seed) for part in (rows[:, : features.stems_from], rows[:, features.stems_from :])
        )
        encoder, head = _encoder(texts, numbers, encoder_name, seed, counts)
        places = [list(all_labels).index(name) for name in names]
        return cls(
            tuple(all_labels),
            features,
            encoder,
            _spread(margins, places, len(all_labels)),
            _spread(stems, places, len(all_labels)),
            _spread(head, places, len(all_labels)),
            encoder_name,
        )

    def scores(self, texts: Sequence[str], counts: Counts | None = None) -> np.ndarray:
        """What each of the three says of each label, of shape (3, texts, labels); `counts` are those that were learned from."""
        if len(texts) == 1:
            return self._one(texts[0])
        rows = self.features.of_counted(texts, counts) if counts else self.features.transform(texts)
        stems_from = self.features.stems_from
        sparse = rows[:, :stems_from] @ self.margins.weights + self.margins.intercepts
        stems = rows[:, stems_from:] @ self.stems.weights + self.stems.intercepts
        if counts and not self.encoder_name:
            vectors = self.encoder.of_counted(counts.some(ENCODED, texts))
        else:
            vectors = self.encoder.encode(texts)
        return np.stack([sparse, stems, vectors @ self.logits.weights + self.logits.intercepts])

    def _one(self, text: str) -> np.ndarray:
        """The same of one text, without what sparse matrices cost."""
        columns, values = self.features.row(text)
        from_, values = columns >= self.features.stems_from, values.astype(np.float32)
        sparse = values[~from_] @ self.margins.weights[columns[~from_]] + self.margins.intercepts
        stems = values[from_] @ self.stems.weights[columns[from_] - self.features.stems_from] + self.stems.intercepts
        dense = self.encoder.encode([text])[0] @ self.logits.weights + self.logits.intercepts
        return np.stack([sparse, stems, dense])[:, None]

    def probabilities(self, texts: Sequence[str]) -> np.ndarray:
        """The probability of each label, of shape (texts, labels)."""
        return combine(self.scores(texts), self.weights)

    def because(self, text: str, label: str, most: int = 3) -> tuple[str, ...]:
        """The words that speak most for the label, strongest first."""
        column = self.margins.weights[:, self.labels.index(label)]
        found = sorted(((weight * column[place], words) for words, place, weight in self.features.words(text)), reverse=True)
        return tuple(words for value, words in found[:most] if value > 0)

    def arrays(self) -> dict[str, np.ndarray]:
        """What was learned but for the encoder, as arrays to be saved."""
        return {
            "labels": np.array(self.labels),
            "weights": np.array(self.weights),
            "margins": self.margins.weights,
            "margins_0": self.margins.intercepts,
            "stems": self.stems.weights,
            "stems_0": self.stems.intercepts,
            "logits": self.logits.weights,
            "logits_0": self.logits.intercepts,
            **self.features.arrays(),
        }

    @classmethod
    def from_arrays(cls, saved: Any, encoder_folder: Path, *, particles: Particles, encoder_name: str | None) -> "Classifier":
        """The classifier that `arrays` described, with the encoder saved in the folder."""
        return cls(
            tuple(saved["labels"].tolist()),
            Features.from_arrays(saved, particles),
            Encoder.load(encoder_folder, in_pieces=encoder_name is None),
            Head(saved["margins"], saved["margins_0"]),
            Head(saved["stems"], saved["stems_0"]),
            Head(saved["logits"], saved["logits_0"]),
            encoder_name,
            tuple(saved["weights"].tolist()),
        )


def _encoder(texts: Sequence[str], numbers: np.ndarray, name: str | None, seed: int, counts: Counts) -> tuple[Encoder, Head]:
    """The encoder, trained or ready-made, and the layer over it."""
    if name is None:
        names, _ = counts.blocks[ENCODED]
        return Encoder.train(names, counts.some(ENCODED, texts), numbers.tolist(), seed=seed)
    encoder = Encoder.named(name)
    learned = LogisticRegression(C=10.0, max_iter=300).fit(encoder.encode(texts), numbers)
    weights, intercepts = learned.coef_.T, learned.intercept_
    if weights.shape[1] == 1:  # scikit-learn stores two labels as one
        weights, intercepts = np.hstack([-weights, weights]) / 2, np.concatenate([-intercepts, intercepts]) / 2
    return encoder, Head(weights, intercepts)


def _separated(rows: csr_matrix, numbers: np.ndarray, seed: int) -> Head:
    """A support vector machine of these rows after a few passes over them: more of them change the odds, hardly the order."""
    from bot.separation import separate  # only now: what compiles it takes a second to import, and only training needs it

    return Head(*separate(rows, numbers, passes=_PASSES, seed=seed))


def _spread(head: Head, places: list[int], labels: int) -> Head:
    """The head with a column for every label, low throughout for those that it does not know."""
    weights = np.zeros((len(head.weights), labels), dtype=np.float32)
    intercepts = np.full(labels, _ABSENT, dtype=np.float32)
    weights[:, places], intercepts[places] = head.weights, head.intercepts
    return Head(weights, intercepts)


def combine(scores: np.ndarray, weights: Sequence[float]) -> np.ndarray:
    """Probabilities from scores of shape (3, texts, labels): the weighted sum through a softmax."""
    return softmax(np.tensordot(np.asarray(weights), scores, axes=1), axis=1)


def weigh(scores: np.ndarray, truth: Sequence[int]) -> tuple[float, ...]:
    """The weights under which held-out scores are most probable: stacking and temperature scaling in one (Guo et al. 2017)."""
    rows = np.arange(len(truth))

    def loss(logs: np.ndarray) -> float:
        return float(-log_softmax(np.tensordot(np.exp(logs), scores, axes=1), axis=1)[rows, truth].mean())

    return tuple(np.exp(minimize(loss, np.log(_START), method="L-BFGS-B").x).tolist())
