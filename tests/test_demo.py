"""The demo portal over real HTTP and SMTP, on free ports and in a temporary folder."""

import os
import re
import signal
import smtplib
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from typing import Any

import pytest
import requests
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Mailbox
from flask import Flask
from werkzeug.serving import make_server

import settings
from demo import DEMO_ACCOUNTS, DEMO_PASSWORD
from demo.accounts import User, seed
from demo.portal import create_app
from settings import Settings

# Real hashing would take most of the time of these tests.
CHEAP = {
    "SECURITY_PASSWORD_HASH": "plaintext",
    "SECURITY_HASHING_SCHEMES": ["hex_md5"],
    "SECURITY_DEPRECATED_HASHING_SCHEMES": [],
}
JUNK = b"this is \xff no header\r\nContent-Type: multipart/mixed; boundary\r\nTo: <<>\r\n\r\n\xfe\x00 http://x.example/1\r\n"


@dataclass
class Portal:
    """A running portal and what its visitors do with it."""

    app: Flask
    settings: Settings
    url: str

    def ask(self, path: str, email: str, **kwargs: Any) -> requests.Response:
        """The portal's answer to what the assistant sends."""
        return requests.post(self.url + path, json={"email": email}, timeout=5, **kwargs)

    def mails(self) -> list[dict[str, Any]]:
        """The mails kept, newest last."""
        listing: list[dict[str, Any]] = requests.get(f"{self.url}/mail.json", timeout=5).json()
        return listing

    def page(self, path: str) -> str:
        """The text of a page, for a visitor who is not signed in."""
        return requests.get(self.url + path, timeout=5).text

    def signed_in(self, identity: str, password: str = DEMO_PASSWORD) -> bool:
        """Whether a browser gets in with these."""
        answer = self.sign_in(requests.Session(), username=identity, password=password)
        return "Ha iniciado sesión como" in answer.text

    def sign_in(self, browser: requests.Session, **fields: str) -> requests.Response:
        """The page after the sign-in form has been sent."""
        return browser.post(f"{self.url}/login", data=fields, timeout=5)

    def send(self, raw: bytes) -> None:
        """Hand a mail, as it is, to the mail server."""
        with smtplib.SMTP(self.settings.host, self.settings.smtp_port) as client:
            client.sendmail("sender@example.com", ["envelope@example.com"], raw)


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        return port


def local_settings(var_dir: Path) -> Settings:
    """The default settings, on free ports."""
    smtp_port = free_port()
    return replace(
        settings.from_env(),
        var_dir=var_dir,
        portal_port=free_port(),
        smtp_port=smtp_port,
        smtp_url=f"smtp://127.0.0.1:{smtp_port}",
    )


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., Portal]]:
    """A function that starts a portal whose configuration differs as told."""
    stops: list[Callable[[], None]] = []

    def started(**config: Any) -> Portal:
        chosen = local_settings(tmp_path)
        app = create_app(chosen, CHEAP | config)
        smtp = Controller(Mailbox(app.config["MAILDIR"]), hostname=chosen.host, port=chosen.smtp_port)
        smtp.start()
        server = make_server(chosen.host, chosen.portal_port, app, threaded=True)
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        stops.extend([server.shutdown, server.server_close, smtp.stop])
        return Portal(app, chosen, f"http://{chosen.host}:{chosen.portal_port}")

    yield started
    for stop in stops:
        stop()


@pytest.fixture
def portal(start: Callable[..., Portal]) -> Portal:
    """A running portal."""
    return start()


def test_a_new_customer_confirms_by_mail_and_signs_in_by_name_or_address(portal: Portal) -> None:
    fields = {
        "email": "eva@example.com",
        "username": "eva",
        "password": "clave-larga",
        "password_confirm": "clave-larga",
    }
    requests.post(f"{portal.url}/register", data=fields, timeout=5)
    assert not portal.signed_in("eva", "clave-larga")
    [mail] = portal.mails()
    assert mail["to"] == "eva@example.com"
    assert "ya puede iniciar sesión" in requests.get(mail["links"][0], timeout=5).text
    assert portal.signed_in("eva", "clave-larga")
    assert portal.signed_in("Eva@example.com", "clave-larga")


def test_a_confirmation_asked_for_by_json_is_mailed_and_its_link_confirms(portal: Portal) -> None:
    assert portal.ask("/confirm", "luis@example.com").status_code == 200
    [mail] = portal.mails()
    requests.get(mail["links"][0], timeout=5)
    assert portal.signed_in("luis")


def test_a_reset_asked_for_by_json_is_mailed_and_replaces_the_password(portal: Portal) -> None:
    assert portal.ask("/reset", "ana@example.com").status_code == 200
    [mail] = portal.mails()
    requests.post(mail["links"][0], data={"password": "otra-clave", "password_confirm": "otra-clave"}, timeout=5)
    assert portal.signed_in("ana", "otra-clave")
    assert not portal.signed_in("ana", DEMO_PASSWORD)


def test_a_reset_link_expires(start: Callable[..., Portal]) -> None:
    portal = start(SECURITY_RESET_PASSWORD_WITHIN="-1 seconds")
    portal.ask("/reset", "ana@example.com")
    [mail] = portal.mails()
    assert "ha caducado" in requests.get(mail["links"][0], timeout=5).text


@pytest.mark.parametrize(("path", "known"), [("/confirm", "luis@example.com"), ("/reset", "ana@example.com")])
@pytest.mark.parametrize("unknown", ["nadie@example.com", "no es una dirección", ""])
def test_an_address_without_account_gets_the_same_answer_and_no_mail(portal: Portal, path: str, known: str, unknown: str) -> None:
    answers = [portal.ask(path, address) for address in (known, unknown)]
    bodies = [answer.json() for answer in answers]
    for body in bodies:
        del body["response"]["csrf_token"]  # random in every answer
    assert [answer.status_code for answer in answers] == [200, 200]
    assert bodies[0] == bodies[1]
    assert [mail["to"] for mail in portal.mails()] == [known]


@pytest.mark.parametrize("path", ["/confirm", "/reset"])
@pytest.mark.parametrize("body", ["", "{", "[]", "1", "null", '{"email": 5}', '{"email": ["a"]}', "[" * 9999])
def test_garbage_json_is_refused(portal: Portal, path: str, body: str) -> None:
    answer = requests.post(portal.url + path, data=body, headers={"Content-Type": "application/json"}, timeout=5)
    assert (answer.status_code, answer.json()["status"]) == (400, 400)


def test_links_do_not_follow_the_host_that_the_request_names(portal: Portal) -> None:
    portal.ask("/reset", "ana@example.com", headers={"Host": "evil.example"})
    [mail] = portal.mails()
    assert mail["links"][0].startswith(f"{portal.url}/reset/")


def test_an_unconfirmed_account_cannot_sign_in(portal: Portal) -> None:
    assert not portal.signed_in("luis")
    assert not portal.signed_in("luis@example.com")
    assert portal.signed_in("ana")


def test_a_remembered_customer_is_remembered_for_twelve_hours(portal: Portal) -> None:
    browser = requests.Session()
    portal.sign_in(browser, username="ana", password=DEMO_PASSWORD, remember="y")
    [cookie] = [cookie for cookie in browser.cookies if cookie.name == "portal_remember"]
    assert cookie.expires == pytest.approx(time.time() + 12 * 3600, abs=10)


def test_a_page_that_does_not_exist_says_so_in_spanish(portal: Portal) -> None:
    assert "Esta página no existe" in portal.page("/nada")


def test_the_mailbox_shows_the_newest_mail_first_and_lists_it_last(portal: Portal) -> None:
    for subject in ("Primero", "Segundo", "Tercero"):
        portal.send(f"Subject: {subject}\r\n\r\n.\r\n".encode())
    assert [mail["subject"] for mail in portal.mails()] == ["Primero", "Segundo", "Tercero"]
    assert re.findall("<h2>(.*)</h2>", portal.page("/mail")) == ["Tercero", "Segundo", "Primero"]


def test_the_mailbox_shows_plain_text_links_and_names_of_attachments(portal: Portal) -> None:
    mail = EmailMessage()
    mail["From"], mail["To"] = "Eva Núñez <eva@example.com>", "Atención <care@example.com>, otro@example.com"
    mail["Subject"], mail["Message-ID"] = "¿Qué <b>pasa</b>?", "<1@example.com>"
    mail.set_content("Vea (http://a.example/b?c=1&d=2), y otra vez http://a.example/b?c=1&d=2.\n")
    mail.add_alternative("<p>Solo HTML</p>", subtype="html")
    mail.add_attachment(b"", maintype="image", subtype="png", filename="error año.png")
    portal.send(mail.as_bytes(policy=SMTP))
    [shown] = portal.mails()
    assert (shown["from"], shown["to"]) == ("eva@example.com", "care@example.com")
    assert (shown["subject"], shown["message_id"]) == ("¿Qué <b>pasa</b>?", "<1@example.com>")
    assert shown["text"] == "Vea (http://a.example/b?c=1&d=2), y otra vez http://a.example/b?c=1&d=2.\n"
    assert (shown["links"], shown["attachments"]) == (["http://a.example/b?c=1&d=2"], ["error año.png"])
    page = portal.page("/mail")
    assert '<a href="http://a.example/b?c=1&amp;d=2"' in page
    assert "error año.png" in page
    assert "<b>" not in page
    assert "Solo HTML" not in page


@pytest.mark.parametrize(
    "raw",
    [
        JUNK,
        b"",
        b"no header at all \xff\r\n",
        b"Content-Type: text/plain; charset=nope\r\n\r\nhola\r\n",
        b"Content-Type: multipart/mixed; name*0*\r\n\r\nhola\r\n",
        b"Content-Type: multipart/mixed; boundary=x\r\n\r\nno boundary\r\n",
        b"Subject: =?utf-8?b?////?=\r\nTo: \xff\r\nDate: never\r\nMessage-ID: <\r\n\r\n.\r\n",
    ],
)
def test_a_malformed_mail_breaks_neither_the_page_nor_the_list(portal: Portal, raw: bytes) -> None:
    portal.send(raw)
    portal.ask("/reset", "ana@example.com")
    assert [mail["to"] for mail in portal.mails()][1:] == ["ana@example.com"]
    assert portal.page("/mail").count("<article") == 2


def test_the_envelope_names_the_recipient_when_the_mail_does_not(portal: Portal) -> None:
    portal.send(b"X-RcptTo: forged@example.com\r\nSubject: Hola\r\n\r\n.\r\n")
    [mail] = portal.mails()
    assert (mail["to"], mail["from"]) == ("envelope@example.com", "sender@example.com")


def test_seeding_twice_is_harmless(portal: Portal) -> None:
    with portal.app.app_context():
        seed()
        accounts = [(user.username, user.email, user.confirmed_at is not None) for user in User.query]
    assert accounts == [(account.username, account.email, account.confirmed) for account in DEMO_ACCOUNTS]


def process(var_dir: Path, **ports: int) -> subprocess.Popen[str]:
    """`python -m demo` with these ports."""
    names = {name: str(port) for name, port in ports.items()}
    environment = os.environ | names | {"VAR_DIR": str(var_dir), "SMTP_URL": f"smtp://127.0.0.1:{names['SMTP_PORT']}"}
    return subprocess.Popen([sys.executable, "-m", "demo"], env=environment, stderr=subprocess.PIPE, text=True)


def wait_for_health(url: str) -> None:
    """Return once the portal answers."""
    for _ in range(200):
        try:
            assert requests.get(f"{url}/healthz", timeout=5).json() == {"status": "ok"}
            return
        except requests.ConnectionError:
            time.sleep(0.1)
    pytest.fail("the portal does not answer")


def test_the_process_stops_within_two_seconds_and_finds_its_mail_and_links_again(tmp_path: Path) -> None:
    ports = {"PORTAL_PORT": free_port(), "SMTP_PORT": free_port()}
    url = f"http://127.0.0.1:{ports['PORTAL_PORT']}"
    for wanted in (signal.SIGTERM, signal.SIGINT):
        with process(tmp_path, **ports) as running:
            wait_for_health(url)
            if wanted is signal.SIGTERM:
                requests.post(f"{url}/confirm", json={"email": "luis@example.com"}, timeout=5)
            else:
                [mail] = requests.get(f"{url}/mail.json", timeout=5).json()
                assert "ya puede iniciar sesión" in requests.get(mail["links"][0], timeout=5).text
            running.send_signal(wanted)
            try:
                _, errors = running.communicate(timeout=20)
            finally:
                running.kill()
        assert running.returncode == 0
        assert "luis@example.com" not in errors


@pytest.mark.parametrize("setting", ["PORTAL_PORT", "SMTP_PORT"])
def test_a_taken_port_is_named_in_one_line(tmp_path: Path, setting: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        ports = {"PORTAL_PORT": free_port(), "SMTP_PORT": free_port()} | {setting: port}
        with process(tmp_path, **ports) as running:
            _, errors = running.communicate(timeout=20)
    assert running.returncode == 1
    assert errors == f"Cannot listen on port {port} ({setting}): Address already in use\n"
