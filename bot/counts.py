"""What occurs how often in texts, counted once for all who learn from some of them."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_matrix, hstack
from sklearn.feature_extraction.text import CountVectorizer

from bot.analyzers import BY_WORD, PIECES, WORDS, Analyzer, analyzers
from bot.encoder import SIZES, framed, joined
from bot.faq import Particles
from bot.processes import in_processes

ENCODED = "encoded"  # the block that the encoder learns from
_FEW = 1000  # texts: they are counted before a process has begun

Block = tuple[np.ndarray, csr_matrix]


@dataclass(frozen=True)
class Counts:
    """The row of each text; and for each analyzer what it finds, and how often: counts of shape (texts, features).

    One more block, of what the encoder reads, is made of these.
    """

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
        return cls(rows, {**{name: found[name] for name in known}, ENCODED: _encoded(found[WORDS], found[PIECES])})

    def some(self, name: str, texts: Sequence[str]) -> csr_matrix:
        """The counts of one analyzer in these texts, which are among those counted."""
        return self.blocks[name][1][[self.rows[text] for text in texts]]


def _by_word(texts: Sequence[str], known: dict[str, Analyzer]) -> dict[str, Block]:
    """The blocks of the analyzers that take words apart: each word is taken apart once, however often it is written."""
    words, written = _block(texts, str.split)
    parts = {name: _block(words.tolist(), known[name]) for name in BY_WORD}
    return {name: (names, (written @ counts).sorted_indices()) for name, (names, counts) in parts.items()}


def _encoded(words: Block, pieces: Block) -> Block:
    """The words and their pairs, and the shorter pieces of words, under the names that `encoder.pieces_of` has for them."""
    short = np.array([len(name) in SIZES for name in pieces[0]], dtype=bool)
    named = [*map(joined, words[0].tolist()), *map(framed, pieces[0][short].tolist())]
    names, places = np.unique(np.array(named, dtype=object), return_inverse=True)
    same = csr_matrix((np.ones(len(places), np.float32), (np.arange(len(places)), places)), shape=(len(places), len(names)))
    return names, (hstack([words[1], pieces[1][:, short]], format="csr", dtype=np.float32) @ same).sorted_indices()


def _block(texts: Sequence[str], analyze: Analyzer) -> Block:
    counter = CountVectorizer(analyzer=analyze, dtype=np.float32)
    try:
        counts = counter.fit_transform(texts)
    except ValueError:  # it finds nothing in any of them
        return np.zeros(0, dtype=str), csr_matrix((len(texts), 0), dtype=np.float32)
    return counter.get_feature_names_out(), counts
