"""Has the running assistant answer by the model that was promoted: a second Rasa starts beside the first, which then ends.

Rasa itself can load another model while it runs, but stands still meanwhile and keeps both in memory. Of the two addresses the
other processes ask whichever is there (`bot.client`), so no message falls between.
"""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xmlrpc.client import ServerProxy

from supervisor.xmlrpc import SupervisorTransport

from bot import models, promotions
from deploy.processes import Check, assistant
from settings import Settings

_LIMIT = 180.0  # seconds for Rasa to start
_FAILED = ("FATAL", "EXITED")


class Takeover:
    """Follows the promotions of an installation, whose supervisor runs one of two Rasas."""

    def __init__(self, settings: Settings, model: Path, tell: Callable[[str], None]) -> None:
        """Begin with this model, by which `rasa` answers; `tell` shows a line."""
        self._settings, self._model, self._tell = settings, model, tell
        self._live, self._next = "rasa", "rasa_next"
        address = f"unix://{settings.var_dir.resolve()}/supervisor.sock"
        self._supervisor: Any = ServerProxy("http://127.0.0.1", SupervisorTransport(serverurl=address)).supervisor

    def look(self) -> None:
        """Change over if another model is promoted now; one that does not start is told and left."""
        model = promotions.promoted(self._settings) or self._model
        if model == self._model or not model.exists():
            return
        self._model = model
        self._tell(f"· {model.name} is promoted: starting it")
        check = assistant(self._settings, self._next)
        self._supervisor.startProcess(self._next, False)
        if not self._ready(check):
            self._supervisor.stopProcess(self._next)
            self._tell(f"✗ {model.name} does not start, see {self._settings.var_dir}/log; the one before goes on")
            return
        self._supervisor.stopProcess(self._live)
        self._live, self._next = self._next, self._live
        self._restart_triage()
        self._tell(f"✓ {model.name} answers, FAQ {models.manifest(model)['version']}")

    def _ready(self, check: Check) -> bool:
        started = time.monotonic()
        while not check.ready():
            late = time.monotonic() - started > _LIMIT
            if late or self._state(self._next) in _FAILED:
                return False
            time.sleep(0.3)
        return True

    def _restart_triage(self) -> None:
        """Have triage load the model; a mail in hand is taken up again."""
        if self._state("triage") == "RUNNING":
            self._supervisor.stopProcess("triage")
            self._supervisor.startProcess("triage", False)

    def _state(self, name: str) -> str:
        return str(self._supervisor.getProcessInfo(name)["statename"])
