"""The desk with real parts: SQLite and PostgreSQL, an SMTP server, an HTTP server, and processes that are killed."""

import asyncio
import dataclasses
import getpass
import json
import os
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta, timezone
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult
from sqlalchemy import create_engine

from desk import Desk, DeskUnavailable, InvalidRequest, NothingToRequeue, PortalRejected, Request, UnknownRequest
from desk.deliver import Worker
from desk.fields import FIELDS, KINDS
from desk.mail import Mailer
from desk.outbox import LEASE, LONGEST_PAUSE, PORTAL_PATIENCE, Outbox, pause
from desk.records import Delivery
from desk.ticket import ticket
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
    """A mail server that answers `reply` to each mail after `delay` seconds, and keeps what it accepted."""

    def __init__(self) -> None:
        self.port = free_port()
        self.mails: list[EmailMessage] = []
        self.reply = "250 OK"
        self.farewell = "221 Bye"
        self.delay = 0.0
        self.busy = threading.Event()
        self.controller: Controller | None = None

    async def handle_DATA(self, _server: object, _session: object, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        self.busy.set()
        await asyncio.sleep(self.delay)
        if self.reply.startswith("250"):
            self.mails.append(message_from_bytes(envelope.content, policy=policy.default))
        return self.reply

    async def handle_QUIT(self, server: Any, _session: object, _envelope: object) -> str:  # noqa: N802 - likewise
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
    """A portal that gives `answer`: a status, "slow" (none) or "garbage" (no HTTP); `calls` holds what it was asked."""

    def __init__(self) -> None:
        super().__init__((HOST, 0), PortalHandler)
        self.calls: list[tuple[str, Any]] = []
        self.answer: int | str = 200
        self.closing = threading.Event()


class PortalHandler(BaseHTTPRequestHandler):
    server: PortalServer

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.calls.append((self.path, json.loads(body)))
        if isinstance(self.server.answer, int):
            self.send_response(self.server.answer)
            self.send_header("Location", "/")
            self.end_headers()
        elif self.server.answer == "garbage":
            self.wfile.write(b"\0garbage\r\n\r\n")
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
def settings(database_url: str, mail_server: MailServer, portal: PortalServer) -> Settings:
    return dataclasses.replace(
        from_env(),
        database_url=database_url,
        portal_url=f"http://{HOST}:{portal.server_port}",
        portal_timeout=0.2,
        smtp_url=f"smtp://{HOST}:{mail_server.port}",
        mail_from="ventanilla@example.com",
        care_address="care@example.com",
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
    names = ("database_url", "portal_url", "smtp_url", "mail_from", "care_address")
    return {**os.environ, **{name.upper(): getattr(settings, name) for name in names}}


def run(settings: Settings, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "desk", *arguments]
    return subprocess.run(command, cwd=ROOT, env=environment(settings), capture_output=True, text=True, check=False)


def start_worker(settings: Settings) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "desk", "deliver"]
    return subprocess.Popen(command, cwd=ROOT, env=environment(settings), stderr=subprocess.DEVNULL)


def wait_until(condition: Callable[[], bool]) -> None:
    patience = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < patience, "what was waited for did not happen"
        time.sleep(0.02)


def at_once(number: int, function: Callable[[int], Any]) -> list[Any]:
    barrier = threading.Barrier(number)

    def together(index: int) -> Any:
        barrier.wait()
        return function(index)

    with ThreadPoolExecutor(number) as pool:
        return list(pool.map(together, range(number)))


def test_a_request_is_found_by_its_number(desk: Desk, clock: Clock) -> None:
    fields = {"contacto": EMAIL, "detalle": "No puedo entrar"}
    request = submit(desk, text="hola", **fields)
    found = desk.request(f"V-{clock.now.year}-000001")
    assert found.number == request.number
    assert (found.kind, found.faq_id, found.fields, found.text) == ("open_ticket", "2.3", fields, "hola")
    assert found.created_at == clock.now


@pytest.mark.parametrize("number", ["V-1999-000001", "V-2026-000009", "1", "V-2026-99999999999", ""])
def test_an_unknown_number_is_refused(desk: Desk, number: str) -> None:
    submit(desk)
    with pytest.raises(UnknownRequest):
        desk.request(number)


def test_the_same_key_is_one_request_and_one_delivery(desk: Desk) -> None:
    first, again, other = submit(desk), submit(desk), submit(desk, key="k2")
    assert first.number == again.number != other.number
    assert len(desk.undelivered()) == 2


def test_the_same_key_from_several_threads_is_one_request_and_one_delivery(desk: Desk, settings: Settings) -> None:
    desks = [desk, desk, *(Desk(settings) for _ in range(4))]
    assert len({request.number for request in at_once(6, lambda index: submit(desks[index]))}) == 1
    assert len(desk.undelivered()) == 1


def test_an_empty_database_can_be_opened_by_several_at_once(settings: Settings) -> None:
    at_once(8, lambda index: submit(Desk(settings), key=f"k{index}"))
    assert len(Desk(settings).undelivered()) == 8


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        ("delete_account", {}),
        ("reset_password", {"contacto": EMAIL}),
        ("reset_password", {"email": "juan"}),
        ("reset_password", {"email": "juán@example.com"}),
        ("open_ticket", {"telefono": "1"}),
        ("open_ticket", {"contacto": f"{EMAIL}\nBcc: eva@example.com"}),
        ("open_ticket", {"contacto": f"Juan <{EMAIL}>"}),
        ("open_ticket", {"correo_nuevo": f"{EMAIL}\r\n"}),
    ],
)
def test_what_cannot_be_promised_is_refused_and_not_recorded(desk: Desk, kind: str, fields: dict[str, str]) -> None:
    with pytest.raises(InvalidRequest) as error:
        submit(desk, kind, **fields)
    assert not any(value in str(error.value) for value in fields.values() if "@" in value)
    assert desk.undelivered() == []


def test_a_request_without_key_is_refused(desk: Desk) -> None:
    with pytest.raises(InvalidRequest, match="key"):
        submit(desk, key="")


def test_a_ticket_mail_says_all_to_people_and_to_machines(
    desk: Desk, worker: Worker, mail_server: MailServer, settings: Settings
) -> None:
    request = submit(desk, text="¿Qué hago?\nGracias", contacto=EMAIL, cuenta="jperez", detalle="Ñandú")
    worker.deliver_due()
    [mail] = mail_server.mails
    assert mail["Subject"] == f"[{request.number}] Consulta para atención al cliente"
    assert (mail["To"], mail["From"], mail["Reply-To"]) == (settings.care_address, settings.mail_from, EMAIL)
    assert (mail["X-Ventanilla-Ticket"], mail["Auto-Submitted"]) == (request.number, "auto-generated")
    [attachment] = mail.iter_attachments()
    assert attachment.get_filename() == "ticket.json"
    assert json.loads(attachment.get_content()) == {
        "number": request.number,
        "created_at": request.created_at.isoformat(timespec="seconds"),
        "kind": "open_ticket",
        "faq_id": "2.3",
        "theme": None,
        "fields": {"contacto": EMAIL, "cuenta": "jperez", "detalle": "Ñandú"},
        "identity": "unverified",
        "conversation": "c1",
        "text": "¿Qué hago?\nGracias",
        "portal_failure": None,
    }
    lines = set(lines_of(mail))
    assert {"Entrada de la FAQ: 2.3", "Identidad: identidad sin verificar", "Conversación: c1"} <= lines
    assert {f"    Correo de contacto: {EMAIL}", "    Detalle: Ñandú", "    ¿Qué hago?", "    Gracias"} <= lines
    assert desk.undelivered() == []


def test_a_ticket_without_address_has_no_reply_to(desk: Desk, worker: Worker, mail_server: MailServer) -> None:
    submit(desk, cuenta="jperez")
    worker.deliver_due()
    assert mail_server.mails[0]["Reply-To"] is None


def test_newlines_in_what_customers_write_add_no_header_and_no_line_of_ours(
    desk: Desk, worker: Worker, mail_server: MailServer
) -> None:
    evil = "x\r\nBcc: eva@example.com\r\n\r\nIdentidad: verificada\x85Tema: otro\u2028Tema: otro"
    submit(desk, text=evil, cuenta=evil, detalle=evil)
    worker.deliver_due()
    [mail] = mail_server.mails
    assert set(mail.keys()) >= {"Subject", "Message-ID"}
    assert not {"Bcc", "Identidad", "Tema"} & set(mail.keys())
    assert not [line for line in lines_of(mail) if line.startswith(("Bcc", "Identidad: v", "Tema"))]


def test_what_no_database_can_hold_is_replaced(desk: Desk, worker: Worker, mail_server: MailServer) -> None:
    request = submit(desk, text="a\0b\ud800c", detalle="\0")
    assert desk.request(request.number).text == "a\ufffdb?c"
    worker.deliver_due()
    assert len(mail_server.mails) == 1


@pytest.mark.parametrize("failure", [None, "PortalRejected", "PortalUnavailable"])
@pytest.mark.parametrize("kind", KINDS)
def test_the_templates_have_words_for_every_kind_field_and_failure(kind: str, failure: str | None, clock: Clock) -> None:
    fields = dict.fromkeys(FIELDS, "x")
    request = Request(id=1, kind=kind, fields=fields, faq_id=None, theme="factura", conversation="c", created_at=clock())
    mail = ticket(request, failure)
    assert mail["subject"].startswith(f"[V-{clock.now.year}-000001] ")
    assert "\nTema: factura\n" in mail["body"]
    assert ("Motivo" in mail["body"]) == bool(failure)


def test_a_mail_waits_for_the_server_and_keeps_its_message_id(
    desk: Desk, worker: Worker, mail_server: MailServer, clock: Clock, settings: Settings
) -> None:
    number = submit(desk).number
    [promised] = desk.undelivered()
    mail_server.stop()
    worker.deliver_due()
    worker.deliver_due()  # not due again yet
    assert owed(desk) == [("mail", "pending", 1)]
    columns = run(settings, "list").stdout.rstrip("\n").split("\t")
    assert columns[:4] == [number, "mail", "pending", "1"]
    assert datetime.fromisoformat(columns[4]) > clock.now
    assert "ConnectionRefusedError" in columns[5]
    mail_server.start()
    clock.to_next_try()
    worker.deliver_due()
    assert [mail["Message-ID"] for mail in mail_server.mails] == [promised.message_id]
    assert run(settings, "list").stdout == ""


def test_a_mail_that_the_server_puts_off_is_tried_again(
    desk: Desk, worker: Worker, mail_server: MailServer, clock: Clock
) -> None:
    submit(desk)
    mail_server.reply = "451 Later"
    worker.deliver_due()
    assert "451 Later" in str(desk.undelivered()[0].last_error)
    mail_server.reply = "250 OK"
    clock.to_next_try()
    worker.deliver_due()
    assert (len(mail_server.mails), owed(desk)) == (1, [])


def test_a_refused_mail_is_dead_until_it_is_requeued(
    desk: Desk, worker: Worker, mail_server: MailServer, clock: Clock, settings: Settings
) -> None:
    number = submit(desk).number
    mail_server.reply = "550-No such\r\n550 mailbox"
    worker.deliver_due()
    clock.forward(timedelta(days=9))
    worker.deliver_due()
    listed = run(settings, "list").stdout
    assert listed.startswith(f"{number}\tmail\tdead\t1\t-\t")
    assert "550 No such mailbox" in listed
    mail_server.reply = "250 OK"
    assert run(settings, "requeue", number).returncode == 0
    run(settings, "deliver", "--once")
    assert (len(mail_server.mails), owed(desk)) == (1, [])


def test_requeue_says_when_there_is_nothing_dead(desk: Desk, settings: Settings) -> None:
    number = submit(desk).number
    with pytest.raises(NothingToRequeue):
        desk.requeue(number)
    assert (run(settings, "requeue", "7").returncode, owed(desk)) == (1, [("mail", "pending", 0)])


@pytest.mark.parametrize("farewell", ["500 What?", "none"])
def test_a_mail_is_sent_once_however_the_server_says_goodbye(
    desk: Desk, worker: Worker, mail_server: MailServer, farewell: str
) -> None:
    submit(desk)
    mail_server.farewell = farewell
    worker.deliver_due()
    assert (len(mail_server.mails), owed(desk)) == (1, [])


@pytest.mark.parametrize(("kind", "path"), [("resend_confirmation", "/confirm"), ("reset_password", "/reset")])
def test_the_portal_is_called_with_the_address_alone(
    desk: Desk, worker: Worker, portal: PortalServer, mail_server: MailServer, kind: str, path: str
) -> None:
    submit(desk, kind, email=EMAIL, contacto="otra@example.com")
    worker.deliver_due()
    assert portal.calls == [(path, {"email": EMAIL})]
    assert (owed(desk), mail_server.mails) == ([], [])


@pytest.mark.parametrize("answer", [500, 503, 429, 302, "slow", "garbage"])
def test_an_unavailable_portal_is_called_again(
    desk: Desk, worker: Worker, portal: PortalServer, clock: Clock, answer: int | str
) -> None:
    submit(desk, "reset_password", email=EMAIL)
    portal.answer = answer
    worker.deliver_due()
    worker.deliver_due()  # not due again yet
    assert (owed(desk), len(portal.calls)) == ([("portal", "pending", 1)], 1)
    assert "POST /reset: expected" in str(desk.undelivered()[0].last_error)
    portal.answer = 200
    clock.to_next_try()
    worker.deliver_due()
    assert (owed(desk), len(portal.calls)) == ([], 2)


def test_a_call_that_the_portal_refuses_becomes_one_ticket(
    desk: Desk, worker: Worker, portal: PortalServer, mail_server: MailServer
) -> None:
    number = submit(desk, "reset_password", email=EMAIL).number
    portal.answer = 400
    worker.deliver_due()
    desk.requeue(number)
    worker.deliver_due()
    [mail] = mail_server.mails
    assert "Motivo: el portal ha rechazado la petición automática" in lines_of(mail)
    assert (mail["Subject"], mail["Reply-To"]) == (f"[{number}] Restablecer la contraseña", EMAIL)
    assert owed(desk) == [("portal", "dead", 1)]


def test_a_call_that_fails_for_a_day_becomes_a_ticket(
    desk: Desk, worker: Worker, portal: PortalServer, mail_server: MailServer, clock: Clock
) -> None:
    submit(desk, "resend_confirmation", email=EMAIL)
    portal.answer = 500
    worker.deliver_due()
    clock.forward(PORTAL_PATIENCE - timedelta(seconds=1))
    worker.deliver_due()
    assert owed(desk) == [("portal", "pending", 2)]
    clock.to_next_try()
    worker.deliver_due()
    assert owed(desk) == [("portal", "dead", 3)]
    [mail] = mail_server.mails
    assert "Motivo: el portal no ha completado la petición automática en un día" in lines_of(mail)


def test_several_workers_send_each_delivery_once(
    desk: Desk, settings: Settings, clock: Clock, portal: PortalServer, mail_server: MailServer
) -> None:
    for index in range(20):
        submit(desk, key=f"mail {index}")
        submit(desk, "reset_password", key=f"portal {index}", email=f"a{index}@example.com")
    settings = dataclasses.replace(settings, portal_timeout=10.0)  # eight threads share this machine with the portal
    workers = [Worker(settings, clock) for _ in range(4)]
    at_once(4, lambda index: workers[index].deliver_due())
    assert owed(desk) == []
    assert len({mail["Message-ID"] for mail in mail_server.mails}) == len(mail_server.mails) == 20
    assert len({call["email"] for _path, call in portal.calls}) == len(portal.calls) == 20


def test_what_a_killed_worker_had_in_hand_is_sent_after_its_lease(
    desk: Desk, settings: Settings, clock: Clock, mail_server: MailServer
) -> None:
    submit(desk)
    mail_server.delay = 60
    with start_worker(settings) as process:
        assert mail_server.busy.wait(20)
        process.kill()
    mail_server.delay = 0
    worker = Worker(settings, clock)
    worker.deliver_due()
    assert mail_server.mails == []
    clock.forward(LEASE + timedelta(minutes=1))
    worker.deliver_due()
    assert (len(mail_server.mails), owed(desk)) == (1, [])


def test_a_worker_that_is_told_to_stop_finishes_what_it_has_in_hand(
    desk: Desk, settings: Settings, mail_server: MailServer
) -> None:
    submit(desk)
    submit(desk, key="k2")
    mail_server.delay = 0.3
    with start_worker(settings) as process:
        assert mail_server.busy.wait(20)
        process.send_signal(signal.SIGTERM)
        assert process.wait(2) == 0
    assert (len(mail_server.mails), owed(desk)) == (1, [("mail", "pending", 0)])


def test_a_worker_that_is_told_to_stop_does_not_wait_for_a_stuck_server(
    desk: Desk, settings: Settings, mail_server: MailServer
) -> None:
    submit(desk)
    mail_server.delay = 60
    with start_worker(settings) as process:
        assert mail_server.busy.wait(20)
        process.send_signal(signal.SIGINT)
        started = time.monotonic()
        assert process.wait(5) == 1
    assert time.monotonic() - started < 2
    assert owed(desk) == [("mail", "pending", 1)]


def test_a_worker_that_overran_its_lease_does_not_undo_anothers_work(
    desk: Desk, settings: Settings, worker: Worker, clock: Clock
) -> None:
    submit(desk, "reset_password", email=EMAIL)
    outbox = Outbox(settings, clock)
    late = outbox.lease()
    assert late is not None
    clock.forward(LEASE)
    worker.deliver_due()
    outbox.failed(late, PortalRejected("too late"))
    assert owed(desk) == []


def test_a_worker_outlives_trouble_with_the_database(
    desk: Desk, settings: Settings, mail_server: MailServer, caplog: pytest.LogCaptureFixture
) -> None:
    submit(desk)
    worker, engine = Worker(settings), create_engine(settings.database_url, future=True)
    with engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE outbox RENAME TO elsewhere")
    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(worker.run)
        wait_until(lambda: "the next" in caplog.text)
        with engine.begin() as connection:
            connection.exec_driver_sql("ALTER TABLE elsewhere RENAME TO outbox")
        wait_until(lambda: bool(mail_server.mails))
        worker.stop()
        running.result(2)


def test_the_log_holds_numbers_but_no_addresses_and_no_texts(
    desk: Desk, worker: Worker, portal: PortalServer, mail_server: MailServer, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", "desk")
    portal.answer, mail_server.reply = 400, f"550 {EMAIL} unknown"
    number = submit(desk, "reset_password", text="secreto", email=EMAIL).number
    submit(desk, "reset_password", text="secreto", email=EMAIL)
    worker.deliver_due()
    assert f"{number} mail: attempt 1 failed: MailRejected" in caplog.messages
    assert not [message for message in caplog.messages if "@" in message or "secreto" in message]


def test_pauses_grow_up_to_a_limit() -> None:
    assert timedelta(seconds=2) < pause(1) <= timedelta(seconds=5)
    assert pause(5) > pause(1)
    assert timedelta(seconds=LONGEST_PAUSE / 2) <= pause(100_000) <= timedelta(seconds=LONGEST_PAUSE)


def test_urls_that_cannot_work_are_refused_without_showing_secrets(settings: Settings) -> None:
    with pytest.raises(ValueError, match="DATABASE_URL: expected sqlite or postgresql, got mysql"):
        Desk(dataclasses.replace(settings, database_url="mysql://u:secret@host/db"))
    with pytest.raises(ValueError, match="SMTP_URL: expected .* got http://$"):
        Mailer(dataclasses.replace(settings, smtp_url="http://u:secret@host"))


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    if not shutil.which("openssl"):
        pytest.skip("openssl was not found: install it to test mail servers with TLS")
    path = tmp_path / "server.pem"
    made = ["openssl", "req", "-x509", "-nodes", "-newkey", "rsa:2048", "-keyout", str(path), "-out", f"{path}.crt"]
    subprocess.run([*made, "-subj", "/CN=desk", "-addext", f"subjectAltName=IP:{HOST}"], check=True, capture_output=True)
    return path


@pytest.mark.parametrize("scheme", ["smtp", "smtps"])
def test_a_mail_server_with_a_user_is_spoken_to_under_tls_if_its_certificate_is_trusted(
    scheme: str, certificate: Path, settings: Settings, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    server, logins = MailServer(), []

    def log_in(_server: object, _session: object, _envelope: object, _mechanism: str, login: Any) -> AuthResult:
        logins.append((login.login, login.password))
        return AuthResult(success=True)

    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(f"{certificate}.crt", certificate)
    tls = {"tls_context": context} if scheme == "smtp" else {"ssl_context": context, "auth_require_tls": False}
    server.start(authenticator=log_in, **tls)
    url = f"{scheme}://ventanilla:p%40ss@{HOST}:{server.port}"
    settings = dataclasses.replace(settings, smtp_url=url)
    desk, worker = Desk(settings, clock), Worker(settings, clock)
    submit(desk)
    worker.deliver_due()
    assert "CERTIFICATE_VERIFY_FAILED" in str(desk.undelivered()[0].last_error)
    monkeypatch.setenv("SSL_CERT_FILE", f"{certificate}.crt")
    clock.to_next_try()
    worker.deliver_due()
    server.stop()
    assert (len(server.mails), logins, owed(desk)) == (1, [(b"ventanilla", b"p@ss")], [])


def test_a_delivery_is_owed_at_once_under_an_id_of_the_senders_domain(desk: Desk, clock: Clock) -> None:
    submit(desk)
    [delivery] = desk.undelivered()
    assert isinstance(delivery, Delivery)
    assert (delivery.next_try_at, delivery.lease_until, delivery.last_error) == (clock.now, None, None)
    assert delivery.message_id.endswith("@example.com>")


def test_a_database_that_cannot_be_written_is_a_desk_error_and_records_nothing(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/desk.db"
    desk = Desk(dataclasses.replace(from_env(), database_url=url))
    with create_engine(url).begin() as connection:
        connection.exec_driver_sql("DROP TABLE outbox")
    with pytest.raises(DeskUnavailable, match="see DATABASE_URL"):
        desk.submit(
            "k", "reset_password", faq_id=None, theme=None, fields={"email": "a@example.com"}, conversation="c", text=None
        )
    with pytest.raises(UnknownRequest):
        desk.request(f"V-{datetime.now(timezone.utc).year}-000001")
