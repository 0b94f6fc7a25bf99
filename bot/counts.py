"""What occurs how often in texts, counted once for all who learn from some of them."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.feature_extraction.text import CountVectorizer

from bot.analyzers import BY_WORD, Analyzer, analyzers
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
        rows = {text: row for row, text in enumerate(dict.fromkeys(texts))}
        apply = map if len(rows) < _FEW else in_processes
        known = analyzers(particles)
        whole = [name for name in known if name not in BY_WORD]

        def count(name: str) -> dict[str, Block]:
            return {name: _block(list(rows), known[name])} if name in whole else _by_word(list(rows), known)

        found = {name: block for blocks in apply(count, ["by word", *whole]) for name, block in blocks.items()}
        return cls(rows, {name: found[name] for name in known})

    def some(self, name: str, texts: Sequence[str]) -> csr_matrix:
        """The counts of one analyzer in these texts, which are among those counted."""
        return self.blocks[name][1][[self.rows[text] for text in texts]]


def _by_word(texts: Sequence[str], known: dict[str, Analyzer]) -> dict[str, Block]:
    """The blocks of the analyzers that take words apart: each word is taken apart once, however often it is written."""
    words, written = _block(texts, str.split)
    parts = {name: _block(words.tolist(), known[name]) for name in BY_WORD}
    return {name: (names, (written @ counts).sorted_indices()) for name, (names, counts) in parts.items()}


def _block(texts: Sequence[str], analyze: Analyzer) -> Block:
    counter = CountVectorizer(analyzer=analyze, dtype=np.float32)
    try:
        counts = counter.fit_transform(texts)
    except ValueError:  # it finds nothing in any of them
        return np.zeros(0, dtype=str), csr_matrix((len(texts), 0), dtype=np.float32)
    return counter.get_feature_names_out(), counts
