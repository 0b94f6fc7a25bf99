"""Trying a proposed change: a process of its own trains the candidate and compares it, and its files tell how far it is."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from bot import faq, models, trial
from desk import ProposedChange
from settings import ROOT, Settings

NONE, RUNNING, DONE, FAILED = "none", "running", "done", "failed"


class Busy(Exception):
    """Another change is being tried; one at a time, so that customers do not wait for it."""


@dataclass
class Trials:
    """The trials of one web process; their results are found by the next one too."""

    settings: Settings
    _running: dict[int, "subprocess.Popen[bytes]"] = field(default_factory=dict)

    def start(self, proposed: ProposedChange, texts: Sequence[str]) -> None:
        """Try the change on these messages.

        Raises:
            Busy: another one is being tried.
        """
        if any(process.poll() is None for process in self._running.values()):
            raise Busy
        models.prune(self.settings.var_dir / "trials", "*")
        folder = self._folder(proposed.id)
        shutil.rmtree(folder, ignore_errors=True)
        _model.cache_clear()
        folder.mkdir(parents=True, mode=0o700)
        for name, content in (("change.json", proposed.change), ("texts.json", list(texts))):
            (folder / name).write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
        here = {name.upper(): str(getattr(self.settings, name)) for name in ("faq_dir", "models_dir", "var_dir")}
        command = ["nice", sys.executable, "-W", "ignore", "-m", "bot.trial", str(folder)]
        self._running[proposed.id] = subprocess.Popen(command, cwd=ROOT, env={**os.environ, **here})

    def state(self, id_: int) -> dict[str, Any]:
        """How far the trial of a change is: its `status`, and what is known of it by then.

        A result is `stale` where the FAQ is another one than it was then.
        """
        folder = self._folder(id_)
        if (folder / trial.RESULT).exists():
            result = json.loads((folder / trial.RESULT).read_text(encoding="utf-8"))
            return {"status": DONE, "stale": result["faq"] != faq.fingerprint(self.settings.faq_dir), **result}
        process = self._running.get(id_)
        if process and process.poll() is None:
            return {"status": RUNNING, "progress": _text(folder / trial.PROGRESS)}
        return {"status": FAILED if process else NONE}

    def answered(self, id_: int, text: str) -> list[dict[str, Any]] | None:
        """What the candidate would tell a customer who writes this; None while there is no candidate."""
        folder = self._folder(id_) / trial.MODEL
        return trial.answered(_model(folder), text) if folder.exists() else None

    def _folder(self, id_: int) -> Path:
        return self.settings.var_dir / "trials" / str(id_)


@lru_cache(1)
def _model(folder: Path) -> Any:
    from bot.model import Model  # brings torch and spaCy, which only this needs

    return Model.load(folder)


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.exists() else ""
