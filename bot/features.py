"""Sparse features of levelled texts: which words, pairs of words and pieces of words stand in them, weighted by rarity."""

from collections.abc import Sequence
from functools import cached_property
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix, hstack
from sklearn.feature_extraction.text import TfidfVectorizer

_WORDS = "words"
_SETTINGS: dict[str, dict[str, Any]] = {
    _WORDS: {"ngram_range": (1, 2), "token_pattern": r"[^\s]+"},
    "pieces": {"ngram_range": (2, 5), "analyzer": "char", "min_df": 2},
}


class Features:
    """Words and pieces of words as one sparse row a text, by TF-IDF (Salton & Buckley 1988) with logarithmic counts."""

    def __init__(self) -> None:
        self._blocks = {
            name: TfidfVectorizer(sublinear_tf=True, lowercase=False, dtype=np.float32, **settings)
            for name, settings in _SETTINGS.items()
        }

    def fit(self, texts: Sequence[str]) -> csr_matrix:
        """Learn the features of these texts; their rows, of shape (texts, features)."""
        return hstack([block.fit_transform(texts) for block in self._blocks.values()], format="csr")

    def transform(self, texts: Sequence[str]) -> csr_matrix:
        """The rows of other texts, of shape (texts, features)."""
        return hstack([block.transform(texts) for block in self._blocks.values()], format="csr", dtype=np.float32)

    def words(self, text: str) -> list[tuple[str, int, float]]:
        """The word features of a text, as (words, column, weight)."""
        row = self._blocks[_WORDS].transform([text])
        return [(self._word_names[column], int(column), float(weight)) for column, weight in zip(row.indices, row.data)]

    @cached_property
    def _word_names(self) -> list[str]:
        return self._blocks[_WORDS].get_feature_names_out().tolist()

    def arrays(self) -> dict[str, np.ndarray]:
        """What was learned, as arrays to be saved."""
        saved: dict[str, np.ndarray] = {}
        for name, block in self._blocks.items():
            saved[f"{name}_names"] = block.get_feature_names_out().astype(str)
            saved[f"{name}_rarity"] = block.idf_.astype(np.float32)
        return saved

    @classmethod
    def from_arrays(cls, saved: Any) -> "Features":
        """The features that `arrays` described."""
        features = cls()
        for name, block in features._blocks.items():
            block.vocabulary = {word: column for column, word in enumerate(saved[f"{name}_names"].tolist())}
            block.idf_ = saved[f"{name}_rarity"]
        return features
