"""The triage where servers fail: restarts, dropped connections, folders that change, are full or cannot be written."""

import dataclasses
import shutil
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import pytest

from desk import Desk
from settings import Settings
from tests.desk_parts import HOST, Clock
from tests.dovecot import Dovecot, needs_dovecot
from tests.triage_parts import QUEUES, Reader, looks, mail, wait_until
from triage.decide import Rules
from triage.mailbox import GONE, Mailbox, MailboxError
from triage.policy import Policy
from triage.service import Service
from triage.treat import MOST_ATTEMPTS

pytestmark = needs_dovecot
QUOTA = """
mail_plugins = quota
protocol imap {
  mail_plugins = quota
}
plugin {
  quota = maildir:User quota
  quota_rule = *:storage=%s
  quota_grace = 0
}
"""
NO_IDLE = "imap_capability = IMAP4rev1 UIDPLUS MOVE SPECIAL-USE\n"


@pytest.fixture
def dovecot(own_dovecot: Dovecot) -> Dovecot:
    return own_dovecot


@contextmanager
def running(settings: Settings, reader: Reader, rules: Rules) -> Iterator[None]:
    service = Service(settings, reader, rules, Desk(settings))
    thread = threading.Thread(target=service.run)
    thread.start()
    try:
        yield
    finally:
        service.stop()
        thread.join(10)


def test_a_changed_uidvalidity_decides_nothing_twice(dovecot: Dovecot, look: Callable[[], None], reader: Reader) -> None:
    dovecot.deliver(mail())
    look()
    dovecot.stop()
    [file] = (dovecot.maildir / ".V.Contestados" / "cur").iterdir()
    shutil.move(file, dovecot.maildir / "new" / "restored")
    for name in ("dovecot-uidlist", "dovecot.index.log", "dovecot-uidvalidity", "dovecot.index", "dovecot.index.cache"):
        (dovecot.maildir / name).unlink(missing_ok=True)
    dovecot.start()
    assert len(dovecot.mails("INBOX")) == 1
    look()
    assert (len(reader.heard), len(dovecot.mails("Borradores")), len(dovecot.mails("V.Contestados"))) == (1, 1, 1)


def test_the_service_outlives_a_restart_of_the_server_and_catches_up(
    dovecot: Dovecot, mailbox_settings: Settings, reader: Reader, rules: Rules
) -> None:
    with running(mailbox_settings, reader, rules):
        dovecot.deliver(mail(1))
        wait_until(lambda: len(dovecot.mails("V.Contestados")) == 1)
        dovecot.stop()
        dovecot.start()
        dovecot.deliver(mail(2), mail(3, sender="x@obra.example"))
        wait_until(lambda: len(dovecot.mails("V.Contestados")) == 3)
    assert len(dovecot.mails("Borradores")) == 3


def test_a_server_without_idle_is_asked_again(dovecot: Dovecot, mailbox_settings: Settings, reader: Reader, rules: Rules) -> None:
    dovecot.restart(NO_IDLE)
    with running(mailbox_settings, reader, rules):
        dovecot.deliver(mail(1))
        wait_until(lambda: len(dovecot.mails("V.Contestados")) == 1)
        dovecot.deliver(mail(2))
        wait_until(lambda: len(dovecot.mails("V.Contestados")) == 2)


def test_a_full_mailbox_loses_no_draft_and_keeps_nothing_else_back(
    dovecot: Dovecot, mailbox_settings: Settings, reader: Reader, rules: Rules, clock: Clock
) -> None:
    look = looks(mailbox_settings, reader, rules, clock)
    dovecot.deliver(mail(1), mail(2, "Estoy fuera.", "Auto-Submitted: auto-replied"))
    dovecot.restart(QUOTA % "1k")
    for _ in range(MOST_ATTEMPTS + 1):
        with pytest.raises(MailboxError, match="expected room for a draft"):
            look()
    assert [len(dovecot.mails(folder)) for folder in ("INBOX", "V.Ignorados", "V.Errores")] == [1, 1, 0]
    dovecot.restart(QUOTA % "1M")
    look()
    assert [len(dovecot.mails(folder)) for folder in ("INBOX", "V.Contestados", "Borradores")] == [0, 1, 1]


ACL = "mail_plugins = acl\nprotocol imap {\n  mail_plugins = acl imap_acl\n}\nplugin {\n  acl = vfile\n}\n"


def test_a_read_only_folder_stops_before_anything_is_decided_and_is_caught_up(
    dovecot: Dovecot,
    mailbox_settings: Settings,
    reader: Reader,
    rules: Rules,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr("triage.service._FIRST_PAUSE", 0.1)
    dovecot.deliver(mail(1), mail(2))
    rights = dovecot.maildir / "dovecot-acl"
    rights.write_text("owner lr\n")
    dovecot.restart(ACL)
    with running(mailbox_settings, reader, rules):
        wait_until(lambda: caplog.text.count("expected a folder that can be written") > 1)
        assert (reader.heard, Desk(mailbox_settings).mail_figures()["decision"]) == ([], {})
        assert [[flag for flag in m.flags if flag != "\\Recent"] for m in dovecot.mails("INBOX")] == [[], []]
        assert dovecot.mails("Borradores") == []
        rights.unlink()
        dovecot.restart("")
        wait_until(lambda: len(dovecot.mails("V.Contestados")) == 2)
    assert [len(dovecot.mails(folder)) for folder in ("INBOX", "Borradores", "V.Errores")] == [0, 2, 0]
    assert {record.attempts for record in Desk(mailbox_settings).decided_mails()} == {1}


def test_a_mailbox_that_lets_nobody_make_folders_costs_no_mail(
    dovecot: Dovecot, mailbox_settings: Settings, reader: Reader, rules: Rules, clock: Clock
) -> None:
    below = Policy(queues={name: folder.replace("V/", "INBOX/") for name, folder in QUEUES.items()}, limits={})
    look = looks(mailbox_settings, reader, dataclasses.replace(rules, policy=below), clock)
    dovecot.deliver(mail(1), mail(2))
    (dovecot.maildir / "dovecot-acl").write_text("owner lrwstipe\n")
    dovecot.restart(ACL)
    for _ in range(MOST_ATTEMPTS + 1):
        with pytest.raises(MailboxError, match=r"INBOX\.\w+: expected to make this folder"):
            look()
    (dovecot.maildir / "dovecot-acl").unlink()
    dovecot.restart("")
    look()
    assert [len(dovecot.mails(folder)) for folder in ("INBOX", "INBOX.Contestados", "Borradores")] == [0, 2, 2]


def test_a_mail_of_25_mb_is_treated_as_any_other(dovecot: Dovecot, look: Callable[[], None]) -> None:
    lines = b"A" * 76 + b"\r\n"
    attached = b"--b\r\nContent-Type: video/mp4; name=video.mp4\r\nContent-Transfer-Encoding: base64\r\n\r\n" + lines * 330_000
    text = "--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nNo me llega el correo de confirmación.\r\n".encode()
    head = b"From: ana@obra.example\r\nMessage-ID: <g@obra.example>\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
    dovecot.deliver(head + text + attached + b"--b--\r\n", mail(2))
    look()
    [large] = dovecot.mails("V.Personas")
    assert "ventanilla/1.6" in large.flags
    assert len(dovecot.mails("V.Contestados")) == 1


class Fuse(threading.Thread):
    """Stands between client and server, and cuts the line whenever so many bytes came from the server."""

    def __init__(self, target: tuple[str, int], most: int) -> None:
        super().__init__(daemon=True)
        self.target, self.most, self.cuts = target, most, 0
        self.listener = socket.create_server((HOST, 0))

    @property
    def port(self) -> int:
        return int(self.listener.getsockname()[1])

    def run(self) -> None:
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            server = socket.create_connection(self.target)
            threading.Thread(target=self._pump, args=(client, server), daemon=True).start()
            self._pump(server, client, self.most)
            self.cuts += 1

    def _pump(self, source: socket.socket, target: socket.socket, left: int | None = None) -> None:
        try:
            while (left is None or left > 0) and (data := source.recv(256)):
                target.sendall(data)
                left = left and left - len(data)
        except OSError:
            return
        finally:
            for end in (source, target):
                with suppress(OSError):  # the other direction may have done it
                    end.shutdown(socket.SHUT_RDWR)


def test_connections_that_drop_at_any_byte_neither_lose_nor_repeat(
    dovecot: Dovecot, mailbox_settings: Settings, reader: Reader, rules: Rules
) -> None:
    dovecot.deliver(*(mail(number) for number in range(1, 6)))
    desk = Desk(mailbox_settings)
    for most in range(900, 12_000, 1_850):
        fuse = Fuse((HOST, dovecot.port), most)
        fuse.start()
        url = f"imap://{dovecot.user}:secreto@{HOST}:{fuse.port}"
        try:
            with Mailbox(url) as mailbox:
                Service(mailbox_settings, reader, rules, desk).look(mailbox)
        except (*GONE, MailboxError):
            continue
        finally:
            fuse.listener.close()
    with Mailbox(dovecot.url) as mailbox:
        Service(mailbox_settings, reader, rules, desk).look(mailbox)
    assert [len(dovecot.mails(folder)) for folder in ("INBOX", "V.Contestados", "Borradores", "V.Errores")] == [0, 5, 5, 0]
    assert desk.mail_figures()["decision"] == {"reply": 5}
