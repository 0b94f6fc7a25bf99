"""Which model the running assistant answers by: each installation keeps its own record, in its folder for data.

Trained models are files that anybody may share; what was promoted, by whose word and when stands in `VAR_DIR/models.jsonl`, a
line each, the last one deciding. So two installations, or a test and a service, never change each other's model.
"""

import json
from dataclasses import asdict, dataclass
from datetime import datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING

from bot import models
from settings import Settings

if TYPE_CHECKING:
    from bot.model import Model

GATE, FORCE, ROLLBACK = "gate", "force", "rollback"


class NotPromoted(Exception):
    """A model cannot be promoted, or taken back; the message says why and what to do."""


@dataclass(frozen=True)
class Promotion:
    """From when on a model was the promoted one, and by whose word: the gate's, a person's, or that of who took another back."""

    model: str
    at: str
    how: str


def record(settings: Settings) -> list[Promotion]:
    """All promotions, oldest first."""
    path = _file(settings)
    return [Promotion(**json.loads(line)) for line in path.read_text().splitlines()] if path.exists() else []


def promoted(settings: Settings) -> Path | None:
    """The promoted model, None if there is none."""
    standing = _standing(record(settings))
    return settings.models_dir / standing[-1] if standing else None


def taken_back(settings: Settings) -> set[str]:
    """The models that somebody took back and nobody promoted again."""
    known = record(settings)
    return {one.model for one in known} - set(_standing(known))


def running(settings: Settings) -> Path:
    """The model to answer by: the promoted one; where none was ever promoted, that of the present data.

    Raises:
        NoModel: it does not exist.
    """
    path = promoted(settings) or models.fitting(settings)
    if not path.exists():
        raise models.NoModel(f"{path} does not exist: run `make train`, or promote another of `python -m bot models list`")
    return path


def load(settings: Settings) -> "Model":
    """The understanding to answer by, outside of Rasa.

    Raises:
        NoModel: there is none.
    """
    return models.read(running(settings))


def promote(settings: Settings, path: Path, how: str) -> None:
    """Make this the model to answer by.

    Raises:
        NotPromoted: there is no such file.
    """
    if not path.exists():
        raise NotPromoted(f"{path} does not exist: see `python -m bot models list`")
    _add(settings, Promotion(path.name, _now(), how))


def roll_back(settings: Settings) -> Path:
    """The model that was promoted before, which is so again.

    Raises:
        NotPromoted: there is none, or its file is gone.
    """
    standing = _standing(record(settings))
    if len(standing) < 2:
        raise NotPromoted("no model was promoted before the current one")
    path = settings.models_dir / standing[-2]
    if not path.exists():
        raise NotPromoted(f"{path}, which was promoted before, does not exist any more")
    _add(settings, Promotion(path.name, _now(), ROLLBACK))
    return path


def _standing(known: list[Promotion]) -> list[str]:
    """The models that were promoted and not taken back, the current one last."""
    standing: list[str] = []
    for one in known:
        if one.how == ROLLBACK:
            standing.pop()
        else:
            standing = [name for name in standing if name != one.model] + [one.model]
    return standing


def _add(settings: Settings, promotion: Promotion) -> None:
    path = _file(settings)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as file:
        file.write(json.dumps(asdict(promotion)) + "\n")


def _file(settings: Settings) -> Path:
    return settings.var_dir / "models.jsonl"


def _now() -> str:
    return datetime.now(timezone.utc).isoformat(timespec="seconds")
