"""Corpora of any number of labels, made by rule: they show how time and memory grow, not how well anybody understands."""

import random
from itertools import product
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from benchmarks.peers.split import Message, Split

_WORDS = Path(__file__).with_suffix(".yml")


def generated(labels: int) -> Split:
    """Twenty messages to learn of each label, and six to be asked, in other frames.

    Raises:
        ValueError: there are not so many labels.
    """
    words = YAML(typ="safe").load(_WORDS.read_text(encoding="utf-8"))
    pairs = list(product(words["verbos"], words["cosas"]))
    if not 2 <= labels <= len(pairs):
        raise ValueError(f"expected from 2 to {len(pairs)} labels, got {labels}")
    chosen = random.Random(1).sample(pairs, labels)  # noqa: S311 - no secret
    names = frozenset(f"{verbs[0]} {things[0]}" for verbs, things in chosen)
    return Split(_messages(chosen, words["aprender"]), _messages(chosen, words["preguntar"]), names)


def _messages(pairs: list[Any], frames: list[str]) -> list[Message]:
    """Each frame once with the first words of a pair, and once with the second ones."""
    return [
        {"text": frame.format(verbo=verb, cosa=thing), "label": f"{verbs[0]} {things[0]}"}
        for verbs, things in pairs
        for verb, thing in zip(verbs, things)
        for frame in frames
    ]
