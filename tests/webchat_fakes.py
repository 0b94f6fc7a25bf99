"""The web app's surroundings for its tests: an assistant that says what it is given to say, and the settings."""

import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from itsdangerous import TimestampSigner
from werkzeug.serving import make_server

from bot.client import Bot, Button, Reply, Turn
from bot.result import ANSWER, Candidate, Entity, Need, Understanding
from settings import Settings, from_env

SECRET = "a key for tests"
TOKEN = "a token for agents"
PAYLOAD = '/iniciar{"accion":"resend_confirmation"}'
OFFER = Reply("¿Quiere que se lo reenviemos?", buttons=(Button("Sí, por favor", PAYLOAD), Button("No", "/negar")))
PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(40)
EXE = b"MZ\x90\0\3\0\0\0\4\0\0\0\xff\xff" + bytes(200)
STEPS = "Estos son los pasos:\n\n• Rellene el formulario.\n• Escriba a ayuda@example.com.\n\nEso es todo."
FAQ = [
    {"id": "1.2", "section": "REGISTRO", "question": "¿Cómo me registro?", "answer": STEPS, "action": None, "asks": []},
    {
        "id": "1.6",
        "section": "REGISTRO",
        "question": "No me llega el correo.",
        "answer": "Mire en <script>alert(1)</script> spam.",
        "action": "resend_confirmation",
        "asks": ["email"],
    },
    {"id": "2.1", "section": "ACCESO", "question": "¿Y mi clave?", "answer": "Pida otra.", "action": None, "asks": []},
]


FOLDER = tempfile.TemporaryDirectory()


class FakeBot(Bot):
    """Says what it is given to say, or fails as it is told to, and keeps what it heard."""

    def __init__(self) -> None:
        self.heard: list[tuple[str, str | None, str | None]] = []
        self.says: list[Reply] = [Reply("Mire en la carpeta de spam.", faq="1.6"), OFFER]
        self.ranking = (Candidate("1.6", 0.9, action="resend_confirmation"), Candidate("1.2", 0.05))
        self.forgotten: list[str] = []
        self.error: Exception | None = None
        self.gate = threading.Event()  # while it is cleared, replies wait
        self.gate.set()

    def reply(self, conversation: str, *, text: str | None = None, payload: str | None = None, **_: Any) -> Turn:
        self.gate.wait(10)
        self.heard.append((conversation, text, payload))
        return self._unless_failing(Turn(tuple(self.says), "answer", "acceso", "m1"))

    def understand(self, text: str) -> Understanding:
        self.heard.append(("", text, None))
        need = Need(text, ANSWER, "1.6", self.ranking, action="resend_confirmation", risk="low", because=("correo",))
        return self._unless_failing(Understanding(text, (need,), (Entity("email", "ana@example.com", 0, 15),), "m1"))

    def alike(self, texts: Sequence[str]) -> list[list[int]]:
        """Those that begin with the same word are alike."""
        first = [text.split()[0] for text in texts]
        groups = [[place for place, word in enumerate(first) if word == own] for own in dict.fromkeys(first)]
        return self._unless_failing(groups)

    def forget(self, conversation: str) -> None:
        self.forgotten.append(conversation)
        self._unless_failing(None)

    def check(self) -> None:
        self._unless_failing(None)

    def faq(self, model: str = "") -> list[dict[str, Any]]:
        return self._unless_failing(FAQ)

    def _unless_failing(self, result: Any) -> Any:
        if self.error:
            raise self.error
        return result


class LastMonth(TimestampSigner):
    """Signs as it would have a month ago."""

    def get_timestamp(self) -> int:
        return int(time.time()) - 31 * 24 * 3600


def settings(**changes: Any) -> Settings:
    known = {
        "secret_key": SECRET,
        "database_url": f"sqlite:///{FOLDER.name}/desk.db",
        "attachments_dir": Path(FOLDER.name) / "attachments",
        "upload_limit": "10000/second",
        "agents_token": TOKEN,
        "agents_database_url": f"sqlite:///{FOLDER.name}/agents.db",
        "rate_limit": "10000/second",
        "brand": "ACME",
    }
    return replace(from_env(), **{**known, **changes})


class Site:
    """A WSGI app on a port of 127.0.0.1 that stays the same when it is stopped and started again."""

    def __init__(self, app: Callable[..., Iterable[bytes]]) -> None:
        self._app = app
        self._port = 0
        self.start()

    @property
    def url(self) -> str:
        """The address of its page."""
        return f"http://127.0.0.1:{self._port}/"

    def start(self) -> None:
        """Serve."""
        self._server = make_server("127.0.0.1", self._port, self._app, threaded=True)
        self._port = self._server.port
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Serve no more."""
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
