"""Sparse features of levelled texts, learned from counts of what analyzers find in them."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix, hstack
from sklearn.feature_extraction.text import TfidfTransformer

from bot.analyzers import PIECES, PLACE, STEMS, WORDS, Analyzer, analyzers
from bot.counts import Counts
from bot.faq import Particles

_WEIGHTS = {WORDS: 1.0, PIECES: 1.0, "denied": 0.5, "near": 0.7, PLACE: 0.5, "stems": 1.0, "endings": 1.0}
_SHARED = (PIECES, "denied", "near", PLACE)  # blocks of which a feature counts from its second text on


@dataclass
class _Block:
    """TF-IDF (Salton & Buckley 1988) with logarithmic counts over the features with these names."""

    analyze: Analyzer
    weight: float
    names: np.ndarray
    scale: TfidfTransformer
    kept: np.ndarray = field(default_factory=lambda: np.zeros(0, dtype=int))

    @cached_property
    def columns(self) -> dict[str, int]:
        return {name: column for column, name in enumerate(self.names.tolist())}


class Features:
    """One sparse row a text: blocks of TF-IDF, each with a weight.

    The last blocks, from column `stems_from` on, hold stems alone: where there are few messages, phrases are chance.
    """

    def __init__(self, particles: Particles) -> None:
        self.particles = particles
        self._last: tuple[str, tuple[np.ndarray, np.ndarray]] | None = None
        self._blocks: dict[str, _Block] = {}

    def fit(self, texts: Sequence[str], counts: Counts | None = None) -> csr_matrix:
        """Learn the features of these texts, which may have been counted with others; their rows, of shape (texts, features)."""
        counts, rows = counts or Counts.of(texts, self.particles), []
        for name, analyze in analyzers(self.particles).items():
            part = counts.some(name, texts)
            kept = np.flatnonzero(np.bincount(part.indices, minlength=part.shape[1]) > (name in _SHARED))
            if len(kept):
                scale, weight = TfidfTransformer(sublinear_tf=True), _WEIGHTS[name]
                rows.append(scale.fit_transform(part[:, kept]) * weight)
                self._blocks[name] = _Block(analyze, weight, counts.blocks[name][0][kept], scale, kept)
        return hstack(rows, format="csr", dtype=np.float32)

    @property
    def stems_from(self) -> int:
        """The first column of the blocks of stems; all before it belong to the others."""
        return sum(len(block.names) for name, block in self._blocks.items() if name not in STEMS)

    def columns(self, *names: str) -> np.ndarray:
        """The columns of the blocks with these names, as far as anything was found for them."""
        ends = np.cumsum([0, *(len(block.names) for block in self._blocks.values())])
        spans = dict(zip(self._blocks, zip(ends, ends[1:])))
        return np.concatenate([np.arange(*spans[name]) for name in names if name in spans])

    def of_counted(self, texts: Sequence[str], counts: Counts) -> csr_matrix:
        """The rows of other texts, counted together with those learned from."""
        blocks = self._blocks.items()
        rows = [block.scale.transform(counts.some(name, texts)[:, block.kept]) * block.weight for name, block in blocks]
        return hstack(rows, format="csr", dtype=np.float32)

    def transform(self, texts: Sequence[str]) -> csr_matrix:
        """The rows of other texts, of shape (texts, features)."""
        rows = [self._row(text) for text in texts]
        ends = np.cumsum([0, *(len(columns) for columns, _ in rows)])
        columns, values = (np.concatenate(part) if part else np.zeros(0) for part in zip(*rows))
        width = sum(len(block.names) for block in self._blocks.values())
        return csr_matrix((values, columns, ends), shape=(len(texts), width), dtype=np.float32)

    def row(self, text: str) -> tuple[np.ndarray, np.ndarray]:
        """The columns of a text and their values, kept until another one is asked for: what decided is asked just after."""
        if self._last is None or self._last[0] != text:
            self._last = (text, self._row(text))
        return self._last[1]

    def _row(self, text: str) -> tuple[np.ndarray, np.ndarray]:
        """What the blocks themselves give, in a fraction of their time."""
        columns, values, start = [], [], 0
        for block in self._blocks.values():
            counts = Counter(map(block.columns.get, block.analyze(text)))
            counts.pop(None, None)
            places = np.fromiter(counts, dtype=np.int32, count=len(counts))
            weighed = (1 + np.log(np.fromiter(counts.values(), dtype=np.float32, count=len(counts)))) * block.scale.idf_[places]
            columns.append(places + start)
            values.append(weighed * (block.weight / (np.sqrt(weighed @ weighed) or 1.0)))
            start += len(block.names)
        return np.concatenate(columns), np.concatenate(values)

    def words(self, text: str) -> list[tuple[str, int, float]]:
        """The word features of a text, as (words, column, weight)."""
        columns, values = self.row(text)
        names = self._blocks[WORDS].names
        return [
            (str(names[column]), column, value) for column, value in zip(columns.tolist(), values.tolist()) if column < len(names)
        ]

    def arrays(self) -> dict[str, np.ndarray]:
        """What was learned, as arrays to be saved."""
        saved: dict[str, np.ndarray] = {}
        for name, block in self._blocks.items():
            saved[f"{name}_names"] = block.names.astype(str)
            saved[f"{name}_rarity"] = block.scale.idf_.astype(np.float32)
        return saved

    @classmethod
    def from_arrays(cls, saved: Any, particles: Particles) -> "Features":
        """The features that `arrays` described."""
        features = cls(particles)
        for name, analyze in analyzers(particles).items():
            if f"{name}_names" in saved:
                scale = TfidfTransformer(sublinear_tf=True)
                scale.idf_ = saved[f"{name}_rarity"]
                features._blocks[name] = _Block(analyze, _WEIGHTS[name], saved[f"{name}_names"], scale)
        return features
