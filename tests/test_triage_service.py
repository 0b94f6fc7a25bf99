"""The triage service against a real Dovecot: every mail decided once, prepared, flagged and moved; nothing lost."""

import dataclasses
import shutil
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from bot.result import ANSWER, Candidate, Need, Understanding
from desk import Desk
from settings import Settings, from_env
from tests.conftest import free_port
from tests.dovecot import Dovecot, needs_dovecot
from triage.decide import Rules
from triage.judge import rules_of
from triage.mailbox import Mailbox, MailboxError
from triage.policy import Policy, PolicyError
from triage.service import MOST_ATTEMPTS, Service

pytestmark = needs_dovecot
QUEUES = {
    "reply": "V/Contestados",
    "person": "V/Personas",
    "ticket": "V/Solicitudes",
    "ignore": "V/Ignorados",
    "failed": "V/Errores",
}
ENTRY = {"id": "1.6", "question": "No he recibido el correo.", "answer": "Escriba a a@b.example.", "mail": "Mire en <spam>."}


class Reader:
    """Understands that everybody misses the confirmation mail, and dies of one word."""

    manifest = {"entries": {"1.6": ENTRY}}

    def __init__(self) -> None:
        self.heard: list[str] = []

    def understand(self, text: str) -> Understanding:
        self.heard.append(text)
        outcome = ANSWER if "confirmación" in text else "out_of_scope"
        need = Need("", outcome, "1.6", (Candidate("1.6", 0.99),), "resend_confirmation", risk="low")
        return Understanding(text, (need,))


class Clock:
    def __init__(self) -> None:
        self.now = datetime.now(timezone.utc)

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def base() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="dovecot") as folder:  # pytest's own is closed to Dovecot's users
        yield Path(folder)


@pytest.fixture
def dovecot(base: Path) -> Iterator[Dovecot]:
    server = Dovecot(base, free_port())
    server.start()
    yield server
    server.stop()


@pytest.fixture
def settings(dovecot: Dovecot, tmp_path: Path) -> Settings:
    url = f"sqlite:///{tmp_path}/desk.db"
    return dataclasses.replace(from_env(), imap_url=dovecot.url, database_url=url, mail_poll=0.2)


@pytest.fixture
def reader() -> Reader:
    return Reader()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def rules(settings: Settings, reader: Reader) -> Rules:
    return rules_of(settings, Policy(queues=QUEUES, limits={10: 1, 60: 2}), reader)


@pytest.fixture
def service(settings: Settings, reader: Reader, rules: Rules, clock: Clock) -> Service:
    return Service(settings, reader, rules, Desk(settings, clock), clock)


@pytest.fixture
def look(service: Service, settings: Settings) -> Callable[[], None]:
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


def test_a_mail_gets_a_draft_keywords_and_the_folder_of_its_queue(dovecot: Dovecot, look: Callable[[], None]) -> None:
    dovecot.deliver(mail())
    look()
    [draft] = dovecot.mails("Borradores")
    [filed] = dovecot.mails("V.Contestados")
    assert dovecot.mails("INBOX") == []
    assert set(filed.flags) >= {"ventanilla", "ventanilla/queue/reply", "ventanilla/1.6"}
    assert "\\Seen" not in filed.flags
    assert "\\Draft" in draft.flags
    assert (draft.to, draft.subject) == (("ana1@obra.example",), "Re: Mi confirmación")
    assert draft.headers["in-reply-to"] == ("<1@obra.example>",)
    assert draft.headers["references"] == ("<antes@obra.example> <1@obra.example>",)
    assert (draft.headers["auto-submitted"], draft.headers["x-auto-response-suppress"]) == (("auto-replied",), ("All",))
    assert draft.text.startswith("Hola, Ana Ruiz:")
    assert "1.6 No he recibido el correo.\r\n\r\nMire en <spam>.\r\n" in draft.text
    assert "Mire en &lt;spam&gt;." in draft.html
    assert "reenvíe el correo de confirmación" in draft.text


def test_a_second_look_and_a_second_service_decide_nothing_again(
    dovecot: Dovecot, look: Callable[[], None], reader: Reader
) -> None:
    dovecot.deliver(mail())
    look()
    look()
    assert (len(reader.heard), len(dovecot.mails("Borradores"))) == (1, 1)


@pytest.mark.parametrize("step", ["begin_mail", "decide_mail", "draft", "file", "file_mail"])
@pytest.mark.parametrize("when", ["before", "after"])
def test_a_crash_at_any_step_neither_loses_a_mail_nor_answers_it_twice(
    dovecot: Dovecot, settings: Settings, reader: Reader, rules: Rules, step: str, when: str
) -> None:
    class Killed(BaseException):
        pass

    def killing(verb: Callable[..., object]) -> Callable[..., object]:
        def kill(*arguments: object, **named: object) -> object:
            if when == "after":
                verb(*arguments, **named)
            raise Killed

        return kill

    dovecot.deliver(mail())
    desk = Desk(settings)
    with Mailbox(settings.imap_url) as mailbox:
        victim = mailbox if step in ("draft", "file") else desk
        setattr(victim, step, killing(getattr(victim, step)))
        with pytest.raises(Killed):
            Service(settings, reader, rules, desk).look(mailbox)
    with Mailbox(settings.imap_url) as mailbox:
        Service(settings, reader, rules, Desk(settings)).look(mailbox)
    assert [len(dovecot.mails(folder)) for folder in ("INBOX", "Borradores", "V.Contestados")] == [0, 1, 1]
    assert Desk(settings).mail_figures()["decision"] == {"reply": 1}


def test_a_mail_that_fails_three_times_goes_to_the_folder_of_failures_and_the_rest_goes_on(
    dovecot: Dovecot, settings: Settings, reader: Reader, rules: Rules
) -> None:
    dovecot.deliver(mail(1), mail(2))
    with Mailbox(settings.imap_url) as mailbox:
        prepare = mailbox.draft

        def full(message: bytes, message_id: str) -> None:
            if b"ana1@" in message:
                raise RuntimeError("[OVERQUOTA]")
            prepare(message, message_id)

        mailbox.draft = full  # type: ignore[method-assign]
        service = Service(settings, reader, rules, Desk(settings))
        for _ in range(MOST_ATTEMPTS):
            service.look(mailbox)
            assert [m.from_ for m in dovecot.mails("INBOX")] == ["ana1@obra.example"]
        service.look(mailbox)
    assert [m.from_ for m in dovecot.mails("V.Errores")] == ["ana1@obra.example"]
    assert [m.from_ for m in dovecot.mails("V.Contestados")] == ["ana2@obra.example"]


def test_a_changed_uidvalidity_decides_nothing_twice(
    dovecot: Dovecot, look: Callable[[], None], reader: Reader, base: Path
) -> None:
    dovecot.deliver(mail())
    look()
    dovecot.stop()
    [file] = (base / "mail" / ".V.Contestados" / "cur").iterdir()
    shutil.move(file, base / "mail" / "new" / "restored")
    for name in ("dovecot-uidlist", "dovecot.index.log", "dovecot-uidvalidity", "dovecot.index", "dovecot.index.cache"):
        (base / "mail" / name).unlink(missing_ok=True)
    dovecot.start()
    assert len(dovecot.mails("INBOX")) == 1
    look()
    assert (len(reader.heard), len(dovecot.mails("Borradores")), len(dovecot.mails("V.Contestados"))) == (1, 1, 1)


def test_the_service_outlives_a_restart_of_the_server_and_catches_up(dovecot: Dovecot, service: Service) -> None:
    running = threading.Thread(target=service.run)
    running.start()
    try:
        dovecot.deliver(mail(1))
        wait_until(lambda: len(dovecot.mails("V.Contestados")) == 1)
        dovecot.stop()
        dovecot.start()
        dovecot.deliver(mail(2), mail(3, sender="x@obra.example"))
        wait_until(lambda: len(dovecot.mails("V.Contestados")) == 3)
    finally:
        service.stop()
        running.join(10)
    assert len(dovecot.mails("Borradores")) == 3


def test_a_sender_gets_few_replies_and_never_two_to_the_same_words(
    dovecot: Dovecot, look: Callable[[], None], clock: Clock
) -> None:
    for number in range(1, 5):
        dovecot.deliver(mail(number, "confirmación" + " x" * number, sender="bucle@obra.example"))
        look()
        clock.now += timedelta(minutes=11)
    clock.now += timedelta(days=2)
    dovecot.deliver(mail(1, "confirmación x", "X-Copy: 2", sender="bucle@obra.example"))
    look()
    assert len(dovecot.mails("Borradores")) == 2
    assert len(dovecot.mails("V.Personas")) == 3


def test_two_services_pointed_at_each_other_end_by_themselves(dovecot: Dovecot, look: Callable[[], None]) -> None:
    dovecot.deliver(mail())
    look()
    [draft] = dovecot.mails("Borradores")
    dovecot.deliver(draft.obj.as_bytes())
    look()
    assert len(dovecot.mails("Borradores")) == 1
    assert len(dovecot.mails("V.Ignorados")) == 1


def test_what_an_agent_moves_to_another_queue_is_learned(dovecot: Dovecot, look: Callable[[], None], settings: Settings) -> None:
    dovecot.deliver(mail())
    look()
    with dovecot.client() as box:
        box.folder.set("V.Contestados")
        box.move(box.uids(), "V.Personas")
    look()
    look()
    assert Desk(settings).mail_figures()["moved_to"] == {"person": 1}
    [moved] = dovecot.mails("V.Personas")
    assert "ventanilla/queue/person" in moved.flags
    assert "ventanilla/queue/reply" not in moved.flags


def test_shadow_records_decisions_and_touches_nothing(dovecot: Dovecot, settings: Settings, reader: Reader, rules: Rules) -> None:
    shadow = dataclasses.replace(rules, policy=Policy(queues=QUEUES, shadow=True))
    dovecot.deliver(mail())
    with Mailbox(settings.imap_url) as mailbox:
        Service(settings, reader, shadow, Desk(settings)).look(mailbox)
    [kept] = dovecot.mails("INBOX")
    assert not set(kept.flags) - {"\\Recent"}
    assert dovecot.mails("Borradores") == []
    assert Desk(settings).mail_figures()["decision"] == {"reply": 1}


def test_a_read_only_folder_stops_before_anything_is_decided(dovecot: Dovecot, settings: Settings, base: Path) -> None:
    dovecot.deliver(mail())
    (base / "mail" / "dovecot-acl").write_text("owner lr\n")
    dovecot.stop()
    conf = base / "dovecot.conf"
    acl = "mail_plugins = acl\nprotocol imap {\n  mail_plugins = acl imap_acl\n}\nplugin {\n  acl = vfile\n}\n"
    conf.write_text(conf.read_text() + acl)
    dovecot.start()
    with pytest.raises(MailboxError, match="read-only"):
        Mailbox(settings.imap_url)


def test_a_policy_that_sends_is_refused(settings: Settings, reader: Reader) -> None:
    policy = Policy(entries={"1.6": {"low": "send"}})
    with pytest.raises(PolicyError, match="expected off or draft, got send"):
        Service(settings, reader, Rules(policy=policy), Desk(settings))


@pytest.mark.parametrize("url", ["", "http://a@b", "imap://host"])
def test_an_address_of_no_mailbox_is_refused(url: str) -> None:
    with pytest.raises(MailboxError, match="IMAP_URL: expected imap"):
        Mailbox(url)
