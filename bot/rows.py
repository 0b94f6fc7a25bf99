"""What is learned from messages, as rows of a levelled text and its label: the whole, its parts, runs of clauses, joined ones."""

import random
from collections.abc import Iterator, Sequence

from bot.faq import DIALOGUE, SEVERAL, Example
from bot.needs import NOTHING, Run, runs
from bot.text import Reader

Row = tuple[str, str]

_SILENT, _STATING = 5, 3  # runs to learn from a message that say nothing; and that state a need, for each of its needs
_WHOLE = 0.9  # of a marked part: a run that holds as much states its need
_JOINED_SHARE = 8
_JOINERS = (" ", " . ", " , ", " ; ")


def of_parts(example: Example, reader: Reader) -> list[Row]:
    """The whole message, and each of its parts."""
    texts = [(example.text, example.label), *((part.text, part.label or NOTHING) for part in example.parts)]
    return [(reader.read(text).text, label) for text, label in texts]


def of_runs(example: Example, clauses: Sequence[Run], texts: Sequence[str], seed: int) -> list[Row]:
    """Some of the runs of a marked message's clauses, which are what it is read in: those that hold one need, or none.

    `clauses` tells where each begins and ends, `texts` are the levelled ones of all `runs`.
    """
    marked = list(_marked(example))
    if not marked:
        return []
    silent: list[Row] = []
    stating: list[Row] = []
    for (first, last), text in list(zip(runs(len(clauses)), texts))[1:]:
        held = _held(marked, clauses[first][0], clauses[last - 1][1])
        if not held:
            silent.append((text, NOTHING))
        elif len(held) == 1 and max(held.values()) >= _WHOLE:
            stating.append((text, next(iter(held))))
    chance = random.Random(f"{seed} {example.text}")  # noqa: S311 - no secret
    most = _STATING * len({label for _, _, label in marked})
    return chance.sample(silent, min(_SILENT, len(silent))) + chance.sample(stating, min(most, len(stating)))


def _marked(example: Example) -> Iterator[tuple[int, int, str]]:
    """Where each part that states a need begins and ends, and its label."""
    start = 0
    for part in example.parts:
        if part.label:
            yield start, start + len(part.text), part.label
        start += len(part.text)


def _held(marked: Sequence[tuple[int, int, str]], start: int, end: int) -> dict[str, float]:
    """The labels of the marked parts that a stretch of the text touches, and the most that it holds of one of each."""
    held: dict[str, float] = {}
    for begin, stop, label in marked:
        share = (min(end, stop) - max(start, begin)) / (stop - begin)
        if share > 0:
            held[label] = max(share, held.get(label, 0.0))
    return held


def joined(messages: Sequence[tuple[Example, Row]], seed: int) -> list[Row]:
    """Messages of two needs made of two of one author's: there are too few written ones to learn what they look like."""
    chance = random.Random(seed)  # noqa: S311 - no secret
    by_author: dict[str, list[Row]] = {}
    for example, row in messages:
        if not example.parts and example.label not in DIALOGUE and not example.label.startswith("charla/"):
            by_author.setdefault(example.author, []).append(row)
    pools = [pool for pool in by_author.values() if len(pool) > 1]
    pairs = [chance.sample(chance.choice(pools), 2) for _ in range(len(messages) // _JOINED_SHARE if pools else 0)]
    return [(a + chance.choice(_JOINERS) + b, SEVERAL) for (a, one), (b, two) in pairs if one != two]
