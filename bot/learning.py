"""What is learned of messages is kept beside the models, and learned once, however many processes ask for it."""

import fcntl
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from bot import models
from bot.faq import Example, Faq
from bot.fit import Settings as Training
from bot.fit import fit
from bot.held_out import Progress
from bot.jsonl import BrokenInput
from settings import Settings


def configured() -> Training:
    """How config.yml says to train.

    Raises:
        BrokenInput: it cannot be read, does not name the component, or gives it a setting of the wrong kind.
    """
    try:
        pipeline = YAML(typ="safe").load(models.CONFIG)["pipeline"]
        component = next(part for part in pipeline if part["name"] == models.COMPONENT)
    except (YAMLError, KeyError, TypeError, StopIteration) as error:
        expected = f"expected a pipeline with {models.COMPONENT}"
        raise BrokenInput(models.CONFIG, 1, f"{expected}, got {error!r}: correct the file") from error
    try:
        return Training.of(component)
    except ValueError as error:
        raise BrokenInput(models.CONFIG, 1, f"{models.COMPONENT}: {error}") from error


def learned(here: Settings, examples: Sequence[Example], knowledge: Faq, training: Training, progress: Progress) -> Path:
    """Where the model of these messages is: learned now, unless it was or another process is at it, whose end is waited for."""
    kept = models.learned(here, examples, knowledge, training)
    with _alone_in(kept.parent):
        if not kept.exists():
            models.keep(fit(examples, knowledge, training, progress=progress), kept)
    os.utime(kept)  # it is used: `models.prune` leaves it
    return kept


@contextmanager
def _alone_in(folder: Path) -> Iterator[None]:
    folder.mkdir(parents=True, exist_ok=True)
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        fcntl.flock(handle, fcntl.LOCK_UN)  # not only closed: processes that were forked meanwhile have it open too
        os.close(handle)
