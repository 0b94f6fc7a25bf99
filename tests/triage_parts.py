"""Real parts for the triage: Dovecot, mails, a reader in the place of the model, deaths; `conftest.py` shares the fixtures."""

import dataclasses
import os
import shutil
import signal
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.result import ANSWER, Candidate, Entity, Need, Understanding
from desk import Desk
from settings import Settings, from_env
from tests.desk_parts import HOST, Clock, MailServer, free_port
from tests.dovecot import Dovecot
from triage.decide import Rules
from triage.judge import rules_of
from triage.mailbox import Mailbox
from triage.policy import Policy
from triage.service import Service

QUEUES = {
    "reply": "V/Contestados",
    "person": "V/Personas",
    "ticket": "V/Solicitudes",
    "ignore": "V/Ignorados",
    "failed": "V/Errores",
}
ENTRY = {
    "id": "1.6",
    "question": "No he recibido el correo.",
    "answer": "Escriba a a@b.example.",
    "mail": "Mire en <spam>.",
    "action": "resend_confirmation",
}
SENDS = Policy(dict.fromkeys(("low", "medium", "high"), "send"), queues=QUEUES, limits={10: 1, 60: 2, 1440: 4}, thread_limits={})


class Reader:
    """Understands that whoever says so misses the confirmation mail, and that all others want what is out of scope."""

    manifest = {"entries": {"1.6": ENTRY}}

    def __init__(self) -> None:
        self.heard: list[str] = []

    def understand(self, text: str) -> Understanding:
        self.heard.append(text)
        outcome = ANSWER if "confirmación" in text else "out_of_scope"
        need = Need("", outcome, "1.6", (Candidate("1.6", 0.99),), "resend_confirmation", risk="low")
        found = [Entity("email", word, 0, 0) for word in text.split() if "@" in word]
        return Understanding(text, (need,), tuple(found))


@pytest.fixture(scope="session")
def imap_server() -> Iterator[Dovecot]:
    """One server for all tests that leave it alone; its users are made by their first login."""
    if not shutil.which("dovecot", path="/usr/sbin"):
        pytest.skip("no dovecot: apt-get install dovecot-imapd")
    with tempfile.TemporaryDirectory(prefix="dovecot") as folder:  # pytest's own is closed to Dovecot's users
        server = Dovecot(Path(folder), free_port())
        server.start()
        yield server
        server.stop()


@pytest.fixture
def dovecot(imap_server: Dovecot) -> Dovecot:
    return imap_server.as_user(f"u{uuid.uuid4().hex}")


@pytest.fixture
def own_dovecot() -> Iterator[Dovecot]:
    """A server that the test may stop, and set up otherwise."""
    with tempfile.TemporaryDirectory(prefix="dovecot") as folder:
        server = Dovecot(Path(folder), free_port())
        server.start()
        yield server
        server.stop()


@pytest.fixture
def mailbox_settings(dovecot: Dovecot, mail_server: MailServer, tmp_path: Path) -> Settings:
    return settings_for(dovecot, mail_server, tmp_path)


@pytest.fixture
def reader() -> Reader:
    return Reader()


@pytest.fixture
def rules(mailbox_settings: Settings, reader: Reader) -> Rules:
    return rules_of(mailbox_settings, Policy(queues=QUEUES, limits={10: 1, 60: 2}), reader)


@pytest.fixture
def look(mailbox_settings: Settings, reader: Reader, rules: Rules, clock: Clock) -> Callable[[], None]:
    return looks(mailbox_settings, reader, rules, clock)


def settings_for(dovecot: Dovecot, mail_server: MailServer, tmp_path: Path, **others: Any) -> Settings:
    url, smtp_url = f"sqlite:///{tmp_path}/desk.db", f"smtp://{HOST}:{mail_server.port}"
    told = {"imap_url": dovecot.url, "database_url": url, "smtp_url": smtp_url, "mail_poll": 0.2, "portal_timeout": 0.2}
    return dataclasses.replace(from_env(), **{**told, **others})


def looks(settings: Settings, reader: Reader, rules: Rules, clock: Clock) -> Callable[[], None]:
    """What looks once into the mailbox, by a service of its own that lasts."""
    service = Service(settings, reader, rules, Desk(settings, clock), clock)

    def look() -> None:
        with Mailbox(settings.imap_url) as mailbox:
            service.look(mailbox)

    return look


def mail(number: int = 1, text: str = "No me llega el correo de confirmación.", *headers: str, sender: str = "") -> bytes:
    lines = [
        f"From: Ana Ruiz <{sender or f'ana{number}@obra.example'}>",
        "To: customer.care@example.com",
        "Subject: =?utf-8?q?Mi_confirmaci=C3=B3n?=",
        f"Message-ID: <{number}@obra.example>",
        "References: <antes@obra.example>",
        "Content-Type: text/plain; charset=utf-8",
        *headers,
    ]
    return ("\r\n".join(lines) + f"\r\n\r\n{text} {number}\r\n").encode()


def wait_until(happened: Callable[[], bool]) -> None:
    for _ in range(200):
        if happened():
            return
        time.sleep(0.05)
    raise AssertionError("it did not happen within 10 s")


def killed(work: Callable[[], None]) -> bool:
    """Whether the work, in a process of its own, was ended by SIGKILL."""
    child = os.fork()
    if child == 0:
        try:
            work()
        finally:
            os._exit(1)
    _, status = os.waitpid(child, 0)
    return os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL


def deadly(victim: object, step: str, when: str) -> None:
    """Make a verb of this object end its process, before or after it has done its work."""
    verb = getattr(victim, step)

    def kill(*arguments: object, **named: object) -> object:
        if when == "after":
            verb(*arguments, **named)
        os.kill(os.getpid(), signal.SIGKILL)
        return None

    setattr(victim, step, kill)
