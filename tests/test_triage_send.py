"""Replies that go out by themselves: through the outbox to a real SMTP server, within the limits, and never in a circle."""

import dataclasses
from collections.abc import Callable
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest

from desk import Desk
from desk.deliver import Worker
from settings import Settings
from tests.desk_parts import Clock, MailServer, lines_of
from tests.dovecot import Dovecot, needs_dovecot
from tests.triage_parts import SENDS, Reader, looks, mail, settings_for
from triage.decide import Rules
from triage.judge import rules_of
from triage.trust import vouched

PASSED = "Authentication-Results: mx.nuestro.example; spf=pass;\r\n dmarc=pass header.from=obra.example"
ANA = "ana1@obra.example"


@pytest.fixture
def rules(mailbox_settings: Settings, reader: Reader) -> Rules:
    return rules_of(mailbox_settings, SENDS, reader)


@needs_dovecot
def test_a_reply_reaches_the_sender_once_in_the_thread_and_marked_as_automatic(
    dovecot: Dovecot, mailbox_settings: Settings, look: Callable[[], None], mail_server: MailServer
) -> None:
    dovecot.deliver(mail())
    for _ in range(2):
        look()
        Worker(mailbox_settings).deliver_due()
    [reply] = mail_server.mails
    [filed] = dovecot.mails("V.Contestados")
    assert dovecot.mails("Borradores") == []
    assert "\\Answered" in filed.flags
    assert (reply["To"], reply["From"], reply["Subject"]) == (ANA, "customer.care@example.com", "Re: Mi confirmación")
    assert (reply["In-Reply-To"], reply["References"]) == ("<1@obra.example>", "<antes@obra.example> <1@obra.example>")
    assert (reply["Auto-Submitted"], reply["X-Auto-Response-Suppress"]) == ("auto-replied", "All")
    plain = reply.get_body(("plain",))
    assert plain and "Mire en <spam>." in plain.get_content()
    assert "respuesta automática" in plain.get_content()
    assert any("Mire en &lt;spam&gt;." in line for line in lines_of(reply))


@needs_dovecot
@pytest.mark.parametrize("marked", [True, False])
def test_a_mail_whose_reply_is_refused_comes_to_a_person_once_with_the_reason(
    dovecot: Dovecot, mailbox_settings: Settings, look: Callable[[], None], mail_server: MailServer, marked: bool
) -> None:
    refused = mail() if marked else mail().replace(b"Message-ID: <1@obra.example>\r\n", b"")
    dovecot.deliver(refused, mail(2))
    look()
    mail_server.reply = "550 no such user"
    Worker(mailbox_settings).deliver_due()
    look()
    assert (dovecot.mails("INBOX"), dovecot.mails("V.Contestados")) == ([], [])
    for came in dovecot.mails("V.Personas"):
        assert {"ventanilla/queue/person", "ventanilla/MailRejected", "ventanilla/1.6"} <= set(came.flags)
        assert not {"\\Answered", "ventanilla/queue/reply"} & set(came.flags)
    with dovecot.client() as box:
        box.folder.set("V.Personas")
        assert len(box.uids()) == 2
        box.delete(box.uids())
    look()
    figures = Desk(mailbox_settings).mail_figures()
    assert (figures["failure"], figures["moved_to"]) == ({"MailRejected": 2}, {})


@needs_dovecot
@pytest.mark.parametrize(
    ("headers", "drafts"),
    [
        (["Reply-To: otra@ajena.example"], 1),
        (["Reply-To: no-reply@obra.example"], 1),
        (["Auto-Submitted: auto-replied"], 0),
        (["X-Priority: 1", "In-Reply-To: <ventanilla.0af3@example.com>"], 1),
    ],
)
def test_nothing_is_sent_to_strangers_to_machines_or_twice_in_a_conversation(
    dovecot: Dovecot, mailbox_settings: Settings, look: Callable[[], None], headers: list[str], drafts: int
) -> None:
    dovecot.deliver(mail(1, "No me llega.", *headers))
    look()
    assert (Desk(mailbox_settings).undelivered(), len(dovecot.mails("Borradores"))) == ([], drafts)


@needs_dovecot
def test_under_one_subject_a_sender_gets_one_answer_a_day(
    dovecot: Dovecot, mailbox_settings: Settings, reader: Reader, rules: Rules, clock: Clock
) -> None:
    policy = dataclasses.replace(SENDS, limits={}, thread_limits={1440: 1})
    look = looks(mailbox_settings, reader, dataclasses.replace(rules, policy=policy), clock)
    for number, wait in ((1, 5), (2, 20), (3, 0)):
        dovecot.deliver(mail(number, sender=ANA))
        look()
        clock.forward(timedelta(hours=wait))
    assert len(Desk(mailbox_settings).undelivered()) == 2


@needs_dovecot
@pytest.mark.parametrize(("references", "sent"), [("<1@obra.example>", 1), ("<nadie@obra.example>", 2)])
def test_what_goes_on_in_a_thread_of_the_sender_is_a_persons_whoever_answered(
    dovecot: Dovecot, mailbox_settings: Settings, look: Callable[[], None], clock: Clock, references: str, sent: int
) -> None:
    dovecot.deliver(mail(1, sender=ANA))
    look()
    clock.forward(timedelta(days=3))
    dovecot.deliver(mail(2, sender=ANA).replace(b"<antes@obra.example>", f"{references} <agente@example.com>".encode()))
    look()
    assert (len(Desk(mailbox_settings).undelivered()), len(dovecot.mails("Borradores"))) == (sent, 2 - sent)
    assert len(dovecot.mails("V.Personas")) == 2 - sent


@needs_dovecot
@pytest.mark.parametrize(("suspended", "drafts"), [([], 1), (["1.6"], 0)])
def test_during_an_incident_a_person_answers(
    dovecot: Dovecot, mailbox_settings: Settings, look: Callable[[], None], clock: Clock, suspended: list[str], drafts: int
) -> None:
    desk = Desk(mailbox_settings, clock)
    desk.begin_incident("El portal no funciona.", until=clock() + timedelta(hours=1), suspended=suspended)
    dovecot.deliver(mail())
    look()
    assert (desk.undelivered(), len(dovecot.mails("V.Personas"))) == ([], 1)
    assert len(dovecot.mails("Borradores")) == drafts


@needs_dovecot
@pytest.mark.parametrize(
    ("trusted", "text", "header", "acts"),
    [
        ("mx.nuestro.example", "No me llega.", PASSED, True),
        ("mx.nuestro.example", "No me llega a ana1@obra.example ni a otra@obra.example .", PASSED, False),
        ("mx.nuestro.example", "No me llega.", PASSED.replace("dmarc=pass", "dmarc=fail"), False),
        ("mx.nuestro.example", "No me llega.", PASSED.replace("mx.nuestro", "mx.ajeno"), False),
        ("", "No me llega.", PASSED, False),
    ],
)
def test_an_action_is_carried_out_only_for_a_sender_whom_our_own_server_vouches_for(
    dovecot: Dovecot,
    mail_server: MailServer,
    tmp_path: Path,
    reader: Reader,
    clock: Clock,
    trusted: str,
    text: str,
    header: str,
    acts: bool,
) -> None:
    settings = settings_for(dovecot, mail_server, tmp_path, trusted_authserv_id=trusted)
    dovecot.deliver(mail(1, text, header))
    looks(settings, reader, rules_of(settings, SENDS, reader), clock)()
    desk = Desk(settings, clock)
    owed = [(delivery.kind, delivery.payload.get("email")) for delivery in desk.undelivered()]
    assert owed == [("mail", None), *([("portal", ANA)] if acts else [])]
    Worker(settings, clock).deliver_due()
    said = "\n".join(lines_of(mail_server.mails[0]))
    assert ("hemos pedido que se reenvíe" in said, f"{settings.chat_url}#ventanilla=1.6" in said) == (acts, not acts)


@pytest.mark.parametrize(
    ("results", "expected"),
    [
        ("mx.uno.example; dmarc=pass header.from=obra.example", True),
        ("MX.uno.example 1; dkim=fail (bad; sig); dmarc=pass (p=reject) header.from=Obra.Example", True),
        ("mx.dos.example; dmarc=pass header.from=obra.example", False),
        ("mx.uno.example; dmarc=pass header.from=otra.example", False),
        ("mx.uno.example; dmarc=fail header.from=obra.example", False),
        ("mx.uno.example; dmarc=passing header.from=obra.example", False),
        ("mx.uno.example; spf=fail (x; dmarc=pass header.from=obra.example)", False),
        ('mx.uno.example; spf=fail smtp.mailfrom="x; dmarc=pass header.from=obra.example; "', False),
        ("mx.uno.example; dmarc=fail header.from=obra.example; dmarc=pass header.from=obra.example", False),
        ('mx.uno.example; dmarc=pass header.from=obra.example; spf=none ("', False),
        ("mx.uno.example; spf=none ); dmarc=pass header.from=obra.example", False),
        ("mx.uno.example; none", False),
        ("", False),
    ],
)
def test_only_a_plain_pass_of_our_own_server_for_the_senders_domain_counts(results: str, expected: bool) -> None:
    assert vouched(results, "mx.uno.example", "ana@obra.example") is expected


def robot(received: EmailMessage, number: int, *, same_subject: bool) -> bytes:
    """The worst of responders: no mark of a machine, no reference, other words each time."""
    subject = received["Subject"] if same_subject else f"Caso {number}"
    head = f"From: {received['To']}\r\nTo: {received['From']}\r\nSubject: {subject}\r\nMessage-ID: <r{number}@obra.example>\r\n"
    return f"{head}Content-Type: text/plain; charset=utf-8\r\n\r\nSu confirmación es el caso {number}.\r\n".encode()


@needs_dovecot
@pytest.mark.parametrize(("minutes", "same_subject", "answers"), [(1, False, 1), (11, False, 2), (61, False, 4), (61, True, 1)])
def test_two_ventanillas_and_a_responder_pointed_at_each_other_end_within_the_limits(
    imap_server: Dovecot, mail_server: MailServer, tmp_path: Path, clock: Clock, minutes: int, same_subject: bool, answers: int
) -> None:
    boxes, services, workers = {}, [], []
    for name in ("uno", "dos"):
        box = imap_server.as_user(f"{name}{minutes}{same_subject}")
        folder, address = tmp_path / name, f"care@{name}.example"
        folder.mkdir()
        settings = settings_for(box, mail_server, folder, care_address=address, mail_from=f"ventanilla@{name}.example")
        rules = rules_of(settings, dataclasses.replace(SENDS, thread_limits={1440: 1}), Reader())
        boxes[address] = box
        services.append(looks(settings, Reader(), rules, clock))
        workers.append(Worker(settings, clock))
    boxes["care@uno.example"].deliver(mail(1, sender="care@dos.example"), mail(2, sender="robot@obra.example"))
    sent: list[EmailMessage] = []
    for _ in range(20):
        for look, worker in zip(services, workers):
            look()
            worker.deliver_due()
        clock.forward(timedelta(minutes=minutes))
        for number, received in enumerate(mail_server.mails, len(sent)):
            to = received["To"]
            box = boxes.get(to) or boxes[received["From"]]
            box.deliver(received.as_bytes() if to in boxes else robot(received, number, same_subject=same_subject))
        sent += mail_server.mails
        mail_server.mails.clear()
    counted = [message["To"] for message in sent]
    assert {to: counted.count(to) for to in counted} == {"care@dos.example": 1, "robot@obra.example": answers}
