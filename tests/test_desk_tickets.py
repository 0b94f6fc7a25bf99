"""What help desk and customers get of a request, over each implementation of the help desk."""

import base64
import dataclasses
import json
import stat
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from desk_parts import EMAIL, HOST, Clock, MailServer, PortalServer, at_once, lines_of, owed, run, submit

from desk import Desk, InvalidAttachment, InvalidIncident, InvalidRequest, TooMany, UnknownRequest
from desk.attachments import LARGEST, MOST, PATIENCE
from desk.deliver import Worker
from desk.help_desk import help_desk
from desk.hours import reply_by
from desk.limits import WINDOW
from desk.standing import SETTLES
from settings import Settings

PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(40)
OLD, NEW = "vieja@example.com", "nueva@example.com"
Tickets = Callable[[], list[dict[str, Any]]]


@pytest.fixture(params=["mail", "http"])
def implementation(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def settings(settings: Settings, implementation: str, portal: PortalServer) -> Settings:
    url = f"http://{HOST}:{portal.server_port}/tickets"
    return dataclasses.replace(settings, tickets=implementation, tickets_url=url, tickets_token="t")


@pytest.fixture
def tickets(implementation: str, mail_server: MailServer, portal: PortalServer) -> Tickets:
    """What the help desk has: each ticket as one object with its attachments, whichever way it came."""

    def of_mails() -> list[dict[str, Any]]:
        found = []
        for mail in mail_server.mails:
            if mail["X-Ventanilla-Ticket"]:
                ticket, *files = mail.iter_attachments()
                attached = [
                    {"name": file.get_filename(), "type": file.get_content_type(), "content": file.get_content()}
                    for file in files
                ]
                found.append({**json.loads(ticket.get_content()), "attachments": attached})
        return found

    def of_posts() -> list[dict[str, Any]]:
        posted = [body for path, body in portal.calls if path == "/tickets"]
        for body in posted:
            for file in body["attachments"]:
                if isinstance(file["content"], str):
                    file["content"] = base64.b64decode(file["content"])
        return posted

    return {"mail": of_mails, "http": of_posts}[implementation]


@pytest.fixture
def letters(mail_server: MailServer) -> Callable[[], dict[str, Any]]:
    """The mails to customers by their address."""
    return lambda: {mail["To"]: mail for mail in mail_server.mails if not mail["X-Ventanilla-Ticket"]}


def test_a_ticket_carries_the_conversation_and_its_files(desk: Desk, worker: Worker, tickets: Tickets) -> None:
    approved = {"text": "Escriba a info@example.com su clave: ocho letras.", "faq": "1.6"}
    said = [approved, {"text": f"Voy a escribir a {EMAIL}, y usted a care@example.com."}, {"text": "La forma es AB123Z."}]
    desk.record("chat", "c1", f"soy {EMAIL}", outcome="answer", reply=said, faq_ids=["1.6"])
    desk.record("chat", "c2", "otra", outcome="answer")
    desk.attach("c1", "../../pantalla <1>.exe", PNG)
    desk.attach("c2", "otra.png", PNG)
    number = submit(desk, text="mi clave es Toledo_99").number
    worker.deliver_due()
    [ticket] = tickets()
    assert (ticket["event"], ticket["number"], ticket["identity"]) == ("opened", number, "unverified")
    ours = [approved["text"], "Voy a escribir a [email], y usted a care@example.com.", "La forma es AB123Z."]
    turn = {"customer": "soy [email]", "assistant": ours, "faq_ids": ["1.6"]}
    assert (ticket["text"], ticket["turns"]) == ("mi clave es [secret]", [turn])
    assert ticket["attachments"] == [{"name": "pantalla _1_.png", "type": "image/png", "content": PNG}]
    submit(desk, key="k2")
    worker.deliver_due()
    assert tickets()[-1]["attachments"] == []


def test_a_help_desk_that_cannot_now_gets_the_ticket_later_and_one_that_refuses_leaves_it_dead(
    desk: Desk, worker: Worker, tickets: Tickets, mail_server: MailServer, portal: PortalServer, clock: Clock
) -> None:
    submit(desk)
    mail_server.reply, portal.answer = "451 Later", 503
    worker.deliver_due()
    assert owed(desk) == [("ticket", "pending", 1)]
    mail_server.reply, portal.answer = "550 No", 422
    clock.to_next_try()
    worker.deliver_due()
    assert owed(desk) == [("ticket", "dead", 2)]
    assert desk.undelivered()[0].failure in ("MailRejected", "HelpDeskRejected")
    mail_server.reply, portal.answer = "250 OK", 200
    desk.requeue(submit(desk).number)
    portal.calls.clear()
    worker.deliver_due()
    assert (len(tickets()), owed(desk)) == (1, [])


def test_a_missing_attachment_leaves_the_ticket_dead_until_it_is_restored(
    desk: Desk, worker: Worker, tickets: Tickets, settings: Settings
) -> None:
    path = settings.attachments_dir / desk.attach("c1", "a.png", PNG).file
    path.rename(path.with_suffix(".away"))
    number = submit(desk).number
    worker.deliver_due()
    assert "restore it, then requeue" in str(desk.undelivered()[0].last_error)
    path.with_suffix(".away").rename(path)
    desk.requeue(number)
    worker.deliver_due()
    assert (len(tickets()), owed(desk)) == (1, [])


def test_the_customer_gets_a_receipt_and_answers_go_to_care(
    desk: Desk, worker: Worker, letters: Callable[[], dict[str, Any]], settings: Settings
) -> None:
    number = submit(desk, contacto=EMAIL).number
    worker.deliver_due()
    assert list(letters()) == [EMAIL]
    receipt = letters()[EMAIL]
    assert receipt["Subject"] == f"[{number}] Hemos recibido su solicitud"
    assert receipt["Reply-To"] == settings.care_address
    assert f"Hemos recibido su solicitud. Su número es {number}; le rogamos que lo conserve." in lines_of(receipt)
    by = reply_by(desk.status(number, EMAIL).created_at, settings)  # as the chat says it
    assert any(f"a más tardar el {by['dia']}, a las {by['hora']}." in line for line in lines_of(receipt))


def test_a_change_of_address_is_told_to_the_old_one(desk: Desk, worker: Worker, letters: Callable[[], dict[str, Any]]) -> None:
    submit(desk, cuenta=OLD, correo_nuevo=NEW)
    submit(desk, key="k2", cuenta="jperez", correo_nuevo="otra@example.com")
    worker.deliver_due()
    assert set(letters()) == {OLD, NEW, "otra@example.com"}
    assert "cambio de la dirección" in letters()[OLD]["Subject"]
    assert NEW not in letters()[OLD].get_body().get_content()


def test_requests_are_found_by_number_address_and_words(desk: Desk) -> None:
    first = submit(desk, key="k1", text="La pantalla sigue en NEGRO", contacto="ana.munoz@example.com")
    second = submit(desk, key="k2", text="100 % de error", contacto="luis@example.com", nombre="Íñigo Peña")

    def numbers(words: str, **page: int) -> list[str]:
        return [request.number for request in desk.requests(words=words, **page)]

    assert numbers(first.number.lower()) == numbers("MUNOZ@example") == numbers("pantalla negro") == [first.number]
    assert numbers("Peña") == numbers("100 %") == [second.number]
    assert numbers("_antalla") == numbers("pantalla luis") == []
    assert numbers("example.com", skip=1, most=1) == [second.number]


def test_an_urgent_request_comes_first_and_says_so(desk: Desk, worker: Worker, mail_server: MailServer, tickets: Tickets) -> None:
    submit(desk, key="k1")
    urgent = desk.submit("k2", "open_ticket", faq_id="1.8", theme=None, fields={}, conversation="c1", text=None, urgent=True)
    assert [request.number for request in desk.requests("open")][0] == urgent.number
    worker.deliver_due()
    assert [ticket["urgent"] for ticket in tickets()] == [False, True]
    if mail_server.mails:
        assert mail_server.mails[1]["Subject"] == f"[{urgent.number}] URGENTE: Consulta para atención al cliente"
        assert [mail["X-Priority"] for mail in mail_server.mails] == [None, "1"]


def test_what_a_ticket_is_about_stands_in_its_subject_and_for_machines(
    desk: Desk, worker: Worker, mail_server: MailServer, tickets: Tickets, implementation: str
) -> None:
    fields = {"asunto": "Contraseña provisional", "contacto": NEW, "nombre": "Ana Ruiz", "empresa": "Acme"}
    told = {"faq_id": "2.5", "theme": None, "conversation": "c1", "text": None}
    request = desk.submit("k1", "open_ticket", fields=fields, **told)
    worker.deliver_due()
    assert [ticket["fields"] for ticket in tickets()] == [fields]
    if implementation == "mail":
        assert f"[{request.number}] Contraseña provisional" in [mail["Subject"] for mail in mail_server.mails]


def test_a_customer_sees_how_a_request_stands_and_adds_to_it(desk: Desk, worker: Worker, tickets: Tickets) -> None:
    number = submit(desk, contacto=EMAIL).number
    assert desk.status(number.lower(), f" {EMAIL.upper()} ").status == "open"
    desk.change_status(number, "taken")
    assert desk.status(number, EMAIL).status == "taken"
    desk.change_status(number, "done")
    for _ in range(2):
        desk.add(number, EMAIL, "sigue igual, mi clave es Toledo_99")
    assert (desk.status(number, EMAIL).status, len(desk.deliveries(number))) == ("open", 3)
    worker.deliver_due()
    added = tickets()[1]
    assert (added["event"], added["number"], added["text"]) == ("added", number, "sigue igual, mi clave es [secret]")
    with pytest.raises(InvalidRequest, match="status"):
        desk.change_status(number, "lost")
    with pytest.raises(InvalidRequest, match="text"):
        desk.add(number, EMAIL, " ")


def test_an_unknown_number_and_another_address_are_refused_in_the_same_words(desk: Desk) -> None:
    number = submit(desk, contacto=EMAIL).number
    said = set()
    for asked in ((number, "otra@example.com"), (number, ""), ("V-2026-999999", EMAIL), ("nada", EMAIL)):
        for verb in (desk.status, lambda number, address: desk.add(number, address, "x")):
            with pytest.raises(UnknownRequest) as error:
                verb(*asked)
            said.add(str(error.value))
    assert len(said) == 1


def test_nothing_tells_whether_the_portal_knows_an_address(
    desk: Desk, worker: Worker, portal: PortalServer, clock: Clock, letters: Callable[[], dict[str, Any]]
) -> None:
    known = submit(desk, "reset_password", key="k1", email="si@example.com")
    before = desk.status(known.number, "si@example.com").status
    worker.deliver_due()
    portal.answer = 404
    unknown = submit(desk, "reset_password", key="k2", email="no@example.com")
    assert desk.status(unknown.number, "no@example.com").status == before == "open"
    worker.deliver_due()

    def shown() -> tuple[str, str]:
        return desk.status(known.number, "si@example.com").status, desk.status(unknown.number, "no@example.com").status

    assert shown() == ("open", "open")  # how long the portal took cannot be told
    clock.forward(SETTLES)
    assert shown() == ("done", "done")
    assert letters() == {}


def test_a_request_over_a_limit_is_refused_and_leaves_nothing(desk: Desk, settings: Settings, clock: Clock) -> None:
    few = Desk(dataclasses.replace(settings, limit_address=2), clock)
    for index in range(2):
        submit(few, key=f"k{index}", contacto="ana@example.com")
    with pytest.raises(TooMany, match="address: expected at most 2 requests in a day"):
        submit(few, key="k3", cuenta="Ana+1@example.com")
    assert submit(few, key="k1", contacto="ana@example.com").key == "k1"
    assert (len(few.requests()), len(few.undelivered())) == (2, 4)
    submit(few, key="k4", contacto=EMAIL)
    clock.forward(WINDOW)
    submit(few, key="k5", contacto="ana@example.com")


def test_a_conversation_and_a_client_have_limits_too(desk: Desk, settings: Settings) -> None:
    few = Desk(dataclasses.replace(settings, limit_conversation=1, limit_client=2))

    def ask(conversation: str, key: str) -> None:
        few.submit(key, "open_ticket", faq_id=None, theme=None, fields={}, conversation=conversation, text=None)

    for conversation in ("c1", "c2", "c3"):
        few.record("chat", conversation, "hola", outcome="smalltalk", client="10.0.0.1")
    ask("c1", "k1")
    with pytest.raises(TooMany, match="conversation"):
        ask("c1", "k2")
    ask("c2", "k3")
    with pytest.raises(TooMany, match="client"):
        ask("c3", "k4")
    ask("c4", "k5")


def test_a_limit_holds_when_all_come_at_once(desk: Desk, settings: Settings) -> None:
    few = Desk(dataclasses.replace(settings, limit_address=3))

    def ask(index: int) -> bool:
        try:
            submit(few, key=f"k{index}", contacto=EMAIL)
        except TooMany:
            return False
        return True

    assert sum(at_once(8, ask)) == 3
    assert len(few.requests()) == 3


@pytest.mark.parametrize(
    "content", [b"", b"<html>", b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"MZ" + bytes(90), b"GIF89a" + bytes(9)]
)
def test_a_file_of_another_kind_is_refused_whatever_its_name(desk: Desk, settings: Settings, content: bytes) -> None:
    with pytest.raises(InvalidAttachment):
        desk.attach("c1", "foto.png", content)
    assert not settings.attachments_dir.exists()


def test_a_file_that_is_too_large_is_refused(desk: Desk) -> None:
    assert desk.attach("c1", "a.png", PNG + bytes(LARGEST - len(PNG))).size == LARGEST
    with pytest.raises(InvalidAttachment, match="size"):
        desk.attach("c1", "a.png", PNG + bytes(LARGEST))


@pytest.mark.parametrize(
    ("content", "name"), [(PNG, "a.png"), (b"\xff\xd8\xff\xe0\0\x10JFIF\0" + bytes(50), "a.jpg"), (b"%PDF-1.7\n%%EOF\n", "a.pdf")]
)
def test_a_file_is_named_by_its_content_and_is_its_owners_alone(
    desk: Desk, settings: Settings, content: bytes, name: str
) -> None:
    attachment = desk.attach("c1", "C:\\fotos\\a.txt", content)
    path: Path = settings.attachments_dir / attachment.file
    assert (attachment.name, path.read_bytes()) == (name, content)
    assert [stat.S_IMODE(each.stat().st_mode) for each in (path, path.parent)] == [0o600, 0o700]


def test_only_so_many_files_wait_and_not_for_ever(desk: Desk, settings: Settings, clock: Clock) -> None:
    for _ in range(MOST):
        desk.attach("c1", "a.png", PNG)
    with pytest.raises(TooMany, match="attachments"):
        desk.attach("c1", "a.png", PNG)
    assert len(list(settings.attachments_dir.iterdir())) == MOST
    clock.forward(PATIENCE)
    desk.attach("c1", "a.png", PNG)
    assert len(list(settings.attachments_dir.iterdir())) == 1


def test_erasing_a_conversation_leaves_the_request_and_what_is_still_owed(
    desk: Desk, worker: Worker, tickets: Tickets, settings: Settings
) -> None:
    desk.record("chat", "c1", "hola", outcome="smalltalk")
    sent = submit(desk, text="secreto", contacto=EMAIL).number
    worker.deliver_due()
    pending = submit(desk, key="k2", text="otro").number
    desk.attach("c1", "a.png", PNG)
    desk.erase("c1")
    assert desk.request(sent).text is desk.request(sent).excerpt is None
    assert [delivery.payload for delivery in desk.deliveries(sent)] == [{}, {}]
    assert list(settings.attachments_dir.iterdir()) == []
    assert desk.status(sent, EMAIL).number == sent
    worker.deliver_due()
    assert (tickets()[-1]["number"], tickets()[-1]["text"]) == (pending, "otro")


def test_an_incident_is_seen_by_all_until_it_ends(desk: Desk, settings: Settings, clock: Clock) -> None:
    until = (clock.now + timedelta(hours=1)).isoformat()
    assert desk.incident() is None
    began = run(settings, "incident", "on", "--text", "El correo tarda.", "--suspend", "1.6,2.1", "--until", until)
    assert (began.returncode, began.stderr) == (0, "")
    incident = desk.incident()
    assert incident is not None
    assert (incident.text, incident.suspended, incident.instead) == ("El correo tarda.", ["1.6", "2.1"], "El correo tarda.")
    assert "suspended: 1.6,2.1" in run(settings, "incident", "show").stdout
    clock.forward(timedelta(hours=2))
    assert desk.incident() is None
    desk.begin_incident("Otra vez.", until=clock.now + timedelta(hours=1), instead="Espere, por favor.")
    incident = desk.incident()
    assert incident is not None and (incident.text, incident.instead) == ("Otra vez.", "Espere, por favor.")
    desk.end_incident()
    assert desk.incident() is None


def test_the_end_of_an_incident_without_an_offset_is_of_the_office_s_zone(
    desk: Desk, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TIME_ZONE", "Asia/Tokyo")
    for zone in ("UTC", "America/Lima"):
        monkeypatch.setenv("TZ", zone)  # the host's
        assert run(settings, "incident", "on", "--text", "x", "--until", "2100-01-01T18:00").returncode == 0
        incident = desk.incident()
        assert incident is not None and incident.until == datetime(2100, 1, 1, 9, tzinfo=timezone.utc)
        assert "until: 2100-01-01T18:00+09:00" in run(settings, "incident", "show").stdout


def test_an_incident_without_words_or_with_a_past_end_is_refused(desk: Desk, settings: Settings, clock: Clock) -> None:
    with pytest.raises(InvalidIncident, match="text"):
        desk.begin_incident(" ", until=clock.now + timedelta(hours=1))
    refused = run(settings, "incident", "on", "--text", "x", "--until", "2020-01-01T10:00")
    assert (refused.returncode, refused.stderr.startswith("until: expected a time to come")) == (1, True)


def test_a_request_is_shown_with_all_its_deliveries(desk: Desk, settings: Settings) -> None:
    number = submit(desk, contacto=EMAIL).number
    shown = run(settings, "show", number).stdout.splitlines()
    assert {f"number: {number}", "status: open", f"fields.contacto: {EMAIL}"} <= set(shown)
    assert [line.split("\t")[1] for line in shown if "\t" in line] == ["ticket", "mail"]
    assert run(settings, "show", "V-1").returncode == 1


def test_a_mail_is_shown_with_its_fate_and_the_reply_that_is_owed(desk: Desk, settings: Settings) -> None:
    record = desk.begin_mail("abc", "<1@obra.example>", "INBOX/1/7")
    reply = EmailMessage()
    reply["Message-ID"] = "<ventanilla.abc@example.com>"
    told = {"sender": EMAIL, "thread": "", "said": "", "answered": True}
    desk.decide_mail(record.id, {"decision": "reply", "why": "1.6 answers"}, reply=reply, **told)
    shown = run(settings, "show", record.number).stdout.splitlines()
    expected = {f"number: {record.number}", "place: INBOX/1/7", "answered: True", "fate.decision: reply", "fate.why: 1.6 answers"}
    assert expected <= set(shown)
    assert [line.split("\t")[:3] for line in shown if "\t" in line] == [[record.number, "mail", "pending"]]
    assert run(settings, "show", "M-1").returncode == 1


def test_a_help_desk_that_cannot_work_is_refused(settings: Settings) -> None:
    with pytest.raises(ValueError, match="TICKETS: expected one of mail, http, got 'fax'"):
        help_desk(dataclasses.replace(settings, tickets="fax"))
    with pytest.raises(ValueError, match="TICKETS_URL"):
        help_desk(dataclasses.replace(settings, tickets="http", tickets_url=""))
