"""Requests and their tickets, on SQLite and PostgreSQL."""

import dataclasses
import json
from datetime import datetime, timezone
from pathlib import Path

import pytest
from desk_parts import EMAIL, Clock, MailServer, at_once, lines_of, submit
from sqlalchemy import create_engine

from desk import Desk, DeskUnavailable, InvalidRequest, Request, UnknownRequest
from desk.deliver import Worker
from desk.fields import FIELDS, KINDS
from desk.letters import ticket
from desk.records import Delivery
from settings import Settings, from_env


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
    mail, _receipt = mail_server.mails
    assert mail["Subject"] == f"[{request.number}] Consulta para atención al cliente"
    assert (mail["To"], mail["From"], mail["Reply-To"]) == (settings.care_address, settings.mail_from, EMAIL)
    assert (mail["X-Ventanilla-Ticket"], mail["Auto-Submitted"]) == (request.number, "auto-generated")
    [attachment] = mail.iter_attachments()
    assert attachment.get_filename() == "ticket.json"
    assert json.loads(attachment.get_content()) == {
        "event": "opened",
        "number": request.number,
        "created_at": request.created_at.isoformat(timespec="seconds"),
        "kind": "open_ticket",
        "urgent": False,
        "faq_id": "2.3",
        "theme": None,
        "fields": {"contacto": EMAIL, "cuenta": "jperez", "detalle": "Ñandú"},
        "identity": "unverified",
        "conversation": "c1",
        "text": "¿Qué hago?\nGracias",
        "turns": [],
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
    mail = ticket(request, portal_failure=failure)
    assert mail["subject"].startswith(f"[V-{clock.now.year}-000001] ")
    assert "\nTema: factura\n" in mail["body"]
    assert ("Motivo" in mail["body"]) == bool(failure)


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
