"""How levelled texts are taken apart: words and pieces of words, what is denied, what stands near what, and where; and stems."""

import re
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache, partial
from itertools import chain

import Stemmer

from bot.faq import Particles

WORDS, PIECES, PLACE = "words", "pieces", "place"
STEMS = ("stems", "endings")
BY_WORD = (PIECES, *STEMS)  # what these find in a text is what they find in its words
_START = 5  # letters: Spanish endings begin about here
_REACH = 5  # words that a negation reaches, or that lie between two words of a pair
_PUNCTUATION = re.compile(r"[^\w_]+")
_CACHED = 1 << 17  # words
_SNOWBALL = Stemmer.Stemmer("spanish")

Analyzer = Callable[[str], Iterable[str]]


def analyzers(particles: Particles) -> dict[str, Analyzer]:
    """By the name of a block, how it takes a text apart; those of `STEMS` come last."""
    return {
        WORDS: _words,
        PIECES: _pieces,
        "denied": partial(_denied, particles=particles),
        "near": _near,
        PLACE: _place,
        "stems": _stems,
        "endings": _stem_pieces,
    }


def _words(text: str) -> Iterable[str]:
    words = text.split()
    return chain(words, (f"{word} {following}" for word, following in zip(words, words[1:])))


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
