"""What is recorded of what was said, on SQLite and PostgreSQL."""

import dataclasses
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from desk_parts import EMAIL, Clock, at_once, owed, submit
from sqlalchemy import create_engine

from desk import Desk, DeskUnavailable, InvalidInteraction, UnknownInteraction, mask, without_secrets
from desk.records import Base
from settings import ROOT, Settings

LOCKS = {"sqlite": ["BEGIN IMMEDIATE"], "postgresql": ["LOCK TABLE interactions", "LOCK TABLE requests"]}


def test_a_turn_is_kept_with_all_that_was_answered(desk: Desk, clock: Clock) -> None:
    reply = [{"text": "Revise su buzón.", "faq": "1.6"}]
    desk.record("chat", "c1", "no llega", outcome="answer", reply=reply, faq_ids=["1.6"], theme=None, model="m1", client_id="a")
    desk.record("chat", "c1", "factura", outcome="out_of_scope", theme="factura")
    desk.record("agent", "c2", "otra", outcome="answer")
    first, second = desk.turns("c1")
    assert (first.channel, first.text, first.outcome, first.reply) == ("chat", "no llega", "answer", reply)
    assert (first.faq_ids, first.theme, first.model, first.client_id, first.created_at) == (["1.6"], None, "m1", "a", clock.now)
    assert (second.text, second.theme, second.reply, second.faq_ids, second.client_id) == ("factura", "factura", [], [], None)


def test_what_identifies_a_customer_is_masked_before_it_is_stored(desk: Desk) -> None:
    desk.record("mail", "c1", f"Soy {EMAIL}, +34 600 123 456, equipo AB123Z, mi clave es Toledo!", outcome="answer")
    [turn] = desk.turns("c1")
    assert turn.text == "Soy [email], [phone], equipo [serial], mi clave es [secret]!"


def test_the_same_client_id_in_a_conversation_is_one_turn_with_the_first_reply(desk: Desk) -> None:
    first = desk.record("chat", "c1", "hola", outcome="smalltalk", reply=["Hola"], client_id="a")
    again = desk.record("chat", "c1", "hola", outcome="smalltalk", reply=["Buenas"], client_id="a")
    other = desk.record("chat", "c2", "hola", outcome="smalltalk", reply=["Buenas"], client_id="a")
    assert desk.recorded("c1", "a") == (first, ["Hola"]) == (again, ["Hola"])
    assert desk.recorded("c2", "a") == (other, ["Buenas"])
    assert desk.recorded("c1", "b") is None


def test_the_same_client_id_from_several_threads_is_one_turn(desk: Desk) -> None:
    def record(index: int) -> int:
        return desk.record("chat", "c1", "hola", outcome="smalltalk", reply=[index], client_id="a")

    ids = at_once(6, record)
    assert {turn.id for turn in desk.turns("c1")} == set(ids)


def test_a_client_is_known_by_a_hash_that_does_not_tell_its_address(desk: Desk, settings: Settings) -> None:
    other = Desk(dataclasses.replace(settings, secret_key="another"))

    def client(desk: Desk, address: str) -> str | None:
        desk.record("chat", "c1", "hola", outcome="smalltalk", client=address)
        return desk.turns("c1")[-1].client

    assert client(desk, "10.0.0.1") == client(desk, "10.0.0.1") != client(desk, "10.0.0.2")
    assert client(desk, "2001:db8::1") == client(desk, "2001:db8::2") != client(desk, "2001:db8:0:1::1")
    assert client(desk, "10.0.0.1") != client(other, "10.0.0.1")
    assert client(desk, "unknown") and "10.0" not in str(client(desk, "10.0.0.1"))


def test_feedback_is_kept_and_the_last_word_counts(desk: Desk) -> None:
    turn = desk.record("chat", "c1", "hola", outcome="answer")
    assert desk.turns("c1")[0].helpful is None
    desk.feedback("c1", turn, helpful=True)
    desk.feedback("c1", turn, helpful=False, reason=f"escriba a {EMAIL}")
    [kept] = desk.turns("c1")
    assert (kept.helpful, kept.reason) == (False, "escriba a [email]")


def test_feedback_on_another_conversation_is_refused(desk: Desk) -> None:
    turn = desk.record("chat", "c1", "hola", outcome="answer")
    for conversation, number in (("c2", turn), ("c1", turn + 1)):
        with pytest.raises(UnknownInteraction):
            desk.feedback(conversation, number, helpful=True)
    assert desk.turns("c1")[0].helpful is None


def test_what_was_reviewed_waits_again_once_an_agent_calls_it_wrong_or_moves_its_mail(desk: Desk) -> None:
    mail = desk.begin_mail("abc", "<1@obra.example>", "INBOX/1/7")
    turn = {"text": "no llega", "outcome": "answer", "faq_ids": ["1.6"], "theme": None, "model": "m1"}
    desk.decide_mail(mail.id, {"decision": "reply"}, sender=EMAIL, thread="", said="", answered=True, turn=turn)
    wrong = desk.record("chat", "c1", "mal", outcome="answer")
    for say_so in (lambda: desk.misjudged(wrong, "ana@example.com"), lambda: desk.move_mail("abc", "person")):
        say_so()
        [waits] = desk.unknown()
        desk.review([waits.id], "entry", "eva@example.com", "1.6")
        assert desk.unknown() == []
        say_so()
        assert [turn.id for turn in desk.unknown()] == [waits.id]
        desk.review([waits.id], "discard", "eva@example.com")


def test_an_unknown_channel_is_refused(desk: Desk) -> None:
    with pytest.raises(InvalidInteraction, match="expected one of chat, mail, agent, got 'fax'"):
        desk.record("fax", "c1", "hola", outcome="answer")


def test_erasing_a_conversation_keeps_what_is_owed(desk: Desk) -> None:
    desk.record("chat", "c1", "hola", outcome="smalltalk")
    desk.record("chat", "c2", "hola", outcome="smalltalk")
    number = submit(desk).number
    desk.erase("c1")
    assert (desk.turns("c1"), len(desk.turns("c2"))) == ([], 1)
    assert desk.request(number).number == number
    assert len(desk.undelivered()) == 1


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("escriba a <Ana.Ruiz+x@correo.example.es>, gracias", "escriba a <[email]>, gracias"),
        ("llame al 600123456 o al (0034) 91-123-45-67.", "llame al [phone] o al [phone]."),
        ("el nºAB123Z, ab123z y AB-123-Z, de 100 a 200", "el nº[serial], [serial] y [serial], de 100 a 200"),
        ("contraseña: hola", "contraseña: [secret]"),
        ("Mi contraseña nueva es «Perro99», ¿vale?", "Mi contraseña nueva es «[secret]», ¿vale?"),
        ("probé Gato_1987 y nada", "probé [secret] y nada"),
        ("mi contraseña es patata", "mi contraseña es [secret]"),
        ("mi contraseña es incorrecta", "mi contraseña es incorrecta"),
        ("dice que la contraseña es demasiado corta", "dice que la contraseña es demasiado corta"),
        ("el 24/11/2026 a las 10:30 con Windows 11", "el 24/11/2026 a las 10:30 con Windows 11"),
        ("mi solicitud es la V-2026-000007", "mi solicitud es la V-2026-000007"),
        ("vea https://example.com/Reset?t=1aB", "vea https://example.com/Reset?t=1aB"),
    ],
)
def test_masks_hide_persons_and_passwords_and_leave_the_rest(text: str, masked: str) -> None:
    assert mask(text) == masked


def test_hiding_passwords_alone_leaves_addresses() -> None:
    assert without_secrets(f"{EMAIL}, clave: x1y2z3") == f"{EMAIL}, clave: [secret]"


def test_masking_a_long_mail_takes_no_longer_than_reading_it() -> None:
    with ThreadPoolExecutor(1) as pool:  # a pattern that goes back and forth would take hours
        assert pool.submit(mask, "a@" * 100_000 + "1-" * 100_000 + "clave " * 20_000).result(20)


def test_a_database_from_before_there_were_migrations_keeps_what_it_holds(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "var").mkdir()
    config = Config()
    config.set_main_option("script_location", str(ROOT / "desk" / "migrations"))
    with create_engine(settings.database_url, future=True).begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        for statement in (
            "DROP TABLE alembic_version",
            "INSERT INTO requests VALUES (1, 'k', 'open_ticket', NULL, NULL, '{}', 'c1', NULL, '2026-08-01 10:00:00')",
            "INSERT INTO outbox VALUES (1, 1, 'mail', '{}', '<a@b>', 'pending', 0, "
            "'2026-08-01 10:00:00', NULL, NULL, '2026-08-01 10:00:00')",
        ):
            connection.exec_driver_sql(statement)
    desk = Desk(settings)
    assert [(request.number, request.status) for request in desk.requests()] == [("V-2026-000001", "open")]
    assert owed(desk) == [("ticket", "pending", 0)]


def test_the_migrations_make_the_tables_that_the_code_expects(desk: Desk, settings: Settings) -> None:
    with create_engine(settings.database_url, future=True).connect() as connection:
        context = MigrationContext.configure(connection, opts={"include_name": lambda name, *_: name != "sqlite_sequence"})
        assert compare_metadata(context, Base.metadata) == []


def test_the_database_is_its_owners_alone(tmp_path: Path, settings: Settings) -> None:
    folder = tmp_path / "new"
    desk = Desk(dataclasses.replace(settings, database_url=f"sqlite:///{folder}/desk.db"))
    writer = create_engine(f"sqlite:///{folder}/desk.db", future=True)
    with writer.connect() as connection:  # while somebody has it open, SQLite's log files are there
        connection.exec_driver_sql("SELECT 1 FROM requests")
        submit(desk)
        modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in (folder, *folder.iterdir())}
    assert modes.pop("new") == 0o700
    assert set(modes) >= {"desk.db", "desk.db-wal"} and set(modes.values()) == {0o600}


def test_a_locked_database_is_a_desk_error_and_records_nothing(settings: Settings) -> None:
    impatient = Desk(dataclasses.replace(settings, database_timeout=0.1))
    with create_engine(settings.database_url, future=True).connect() as other:
        for statement in LOCKS[other.dialect.name]:
            other.exec_driver_sql(statement)
        with pytest.raises(DeskUnavailable, match="expected to use the database, got .*lock"):
            impatient.record("chat", "c1", "hola", outcome="smalltalk")
        with pytest.raises(DeskUnavailable):
            submit(impatient)
        other.rollback()
    assert (impatient.turns("c1"), impatient.undelivered()) == ([], [])
