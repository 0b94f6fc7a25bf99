"""Real parts for the desk: SQLite, PostgreSQL, servers for SMTP and HTTP, processes; `conftest.py` shares the fixtures."""

import asyncio
import dataclasses
import getpass
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime, timedelta, timezone
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from sqlalchemy import create_engine

from desk import Desk, Request
from desk.deliver import Worker
from desk.outbox import LONGEST_PAUSE
from settings import ROOT, Settings, from_env

HOST = "127.0.0.1"
EMAIL = "juan.perez@example.com"


class Clock:
    """The time; it starts at the real one and moves only when told."""

    def __init__(self) -> None:
        self.now = datetime.now(timezone.utc)

    def __call__(self) -> datetime:
        return self.now

    def forward(self, by: timedelta) -> None:
        self.now += by

    def to_next_try(self) -> None:
        self.forward(timedelta(seconds=LONGEST_PAUSE))


class MailServer:
    """A mail server that answers `reply` to each mail after `delay` seconds, and keeps what it accepted.

    The replies "close" and "hang" are what they say.

    At the step `halt_at` (MAIL, DATA or QUIT) it waits until `halt_at` is another; `halted` says that it got there.
    """

    def __init__(self) -> None:
        self.port = free_port()
        self.mails: list[EmailMessage] = []
        self.reply = "250 OK"
        self.farewell = "221 Bye"
        self.delay = 0.0
        self.busy = threading.Event()
        self.halt_at = ""
        self.halted = threading.Event()
        self.controller: Controller | None = None

    async def halt(self, step: str) -> None:
        while self.halt_at == step:
            self.halted.set()
            await asyncio.sleep(0.01)

    async def handle_MAIL(  # noqa: N802 - aiosmtpd's name
        self, _server: object, _session: object, envelope: Any, address: str, _options: list[str]
    ) -> str:
        await self.halt("MAIL")
        envelope.mail_from = address
        return "250 OK"

    async def handle_DATA(self, server: Any, _session: object, envelope: Any) -> str:  # noqa: N802 - likewise
        self.busy.set()
        await self.halt("DATA")
        await asyncio.sleep(60 if self.reply == "hang" else self.delay)
        if self.reply == "close":
            server.transport.abort()
        if self.reply.startswith("250"):
            self.mails.append(message_from_bytes(envelope.content, policy=policy.default))
        return self.reply

    async def handle_QUIT(self, server: Any, _session: object, _envelope: object) -> str:  # noqa: N802 - likewise
        await self.halt("QUIT")
        if self.farewell == "none":
            server.transport.abort()
        return self.farewell

    def start(self, **options: Any) -> None:
        self.controller = Controller(self, hostname=HOST, port=self.port, **options)
        self.controller.start()

    def stop(self) -> None:
        if self.controller:
            self.controller.stop()
            self.controller = None


class PortalServer(ThreadingHTTPServer):
    """A portal that gives `answer` and keeps what it was asked in `calls`.

    An answer is a status, "slow" (none), "garbage" (no HTTP), "json" (200, and no JSON), or "page" (200, and a page for people,
    as it stands in front of a portal under repair). It answers nothing while it is `halting`; `halted` says that a call waits.
    """

    def __init__(self) -> None:
        super().__init__((HOST, 0), PortalHandler)
        self.calls: list[tuple[str, Any]] = []
        self.answer: int | str = 200
        self.closing = threading.Event()
        self.halting = False
        self.halted = threading.Event()


class PortalHandler(BaseHTTPRequestHandler):
    server: PortalServer

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.calls.append((self.path, json.loads(body)))
        while self.server.halting and not self.server.closing.is_set():
            self.server.halted.set()
            time.sleep(0.01)
        if isinstance(self.server.answer, int):
            self.send_response(self.server.answer)
            self.send_header("Location", "/")
            self.end_headers()
        elif self.server.answer == "garbage":
            self.wfile.write(b"\0garbage\r\n\r\n")
        elif self.server.answer in ("json", "page"):
            self.send_response(200)
            self.send_header("Content-Type", "application/json" if self.server.answer == "json" else "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(b"<h1>Volvemos enseguida</h1>{")
        else:
            self.server.closing.wait(10)

    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_arguments: object) -> None:
        return


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind((HOST, 0))
        return listener.getsockname()[1]


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def mail_server() -> Iterator[MailServer]:
    server = MailServer()
    server.start()
    yield server
    server.stop()


@pytest.fixture
def portal() -> Iterator[PortalServer]:
    with PortalServer() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.closing.set()
        server.shutdown()
        thread.join()


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """The URL of a temporary cluster."""
    found = [shutil.which("initdb"), *sorted(map(str, Path("/usr/lib/postgresql").glob("*/bin/initdb")))]
    programs = [Path(name).parent for name in found if name]
    if not programs:
        pytest.skip("PostgreSQL's initdb was not found: install it, on Debian with `apt-get install postgresql`")
    user = "postgres" if os.getuid() == 0 else getpass.getuser()  # PostgreSQL refuses to run as root
    options: dict[str, Any] = {"user": user} if os.getuid() == 0 else {}
    folder = tempfile.mkdtemp(prefix="desk")  # pytest's own folders are closed to other users

    def run(program: str, *arguments: str) -> None:
        command = [str(programs[-1] / program), "-D", f"{folder}/data", *arguments]
        subprocess.run(command, check=True, cwd=folder, stdout=subprocess.DEVNULL, **options)

    shutil.chown(folder, user)
    run("initdb", "--auth=trust", "--no-sync", f"--username={user}")
    server = f"-F -k {folder} -c listen_addresses='' -c timezone=Asia/Tokyo"
    run("pg_ctl", "start", "-w", "-l", f"{folder}/log", "-o", server)
    yield f"postgresql://{user}@/postgres?host={folder}"
    run("pg_ctl", "stop", "-m", "immediate")
    shutil.rmtree(folder)


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/var/desk.db"
    cluster, name = request.getfixturevalue("postgresql"), f"desk_{uuid.uuid4().hex}"
    with create_engine(cluster, future=True).begin() as connection:
        connection.exec_driver_sql(f"CREATE SCHEMA {name}")  # quicker to make and to remove than a database
    return f"{cluster}&options=-csearch_path%3D{name}"


@pytest.fixture
def settings(database_url: str, mail_server: MailServer, portal: PortalServer, tmp_path: Path) -> Settings:
    return dataclasses.replace(
        from_env(),
        database_url=database_url,
        portal_url=f"http://{HOST}:{portal.server_port}",
        portal_timeout=0.2,
        smtp_url=f"smtp://{HOST}:{mail_server.port}",
        mail_from="ventanilla@example.com",
        care_address="care@example.com",
        attachments_dir=tmp_path / "attachments",
        limit_conversation=100,
    )


@pytest.fixture
def desk(settings: Settings, clock: Clock) -> Desk:
    return Desk(settings, clock)


@pytest.fixture
def worker(settings: Settings, clock: Clock) -> Worker:
    return Worker(settings, clock)


def submit(desk: Desk, kind: str = "open_ticket", *, key: str = "k1", text: str | None = None, **fields: str) -> Request:
    return desk.submit(key, kind, faq_id="2.3", theme=None, fields=fields, conversation="c1", text=text)


def owed(desk: Desk) -> list[tuple[str, str, int]]:
    return [(delivery.kind, delivery.status, delivery.attempts) for delivery in desk.undelivered()]


def lines_of(mail: EmailMessage) -> list[str]:
    body = mail.get_body()
    assert body is not None
    return body.get_content().splitlines()


def environment(settings: Settings) -> dict[str, str]:
    names = ("database_url", "portal_url", "smtp_url", "mail_from", "care_address", "attachments_dir")
    return {**os.environ, **{name.upper(): str(getattr(settings, name)) for name in names}}


def run(settings: Settings, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "desk", *arguments]
    return subprocess.run(command, cwd=ROOT, env=environment(settings), capture_output=True, text=True, check=False)


def start_worker(settings: Settings) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "desk", "deliver"]
    return subprocess.Popen(command, cwd=ROOT, env=environment(settings), stderr=subprocess.DEVNULL)


def wait_until(condition: Callable[[], bool], seconds: float = 20) -> None:
    patience = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < patience, "what was waited for did not happen"
        time.sleep(0.02)


@contextmanager
def locked(settings: Settings) -> Iterator[None]:
    """Nobody else can write into the desk's database, nor take a delivery."""
    engine = create_engine(settings.database_url, future=True)
    lock = "BEGIN IMMEDIATE" if engine.dialect.name == "sqlite" else "LOCK TABLE requests, outbox, interactions IN EXCLUSIVE MODE"
    with engine.begin() as connection:
        connection.exec_driver_sql(lock)
        yield


def at_once(number: int, function: Callable[[int], Any]) -> list[Any]:
    barrier = threading.Barrier(number)

    def together(index: int) -> Any:
        barrier.wait()
        return function(index)

    with ThreadPoolExecutor(number) as pool:
        return list(pool.map(together, range(number)))
