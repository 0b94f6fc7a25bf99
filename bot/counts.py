"""What occurs how often in texts, counted once for all who learn from some of them."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.feature_extraction.text import CountVectorizer

from bot.analyzers import Analyzer, analyzers
from bot.faq import Particles
from bot.processes import in_processes

_FEW = 1000  # texts: they are counted before a process has begun

Block = tuple[np.ndarray, csr_matrix]


@dataclass(frozen=True)
class Counts:
    """The row of each text; and for each analyzer what it finds, and how often: counts of shape (texts, features)."""

    rows: dict[str, int]
    blocks: dict[str, Block]

    @classmethod
    def of(cls, texts: Sequence[str], particles: Particles) -> "Counts":
        """What all analyzers find in these texts."""
        rows, blocks = {text: row for row, text in enumerate(dict.fromkeys(texts))}, analyzers(particles)
        apply = map if len(rows) < _FEW else in_processes
        return cls(rows, dict(zip(blocks, apply(lambda name: _block(list(rows), blocks[name]), list(blocks)))))

    def some(self, name: str, texts: Sequence[str]) -> csr_matrix:
        """The counts of one analyzer in these texts, which are among those counted."""
        return self.blocks[name][1][[self.rows[text] for text in texts]]


def _block(texts: Sequence[str], analyze: Analyzer) -> Block:
    counter = CountVectorizer(analyzer=analyze, dtype=np.float32)
    try:
        counts = counter.fit_transform(texts)
    except ValueError:  # it finds nothing in any of them
        return np.zeros(0, dtype=str), csr_matrix((len(texts), 0), dtype=np.float32)
    return counter.get_feature_names_out(), counts
