"""The gate that a trained model passes before the assistant answers by it.

A model is refused if it is worse than the floor (`floor.json`), or worse than the promoted model on the same held-back messages.
Worse is what a one-sided exact sign test at 5 % calls so, of the messages on which the two differ: more wrong answers, or fewer
right ones. So one message more or less blocks nothing, five to none do; what passes so again and again ends at the floor.
"""

import hashlib
import json
import os
import tarfile
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from scipy.stats import binomtest

from bot import models, promotions
from bot.evaluate import held_back, worse
from bot.faq import is_faq
from bot.model import Model
from bot.report import Judged, measure
from settings import Settings

RIGHT, WRONG, NONE = "right", "wrong", "none"
SHOWN = ("first_right", "coverage", "refused", "wrong", "stray")
_LEVEL = 0.05
_UNREADABLE = (OSError, KeyError, TypeError, ValueError, tarfile.TarError)


def judge(model: Model, benchmarks: Path) -> dict[str, Any]:
    """How the model answers each held-back message, and the figures of all.

    Raises:
        BrokenInput: the file of messages is broken.
    """
    messages = held_back(model, benchmarks / "held_back.jsonl")
    return {"figures": measure(messages), "answers": [_answer(message) for message in messages]}


def measured(settings: Settings, path: Path) -> dict[str, Any]:
    """What `judge` says of a model's file, kept beside it for as long as code and messages are the same.

    Raises:
        BrokenInput: the file of messages is broken.
    """
    kept = figures_of(settings, path)
    if kept.exists():
        return dict(json.loads(kept.read_text()))
    found = judge(models.read(path), settings.benchmarks_dir)
    with tempfile.NamedTemporaryFile("w", dir=kept.parent, delete=False) as file:
        json.dump(found, file)
    os.replace(file.name, kept)
    return found


def figures_of(settings: Settings, path: Path) -> Path:
    """Where the figures of a model's file are kept, or would be."""
    digest = hashlib.sha256((settings.benchmarks_dir / "held_back.jsonl").read_bytes())
    for name in models.CODE:
        digest.update((models.ROOT / "bot" / name).read_bytes())
    return path.with_name(f"{path.name.removesuffix('.tar.gz')}.{digest.hexdigest()[:8]}.json")


def objections(new: Mapping[str, Any], old: Mapping[str, Any] | None, floor: Path) -> list[str]:
    """Why the new model must not be promoted in the place of the old one, of which there may be none.

    Raises:
        BrokenInput: the file of the floor is broken.
    """
    below = [f"below the floor: {line}" for line in worse(new["figures"], floor)]
    if old is None:
        return below
    pairs = list(zip(new["answers"], old["answers"], strict=True))
    return [*below, *_more(pairs, WRONG, "wrong answers", 0), *_more(pairs, RIGHT, "right answers", 1)]


def against(settings: Settings, path: Path) -> list[str]:
    """Why the model of this file must not be promoted; nothing if it may.

    Raises:
        BrokenInput: the held-back messages or the floor are broken.
    """
    current = promotions.promoted(settings)
    new, old, note = measured(settings, path), None, []
    if current and current.exists():
        try:
            old = measured(settings, current)
        except _UNREADABLE as error:  # made by other code, on which it cannot run either
            note = [f"the promoted {current.name} cannot be read by the present code ({type(error).__name__}): not compared"]
    found = objections(new, old, settings.benchmarks_dir / "floor.json")
    return found + note if found else []


def line(figures: Mapping[str, Any]) -> str:
    """The figures in a line."""
    return "  ".join(f"{name} {figures[name]['count']}/{figures[name]['of']}" for name in SHOWN)


def _answer(message: Judged) -> str:
    if not message.answered:
        return NONE
    return RIGHT if is_faq(message.label) and message.right else WRONG


def _more(pairs: Sequence[tuple[str, str]], answer: str, name: str, loser: int) -> list[str]:
    """An objection if the model at this place of the pairs gives this answer less often than the other one."""
    gained = sum(new == answer != old for new, old in pairs)
    lost = sum(old == answer != new for new, old in pairs)
    good, bad = (lost, gained) if loser == 0 else (gained, lost)
    if bad <= good or binomtest(bad, bad + good, alternative="greater").pvalue >= _LEVEL:
        return []
    told = "more" if loser == 0 else "fewer"
    return [f"{told} {name} than the promoted model: {bad} against {good} of the messages on which they differ"]
