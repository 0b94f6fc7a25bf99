"""The triage service against a real Dovecot: every mail decided once, prepared, flagged and moved; nothing lost."""

import dataclasses
import json
from collections.abc import Callable
from datetime import timedelta

import pytest

from desk import Desk
from desk.records import utc_now
from settings import Settings
from tests.desk_parts import Clock
from tests.dovecot import Dovecot, needs_dovecot
from tests.triage_parts import QUEUES, SENDS, Reader, looks, mail
from triage.__main__ import main
from triage.compare import compare
from triage.decide import Rules
from triage.mailbox import Mailbox, MailboxError
from triage.policy import Policy
from triage.service import Service
from triage.treat import MOST_ATTEMPTS

pytestmark = needs_dovecot


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
    assert not {"auto-submitted", "x-auto-response-suppress"} & set(draft.headers)  # a person sends it
    assert draft.text.startswith("Hola, Ana Ruiz:")
    assert "1.6 No he recibido el correo.\r\n\r\nMire en <spam>.\r\n" in draft.text
    assert "Mire en &lt;spam&gt;." in draft.html
    assert "reenvíe el correo de confirmación" in draft.text
    assert ("automática" in draft.text + draft.html, "responda a este mensaje" in draft.text) == (False, True)


def test_a_second_look_and_a_second_service_decide_nothing_again(
    dovecot: Dovecot, look: Callable[[], None], reader: Reader
) -> None:
    dovecot.deliver(mail())
    look()
    look()
    assert (len(reader.heard), len(dovecot.mails("Borradores"))) == (1, 1)


def test_a_mail_that_fails_three_times_goes_to_the_folder_of_failures_and_the_rest_goes_on(
    dovecot: Dovecot, mailbox_settings: Settings, reader: Reader, rules: Rules
) -> None:
    dovecot.deliver(mail(1), mail(2))
    with Mailbox(mailbox_settings.imap_url) as mailbox:
        prepare = mailbox.draft

        def fail(message: bytes, message_id: str, *, begun: bool) -> None:
            if b"ana1@" in message:
                raise RuntimeError
            prepare(message, message_id, begun=begun)

        mailbox.draft = fail  # type: ignore[method-assign]
        service = Service(mailbox_settings, reader, rules, Desk(mailbox_settings))
        for _ in range(MOST_ATTEMPTS):
            service.look(mailbox)
            assert [m.from_ for m in dovecot.mails("INBOX")] == ["ana1@obra.example"]
        service.look(mailbox)
    [failed] = dovecot.mails("V.Errores")
    assert (failed.from_, "ventanilla/RuntimeError" in failed.flags) == ("ana1@obra.example", True)
    assert [m.from_ for m in dovecot.mails("V.Contestados")] == ["ana2@obra.example"]


def test_a_sender_gets_few_replies_and_never_two_to_the_same_words(
    dovecot: Dovecot, look: Callable[[], None], clock: Clock
) -> None:
    for number in range(1, 5):
        dovecot.deliver(mail(number, "confirmación" + " x" * number, sender="bucle@obra.example"))
        look()
        clock.forward(timedelta(minutes=11))
    clock.forward(timedelta(days=2))
    dovecot.deliver(mail(1, "confirmación x", "X-Copy: 2", sender="bucle@obra.example"))
    look()
    assert len(dovecot.mails("Borradores")) == 2
    assert len(dovecot.mails("V.Personas")) == 3


def test_what_an_agent_moves_to_another_queue_is_learned(
    dovecot: Dovecot, look: Callable[[], None], mailbox_settings: Settings
) -> None:
    dovecot.deliver(mail())
    look()
    with dovecot.client() as box:
        box.folder.set("V.Contestados")
        box.move(box.uids(), "V.Personas")
    look()
    look()
    assert Desk(mailbox_settings).mail_figures()["moved_to"] == {"person": 1}
    [moved] = dovecot.mails("V.Personas")
    assert "ventanilla/queue/person" in moved.flags
    assert "ventanilla/queue/reply" not in moved.flags


def test_a_mail_stands_among_the_turns_and_waits_for_a_review_once_an_agent_moves_it(
    dovecot: Dovecot, look: Callable[[], None], mailbox_settings: Settings
) -> None:
    desk = Desk(mailbox_settings)
    dovecot.deliver(
        mail(1, "No llega la confirmación a ana@obra.example"),
        mail(2, "Quiero una factura").replace(b"Mi_confirmaci=C3=B3n", b"Factura"),
    )
    look()
    look()
    answered, refused = desk.turns("M-2026-000001") + desk.turns("M-2026-000002")
    assert (answered.channel, answered.outcome, answered.faq_ids, refused.outcome) == ("mail", "answer", ["1.6"], "out_of_scope")
    assert "ana@obra.example" not in answered.text
    assert [turn.id for turn in desk.unknown()] == [refused.id]
    with dovecot.client() as box:
        box.folder.set("V.Contestados")
        box.move(box.uids(), "V.Personas")
    look()
    assert [turn.id for turn in desk.unknown()] == [refused.id, answered.id]


def test_decisions_are_set_beside_what_people_answered_and_moved(
    dovecot: Dovecot,
    mailbox_settings: Settings,
    reader: Reader,
    look: Callable[[], None],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    dovecot.deliver(*(mail(number) for number in range(1, 5)), mail(5, "Estoy fuera.", "Auto-Submitted: auto-replied"))
    look()
    texts = {1: "Hola, Ana: ¡mire en spam!", 2: "Le llamo esta tarde por teléfono."}
    with dovecot.client() as box:
        for number, text in texts.items():
            head = f"From: customer.care@example.com\r\nIn-Reply-To: <{number}@obra.example>\r\n"
            box.append(f"{head}Content-Type: text/plain; charset=utf-8\r\n\r\n{text}\r\n".encode(), "Enviados")
        box.folder.set("V.Contestados")
        box.move([m.uid for m in box.fetch(mark_seen=False) if m.from_ == "ana3@obra.example"], "V.Personas")
    look()
    monkeypatch.setenv("IMAP_URL", mailbox_settings.imap_url)
    monkeypatch.setenv("DATABASE_URL", mailbox_settings.database_url)
    assert main(["compare"], model=reader) == 0
    rows = [row.split()[1:] for row in capsys.readouterr().out.splitlines()]
    assert rows == [
        ["reply", "1.6", "1.6", "agrees"],
        ["reply", "1.6", "own", "words", "differs"],
        ["reply", "1.6", "person", "differs"],
        ["reply", "1.6", "-", "not", "answered", "yet"],
        ["ignore", "-", "left", "alone"],
        "of 3 agree [1%, 91%]; 1 not answered yet, 0 answered by itself, 1 left alone".split(),
    ]
    assert main(["compare", "--json"], model=reader) == 0
    assert [json.loads(line)["agrees"] for line in capsys.readouterr().out.splitlines()] == [True, False, False, None, None]


def test_a_reply_that_went_out_by_itself_is_not_waited_for(
    dovecot: Dovecot, mailbox_settings: Settings, reader: Reader, rules: Rules, clock: Clock
) -> None:
    dovecot.deliver(mail())
    looks(mailbox_settings, reader, dataclasses.replace(rules, policy=SENDS), clock)()
    [row] = compare(Desk(mailbox_settings).decided_mails(), [], rules.entries)
    assert (row.sent, row.agrees, row.became) == (True, None, "answered by itself")


def test_mails_are_counted_by_decision_entry_theme_and_time(
    dovecot: Dovecot,
    mailbox_settings: Settings,
    reader: Reader,
    rules: Rules,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    dovecot.deliver(*(mail(number) for number in range(1, 4)), mail(4, "Estoy fuera.", "Auto-Submitted: auto-replied"))
    clock = Clock()
    clock.now = utc_now() + timedelta(hours=1)
    looks(mailbox_settings, reader, rules, clock)()
    monkeypatch.setenv("DATABASE_URL", mailbox_settings.database_url)
    assert main(["figures", "--json"]) == 0
    counted = json.loads(capsys.readouterr().out)
    waited = counted.pop("waited")
    assert counted == {
        "decision": {"reply": 3, "ignore": 1},
        "faq": {"1.6": 3},
        "theme": {},
        "only_quotes": {},
        "moved_to": {},
        "failure": {},
    }
    assert waited.keys() == {"50 %", "90 %", "100 %"}
    assert all(3600 <= seconds < 3700 for seconds in waited.values())
    assert main(["figures"]) == 0
    assert ["decision", "reply", "3"] in [line.split() for line in capsys.readouterr().out.splitlines()]


def test_shadow_records_decisions_and_touches_nothing(
    dovecot: Dovecot, mailbox_settings: Settings, reader: Reader, rules: Rules
) -> None:
    shadow = dataclasses.replace(rules, policy=Policy(queues=QUEUES, shadow=True))
    dovecot.deliver(mail())
    with Mailbox(mailbox_settings.imap_url) as mailbox:
        Service(mailbox_settings, reader, shadow, Desk(mailbox_settings)).look(mailbox)
    [kept] = dovecot.mails("INBOX")
    assert not set(kept.flags) - {"\\Recent"}
    assert dovecot.mails("Borradores") == []
    assert Desk(mailbox_settings).mail_figures()["decision"] == {"reply": 1}
    assert Desk(mailbox_settings).turns("M-2026-000001") == []


@pytest.mark.parametrize("url", ["", "http://a@b", "imap://host"])
def test_an_address_of_no_mailbox_is_refused(url: str) -> None:
    with pytest.raises(MailboxError, match="IMAP_URL: expected imap"):
        Mailbox(url)


def test_a_mail_moved_into_the_folder_of_a_theme_is_learned_too(
    dovecot: Dovecot, mailbox_settings: Settings, reader: Reader, rules: Rules, clock: Clock
) -> None:
    policy = Policy(queues=QUEUES, themes={"averia": "V/Averias", "equipos": "V/Averias"})
    look = looks(mailbox_settings, reader, dataclasses.replace(rules, policy=policy), clock)
    dovecot.deliver(mail())
    look()
    with dovecot.client() as box:
        box.folder.set("V.Contestados")
        box.move(box.uids(), "V.Averias")
    look()
    assert Desk(mailbox_settings).mail_figures()["moved_to"] == {"averia": 1}


def test_a_mail_that_an_agent_moves_back_into_the_inbox_stays_there(
    dovecot: Dovecot, look: Callable[[], None], reader: Reader
) -> None:
    dovecot.deliver(mail())
    look()
    with dovecot.client() as box:
        box.folder.set("V.Contestados")
        box.move(box.uids(), "INBOX")
    look()
    assert (len(reader.heard), len(dovecot.mails("INBOX"))) == (1, 1)


def test_what_was_decided_in_shadow_stays_with_people_afterwards(
    dovecot: Dovecot, mailbox_settings: Settings, reader: Reader, rules: Rules, clock: Clock
) -> None:
    dovecot.deliver(mail())
    looks(mailbox_settings, reader, dataclasses.replace(rules, policy=Policy(queues=QUEUES, shadow=True)), clock)()
    looks(mailbox_settings, reader, rules, clock)()
    assert (len(dovecot.mails("INBOX")), dovecot.mails("Borradores")) == (1, [])


def test_many_mails_that_waited_are_caught_up(
    dovecot: Dovecot, mailbox_settings: Settings, reader: Reader, rules: Rules, clock: Clock
) -> None:
    inbox = dovecot.maildir / "new"
    dovecot.deliver(mail())
    for number in range(2, 2001):
        (inbox / f"{number}").write_bytes(mail(number))
    shadow = dataclasses.replace(rules, policy=Policy(queues=QUEUES, shadow=True))
    looks(mailbox_settings, reader, shadow, clock)()
    assert Desk(mailbox_settings).mail_figures()["decision"] == {"reply": 2000}
