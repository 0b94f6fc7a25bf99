"""The delivery worker against real servers that fail in every way, and killed processes."""

import dataclasses
import shutil
import signal
import socketserver
import ssl
import subprocess
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.smtp import AuthResult
from desk_parts import (
    EMAIL,
    HOST,
    Clock,
    MailServer,
    PortalServer,
    at_once,
    lines_of,
    owed,
    run,
    start_worker,
    submit,
    wait_until,
)
from sqlalchemy import create_engine

from desk import Desk, NothingToRequeue, PortalRejected
from desk.database import Database
from desk.deliver import Worker
from desk.mail import Mailer
from desk.outbox import LEASE, LONGEST_PAUSE, PORTAL_PATIENCE, Outbox, pause
from settings import Settings


def test_a_mail_waits_for_the_server_and_keeps_its_message_id(
    desk: Desk, worker: Worker, mail_server: MailServer, clock: Clock, settings: Settings
) -> None:
    number = submit(desk).number
    [promised] = desk.undelivered()
    mail_server.stop()
    worker.deliver_due()
    worker.deliver_due()  # not due again yet
    assert owed(desk) == [("ticket", "pending", 1)]
    columns = run(settings, "list").stdout.rstrip("\n").split("\t")
    assert columns[:4] == [number, "ticket", "pending", "1"]
    assert datetime.fromisoformat(columns[4]) > clock.now
    assert "ConnectionRefusedError" in columns[5]
    mail_server.start()
    clock.to_next_try()
    worker.deliver_due()
    assert [mail["Message-ID"] for mail in mail_server.mails] == [promised.message_id]
    assert run(settings, "list").stdout == ""


def test_a_server_that_refuses_connections_for_ten_minutes_gets_every_mail_once(
    desk: Desk, worker: Worker, mail_server: MailServer, clock: Clock
) -> None:
    for number in range(5):
        submit(desk, key=f"k{number}", contacto=EMAIL)
    mail_server.stop()
    for _ in range(10):
        worker.deliver_due()
        clock.forward(timedelta(minutes=1))
    assert {(kind, status) for kind, status, _ in owed(desk)} == {("ticket", "pending"), ("mail", "pending")}
    mail_server.start()
    clock.to_next_try()
    worker.deliver_due()
    assert (len({mail["Message-ID"] for mail in mail_server.mails}), len(mail_server.mails), owed(desk)) == (10, 10, [])


@pytest.mark.parametrize(
    ("failure", "reason"),
    [
        ("451 Later", "expected 250, got 451 Later"),
        ("close", "SMTPServerDisconnected: Connection unexpectedly closed"),
        ("hang", "SMTPServerDisconnected: Connection unexpectedly closed: timed out"),
    ],
)
def test_a_server_that_puts_off_closes_or_hangs_gets_the_mail_later_and_the_reason_is_listed(
    settings: Settings, mail_server: MailServer, clock: Clock, failure: str, reason: str
) -> None:
    settings = dataclasses.replace(settings, smtp_timeout=0.3)
    desk, worker = Desk(settings, clock), Worker(settings, clock)
    number = submit(desk).number
    mail_server.reply = failure
    worker.deliver_due()
    columns = run(settings, "list").stdout.rstrip("\n").split("\t")
    assert columns[:4] == [number, "ticket", "pending", "1"]
    assert reason in columns[5]
    mail_server.reply = "250 OK"
    clock.to_next_try()
    worker.deliver_due()
    assert (len(mail_server.mails), owed(desk)) == (1, [])


class ClosesInData(socketserver.StreamRequestHandler):
    """Takes a sender and a recipient, and goes away with the mail half told."""

    def handle(self) -> None:
        self.wfile.write(b"220 Hello\r\n")
        for line in self.rfile:
            if line.upper().startswith(b"DATA"):
                self.wfile.write(b"354 Go on\r\n")
                self.rfile.read(1000)
                return
            self.wfile.write(b"250 OK\r\n")


def test_a_server_that_closes_in_the_middle_of_the_data_gets_the_mail_later(
    desk: Desk, settings: Settings, clock: Clock, worker: Worker, mail_server: MailServer
) -> None:
    for number in range(2):
        submit(desk, key=f"k{number}", detalle="No puedo entrar. " * 50)
    with socketserver.TCPServer((HOST, 0), ClosesInData) as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}).start()
        Worker(dataclasses.replace(settings, smtp_url=f"smtp://{HOST}:{server.server_address[1]}"), clock).deliver_due()
        server.shutdown()
    assert owed(desk) == [("ticket", "pending", 1)] * 2
    listed = [line.split("\t") for line in run(settings, "list").stdout.splitlines()]
    assert [columns[1:4] for columns in listed] == [["ticket", "pending", "1"]] * 2
    assert all("SMTPServerDisconnected" in columns[5] for columns in listed)
    clock.to_next_try()
    worker.deliver_due()
    assert (len(mail_server.mails), owed(desk)) == (2, [])


def test_a_portal_that_hangs_keeps_back_neither_tickets_nor_mails(
    desk: Desk, settings: Settings, portal: PortalServer, mail_server: MailServer
) -> None:
    portal.halting = True
    for number in range(2):
        submit(desk, "reset_password", key=f"portal {number}", email=f"a{number}@example.com")
    with start_worker(settings) as process:
        assert portal.halted.wait(20)
        submit(desk, contacto=EMAIL)
        wait_until(lambda: {kind for kind, _, _ in owed(desk)} == {"portal"})
        process.kill()
    assert (len(mail_server.mails), len(portal.calls)) == (2, 1)


def test_a_refused_mail_is_dead_until_it_is_requeued(
    desk: Desk, worker: Worker, mail_server: MailServer, clock: Clock, settings: Settings
) -> None:
    number = submit(desk).number
    mail_server.reply = "550-No such\r\n550 mailbox"
    worker.deliver_due()
    clock.forward(timedelta(days=9))
    worker.deliver_due()
    listed = run(settings, "list").stdout
    assert listed.startswith(f"{number}\tticket\tdead\t1\t-\t")
    assert "550 No such mailbox" in listed
    mail_server.reply = "250 OK"
    assert run(settings, "requeue", number).returncode == 0
    run(settings, "deliver", "--once")
    assert (len(mail_server.mails), owed(desk)) == (1, [])


def test_requeue_says_when_there_is_nothing_dead(desk: Desk, settings: Settings) -> None:
    number = submit(desk).number
    with pytest.raises(NothingToRequeue):
        desk.requeue(number)
    assert (run(settings, "requeue", "7").returncode, owed(desk)) == (1, [("ticket", "pending", 0)])


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


@pytest.mark.parametrize("answer", [500, 503, 429, 302, "slow", "garbage", "page"])
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


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_on_postgresql_a_delivery_that_another_worker_is_taking_is_passed_over(
    desk: Desk, settings: Settings, clock: Clock
) -> None:
    outbox = Outbox(settings, Database(settings), clock)
    first, second = submit(desk), submit(desk, key="k2")
    with create_engine(settings.database_url, future=True).begin() as taking:
        taking.exec_driver_sql("SELECT id FROM outbox ORDER BY id LIMIT 1 FOR UPDATE")
        assert [lease and lease.request.number for lease in (outbox.lease("ticket"), outbox.lease("ticket"))] == [
            second.number,
            None,
        ]
    taken = outbox.lease("ticket")
    assert taken is not None
    assert taken.request.number == first.number


def test_a_worker_that_is_told_to_stop_finishes_what_it_has_in_hand(
    desk: Desk, settings: Settings, mail_server: MailServer
) -> None:
    submit(desk)
    submit(desk, key="k2")
    mail_server.delay = 0.3
    with start_worker(settings) as process:
        assert mail_server.busy.wait(20)
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0
    assert (len(mail_server.mails), owed(desk)) == (1, [("ticket", "pending", 0)])


def test_a_worker_that_is_told_to_stop_does_not_wait_for_a_stuck_server(
    desk: Desk, settings: Settings, mail_server: MailServer
) -> None:
    submit(desk)
    mail_server.delay = 60
    with start_worker(settings) as process:
        assert mail_server.busy.wait(20)
        process.send_signal(signal.SIGINT)
        assert process.wait(20) == 1
    assert owed(desk) == [("ticket", "pending", 1)]


def test_a_worker_that_overran_its_lease_does_not_undo_anothers_work(
    desk: Desk, settings: Settings, worker: Worker, clock: Clock
) -> None:
    submit(desk, "reset_password", email=EMAIL)
    outbox = Outbox(settings, Database(settings), clock)
    late = outbox.lease("portal")
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
    assert f"{number} ticket: attempt 1 failed: MailRejected" in caplog.messages
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
