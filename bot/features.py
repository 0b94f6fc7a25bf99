"""Sparse features of levelled texts: words and pieces of words, what is denied, what stands near what, and where; and stems."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cached_property, lru_cache, partial
from itertools import chain
from typing import Any

import numpy as np
import Stemmer
from scipy.sparse import csr_matrix, hstack
from sklearn.feature_extraction.text import TfidfVectorizer

from bot.faq import Particles

_WORDS = "words"
_START = 5  # letters: Spanish endings begin about here
_REACH = 5  # words that a negation reaches, or that lie between two words of a pair
_PUNCTUATION = re.compile(r"[^\w_]+")
_CACHED = 1 << 17  # words
_SNOWBALL = Stemmer.Stemmer("spanish")
_STEMS = ("stems", "endings")


class Features:
    """One sparse row a text: blocks of TF-IDF (Salton & Buckley 1988) with logarithmic counts, each with a weight.

    The last blocks, from column `stems_from` on, hold stems alone: where there are few messages, phrases are chance.
    """

    def __init__(self, particles: Particles) -> None:
        self.particles = particles
        self._last: tuple[str, tuple[np.ndarray, np.ndarray]] | None = None
        weighed: dict[str, tuple[float, dict[str, Any]]] = {
            _WORDS: (1.0, {"ngram_range": (1, 2), "token_pattern": r"[^\s]+"}),
            "pieces": (1.0, {"analyzer": _pieces, "min_df": 2}),
            "denied": (0.5, {"analyzer": partial(_denied, particles=particles), "min_df": 2}),
            "near": (0.7, {"analyzer": _near, "min_df": 2}),
            "place": (0.5, {"analyzer": _place, "min_df": 2}),
            "stems": (1.0, {"analyzer": _stems}),
            "endings": (1.0, {"analyzer": _stem_pieces}),
        }
        self._weights = {name: weight for name, (weight, _) in weighed.items()}
        self._blocks = {
            name: TfidfVectorizer(sublinear_tf=True, lowercase=False, dtype=np.float32, **settings)
            for name, (_, settings) in weighed.items()
        }

    def fit(self, texts: Sequence[str]) -> csr_matrix:
        """Learn the features of these texts; their rows, of shape (texts, features)."""
        rows = {}
        for name, block in list(self._blocks.items()):
            try:
                rows[name] = block.fit_transform(texts)
            except ValueError:  # no two texts share a feature of this block
                del self._blocks[name]
        return self._joined(rows)

    @property
    def stems_from(self) -> int:
        """The first column of the blocks of stems; all before it belong to the others."""
        return sum(len(block.vocabulary_) for name, block in self._blocks.items() if name not in _STEMS)

    def transform(self, texts: Sequence[str]) -> csr_matrix:
        """The rows of other texts, of shape (texts, features)."""
        rows = [self._row(text) for text in texts]
        ends = np.cumsum([0, *(len(columns) for columns, _ in rows)])
        columns, values = (np.concatenate(part) if part else np.zeros(0) for part in zip(*rows))
        width = sum(len(block.vocabulary_) for block in self._blocks.values())
        return csr_matrix((values, columns, ends), shape=(len(texts), width), dtype=np.float32)

    def row(self, text: str) -> tuple[np.ndarray, np.ndarray]:
        """The columns of a text and their values, kept until another one is asked for: what decided is asked just after."""
        if self._last is None or self._last[0] != text:
            self._last = (text, self._row(text))
        return self._last[1]

    def _row(self, text: str) -> tuple[np.ndarray, np.ndarray]:
        """What the blocks themselves give, in a fraction of their time."""
        columns, values, start = [], [], 0
        for name, (analyze, vocabulary, rarity) in self._learned.items():
            counts = Counter(map(vocabulary.get, analyze(text)))
            counts.pop(None, None)
            places = np.fromiter(counts, dtype=np.int32, count=len(counts))
            weighed = (1 + np.log(np.fromiter(counts.values(), dtype=np.float32, count=len(counts)))) * rarity[places]
            columns.append(places + start)
            values.append(weighed * (self._weights[name] / (np.sqrt(weighed @ weighed) or 1.0)))
            start += len(vocabulary)
        return np.concatenate(columns), np.concatenate(values)

    def _joined(self, rows: dict[str, csr_matrix]) -> csr_matrix:
        return hstack([rows[name] * self._weights[name] for name in rows], format="csr", dtype=np.float32)

    def words(self, text: str) -> list[tuple[str, int, float]]:
        """The word features of a text, as (words, column, weight)."""
        columns, values = self.row(text)
        names = self._word_names
        return [(names[column], column, value) for column, value in zip(columns.tolist(), values.tolist()) if column < len(names)]

    @cached_property
    def _learned(self) -> dict[str, tuple[Callable[[str], Iterable[str]], dict[str, int], np.ndarray]]:
        """For each block how it takes a text apart, the columns of what it knows, and their rarity."""
        return {name: (block.build_analyzer(), block.vocabulary_, block.idf_) for name, block in self._blocks.items()}

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
    def from_arrays(cls, saved: Any, particles: Particles) -> "Features":
        """The features that `arrays` described."""
        features = cls(particles)
        features._blocks = {name: block for name, block in features._blocks.items() if f"{name}_names" in saved}
        for name, block in features._blocks.items():
            block.vocabulary = {word: column for column, word in enumerate(saved[f"{name}_names"].tolist())}
            block.idf_ = saved[f"{name}_rarity"]
        return features


@lru_cache(_CACHED)
def _windows(word: str, least: int, most: int) -> tuple[str, ...]:
    """All runs of so many letters of a word, the blanks around it being two of them."""
    framed = f" {word} "
    return tuple(framed[i : i + size] for size in range(least, most + 1) for i in range(len(framed) - size + 1))


@lru_cache(_CACHED)
def _stem(word: str) -> str:
    """The stem by Snowball's Spanish rules (Porter 2001), of which levelled words still follow most."""
    return word if word.startswith("_") else str(_SNOWBALL.stemWord(word))


def _stems(text: str) -> list[str]:
    return [_stem(word) for word in text.split() if _is_word(word)]


def _pieces(text: str) -> Iterable[str]:
    return chain.from_iterable(_windows(word, 2, 5) for word in text.split())


def _stem_pieces(text: str) -> Iterable[str]:
    return chain.from_iterable(_windows(stem, 3, 5) for stem in _stems(text))


def _begin(word: str) -> str:
    return word if word.startswith("_") else word[:_START]


def _is_word(word: str) -> bool:
    return not _PUNCTUATION.fullmatch(word)


def _denied(text: str, particles: Particles) -> Iterator[str]:
    """The words in the reach of a denial or an affirmation, marked as such."""
    mark, left = "", 0
    for word in text.split():
        if not _is_word(word) or word in particles.turn:
            mark = ""
        elif word in particles.deny or word in particles.affirm:
            mark, left = "-" if word in particles.deny else "+", _REACH
        elif mark:
            yield mark + _begin(word)
            left -= 1
            mark = mark if left else ""


def _near(text: str) -> Iterator[str]:
    """Pairs of words that stand near each other, in their order."""
    words = [_begin(word) for word in text.split() if _is_word(word)]
    for place, word in enumerate(words):
        for other in words[place + 1 : place + 1 + _REACH]:
            yield f"{word}~{other}"


def _place(text: str) -> Iterator[str]:
    """The words of questions and of the last clause, marked as such."""
    clauses, asked = [[]], [False]  # type: list[list[str]], list[bool]
    for word in text.split():
        if _is_word(word):
            clauses[-1].append(_begin(word))
            continue
        if "?" in word:
            asked[-1] = True
        if clauses[-1]:
            clauses.append([])
            asked.append(False)
        if "¿" in word:
            asked[-1] = True
    if not clauses[-1]:
        del clauses[-1], asked[-1]
    for words, question in zip(clauses, asked):
        yield from (f"?{word}" for word in words if question)
    if len(clauses) > 1:
        yield from (f"!{word}" for word in clauses[-1])
