"""What must make no difference: accents, capitals, a typing slip, and whether one says tú, usted or vos."""

import random
import unicodedata
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from bot.jsonl import read
from bot.model import Model
from bot.report import rate

_REGISTERS = ("tu", "usted", "vos")
_LEAST = 4  # letters: a slip in a shorter word makes another one


def without_accents(text: str) -> str:
    """The text as typed on a keyboard without accents; ñ stays."""
    parts = unicodedata.normalize("NFD", text)
    bare = "".join(c for i, c in enumerate(parts) if not unicodedata.combining(c) or (c == "\u0303" and parts[i - 1] in "nN"))
    return unicodedata.normalize("NFC", bare)


def one_slip(text: str, chance: random.Random) -> str:
    """The text with one letter left out, doubled, or swapped with the next, in one of its longer words."""
    places = [i for i in range(len(text)) if _inside(text, i)]
    if not places:
        return text
    i = chance.choice(places)
    here, after = text[i], text[i + 1]
    return text[:i] + chance.choice((after, here + here + after, after + here)) + text[i + 2 :]


def _inside(text: str, place: int) -> bool:
    """Whether there stands a letter of a longer word, with a different one after it."""
    if not (text[place].isalpha() and text[place + 1 : place + 2].isalpha()) or text[place] == text[place + 1]:
        return False
    start, end = place, place
    while start > 0 and text[start - 1].isalpha():
        start -= 1
    while end < len(text) and text[end].isalpha():
        end += 1
    return end - start >= _LEAST


def unchanged(model: Model, texts: Sequence[str], seed: int) -> dict[str, Any]:
    """How often the first need's label stays the same under each change."""
    chance = random.Random(seed)  # noqa: S311 - no secret
    changes: dict[str, Callable[[str], str]] = {
        "accents removed": without_accents,
        "capitals": str.upper,
        "one slip": lambda text: one_slip(text, chance),
    }
    before = [model.understand(text).first.label for text in texts]
    return {
        name: rate(sum(model.understand(change(text)).first.label == label for text, label in zip(texts, before)), len(texts))
        for name, change in changes.items()
    }


def alike(model: Model, path: Path) -> dict[str, Any]:
    """How many of the file's messages get one label in all three registers."""
    triples = read(path, **dict.fromkeys(_REGISTERS, str))
    same = [len({model.understand(triple[register]).first.label for register in _REGISTERS}) == 1 for triple in triples]
    return rate(sum(same), len(same))
