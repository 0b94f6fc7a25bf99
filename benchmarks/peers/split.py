"""What all contestants learn and are asked: our corpus with one author left out, or two labelled files."""

import json
import random
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from bot.faq import SEVERAL, Faq, is_faq
from bot.jsonl import BrokenInput, read

HELD_BACK = Path(__file__).parent.parent / "held_back.jsonl"

Message = dict[str, Any]


@dataclass(frozen=True)
class Split:
    """The messages to learn and those to be asked; of the labels, those that are answers: the others say that none applies."""

    train: list[Message]
    test: list[Message]
    answers: frozenset[str]

    def at_most(self, number: int) -> "Split":
        """The same with no more than so many messages to learn of each label, the same ones each time."""
        by_label: dict[str, list[Message]] = {}
        for message in self.train:
            by_label.setdefault(message["label"], []).append(message)
        chance = random.Random(1)  # noqa: S311 - no secret
        kept = [chance.sample(messages, min(number, len(messages))) for messages in by_label.values()]
        return replace(self, train=[message for messages in kept for message in messages])

    def write(self, folder: Path) -> None:
        """Write both sides into the folder, an object a line."""
        folder.mkdir(parents=True, exist_ok=True)
        for name, messages in (("train", self.train), ("test", self.test)):
            lines = "".join(json.dumps(message, ensure_ascii=False) + "\n" for message in messages)
            (folder / f"{name}.jsonl").write_text(lines, encoding="utf-8")


def left_out(faq: Faq, author: str) -> Split:
    """The corpus without this author, whose messages with one need are asked.

    Raises:
        ValueError: nobody of this name wrote in it.
    """
    train = [_message(example) for example in faq.examples if example.author != author]
    test = [_message(e) for e in faq.examples if e.author == author and e.label != SEVERAL and not e.parts]
    if not test:
        raise ValueError(f"no messages of {author!r}: name one of {', '.join(sorted({e.author for e in faq.examples}))}")
    return Split(train, test, _entries(train))


def held_back(faq: Faq) -> Split:
    """The whole corpus, and the messages of the author who is held back."""
    train = [_message(example) for example in faq.examples]
    return Split(train, read(HELD_BACK, text=str, label=str), _entries(train))


def of_files(train: Path, test: Path, none: frozenset[str]) -> Split:
    """Two files of `{"text", "label"}`; every label that is learned is an answer, but for those of `none`.

    Raises:
        BrokenInput: a file is empty or broken, or there is nothing to tell apart.
    """
    learned, asked = read(train, text=str, label=str), read(test, text=str, label=str)
    if len({message["label"] for message in learned}) < 2:
        raise BrokenInput(train, 1, "expected at least two labels: add messages")
    return Split(learned, asked, frozenset(message["label"] for message in learned) - none)


def _entries(messages: list[Message]) -> frozenset[str]:
    return frozenset(message["label"] for message in messages if is_faq(message["label"]))


def _message(example: Any) -> Message:
    parts = [[part.text, part.label] for part in example.parts]
    return {"text": example.text, "label": example.label, "author": example.author, **({"parts": parts} if parts else {})}
