"""What a message does to a request, and what it is read as: pure."""

from datetime import datetime
from typing import Any

import pytest

import settings
from actions import commands, serial
from actions.fields import read, told
from actions.offer import CHOICE, OFFER, SERVED, Offer, Standing, join, next_step, steps
from actions.pick import agreed, picked
from actions.said import Said
from actions.turn import AMEND, ASIDE, BEGIN, CANCEL, REFUSE, SWITCH, Request, Turn, turn
from desk.hours import due

ASKS = ("cuenta", "correo_nuevo")
ENTRY = {
    "action": "resend_confirmation",
    "asks": ["email"],
    "after": [{"action": "open_ticket", "asks": ["email", "error"], "offer": "¿Con el error?", "title": ""}],
}


def said(text: str, intent: str = "fuera", outcome: str = "out_of_scope", **values: str) -> Said:
    need = {"outcome": outcome, "label": intent, "topic": None, "ranking": [{"id": "2.7"}]}
    return Said(text, intent, (need,), {name: tuple(value.split()) for name, value in values.items()})


def yes(text: str = "sí", **values: str) -> Said:
    return said(text, "afirmar", "dialogue", **values)


def no(text: str = "no") -> Said:
    return said(text, "negar", "dialogue")


def asked(field: str, **values: str) -> Request:
    return Request(ASKS, values, field)


def test_an_address_is_taken_out_of_a_sentence_even_if_it_looks_like_a_question() -> None:
    question = said("¿y si no me llega a ana@example.com?", "faq", "answer", email="ana@example.com")
    request = asked("correo_nuevo", cuenta="ana")
    assert turn(request, question) == Turn(values={"correo_nuevo": "ana@example.com"})


def test_a_question_without_a_value_is_answered_aside() -> None:
    assert turn(asked("correo_nuevo", cuenta="ana"), said("¿cuánto dura la sesión?", "faq", "answer")) == Turn(ASIDE)


@pytest.mark.parametrize("text", ["ana@", "no sé", "ana arroba example", "ana@localhost"])
def test_what_is_no_address_is_refused(text: str) -> None:
    assert turn(asked("correo_nuevo", cuenta="ana"), said(text)) == Turn(REFUSE)


@pytest.mark.parametrize("message", [yes(), no(), said("hola", "charla", "smalltalk")])
@pytest.mark.parametrize("field", ["email", "cuenta", "detalle", "error"])
def test_a_yes_a_no_and_a_greeting_are_no_value(field: str, message: Said) -> None:
    assert turn(Request((field,), {}, field), message) == Turn(REFUSE)


def test_a_word_alone_is_a_user_name() -> None:
    assert turn(asked("cuenta"), said("jperez")) == Turn(values={"cuenta": "jperez"})


def test_all_that_a_message_tells_is_taken() -> None:
    message = said("soy jperez y el nuevo es ana@example.com", usuario="jperez", email="ana@example.com")
    assert turn(asked("cuenta"), message) == Turn(values={"cuenta": "jperez", "correo_nuevo": "ana@example.com"})


def test_any_words_are_a_description() -> None:
    request = Request(("detalle",), {}, "detalle")
    assert turn(request, said("no me llega el correo", "faq", "answer")) == Turn(values={"detalle": "no me llega el correo"})


@pytest.mark.parametrize("field", ["email", "detalle", "confirmado", AMEND, SWITCH])
def test_cancelar_ends_a_request_at_every_step(field: str) -> None:
    assert turn(Request(("email", "detalle"), {}, field), said("cancelar", "cancelar", "dialogue")) == Turn(CANCEL)


@pytest.mark.parametrize("text", ["atrás", "volver atrás", "quiero volver a la pregunta anterior", "un paso atrás"])
def test_going_back_empties_the_value_before(text: str) -> None:
    assert turn(asked("correo_nuevo", cuenta="ana"), said(text)) == Turn(values={"cuenta": None}, ask="cuenta")


@pytest.mark.parametrize(
    "text", ["mejor otra dirección", "quiero cambiar el correo", "me equivoqué de correo", "no, otro correo"]
)
def test_another_address_is_asked_for(text: str) -> None:
    request = asked("confirmado", cuenta="ana", correo_nuevo="ana@example.com")
    assert turn(request, said(text)) == Turn(values={"correo_nuevo": None}, ask="correo_nuevo")


def test_the_other_of_two_addresses_is_taken() -> None:
    request = Request(("email",), {"email": "ana@example.com"}, "confirmado", ("luis@example.com", "ana@example.com"))
    assert turn(request, no("no, la otra")) == Turn(values={"email": "luis@example.com"})
    unseen = Request(("email",), {"email": "ana@example.com"}, "confirmado", ("ana@example.com",))
    assert turn(unseen, no("no, la otra")) == Turn(values={"email": None}, ask="email")


def test_a_description_that_speaks_of_another_thing_is_one() -> None:
    assert not commands.another(said("necesito otra licencia"), ["contacto", "detalle"])
    assert not commands.another(said("¿cómo puedo cambiar mi dirección?"), ["contacto"])


def test_another_address_at_the_summary_corrects_the_last_one() -> None:
    request = asked("confirmado", cuenta="ana", correo_nuevo="ana@example.com")
    corrected = Turn(values={"correo_nuevo": "luis@example.com"})
    assert turn(request, said("mejor luis@example.com", email="luis@example.com")) == corrected
    assert turn(request, yes("sí, pero a luis@example.com", email="luis@example.com")) == corrected


def test_only_a_yes_confirms_and_a_no_asks_what_is_wrong() -> None:
    request = asked("confirmado", cuenta="ana", correo_nuevo="ana@example.com")
    assert turn(request, yes()) == Turn(values={"confirmado": "sí"})
    assert turn(request, yes("sí, a ana@example.com", email="ana@example.com")) == Turn(values={"confirmado": "sí"})
    assert turn(request, no()) == Turn(ask=AMEND)
    assert turn(request, said("mmm")) == Turn(REFUSE)


def test_the_value_to_correct_is_named_in_words() -> None:
    request = Request(("contacto", "detalle"), {"contacto": "ana@example.com", "detalle": "no va"}, AMEND)
    assert turn(request, said("el texto")) == Turn(values={"detalle": None}, ask="detalle")
    assert turn(request, no()) == Turn(CANCEL)


def test_another_request_in_question_is_taken_by_a_yes_left_by_a_no_and_passed_over_by_a_value() -> None:
    request = Request(("email",), {}, SWITCH)
    assert turn(request, yes()) == Turn(BEGIN)
    assert turn(request, no()) == Turn()
    assert turn(request, said("ana@example.com", email="ana@example.com")) == Turn(values={"email": "ana@example.com"})


def test_of_two_addresses_told_at_once_the_new_one_is_the_one_called_new() -> None:
    message = said("mi nuevo correo es b@example.com, antes a@example.com", email="b@example.com a@example.com")
    assert told(ASKS, message) == {"correo_nuevo": "b@example.com", "cuenta": "a@example.com"}


@pytest.mark.parametrize(
    ("text", "number"), [("V-2026-000007", "V-2026-000007"), ("la v2026 000007", "V-2026-000007"), ("7", None)]
)
def test_the_number_of_a_request_is_read_as_people_type_it(text: str, number: str | None) -> None:
    assert read("numero", said(text)) == number


def test_what_was_meant_to_be_a_serial_number_is_told_from_other_words() -> None:
    assert serial.malformed(said("me dice que AB12345 no vale")) == "AB12345"
    assert serial.malformed(said("escribí a ana12@example.com en 2026 por el CMC")) == ""
    assert serial.right(said("es ab123z", numero_serie="ab123z")) == "AB123Z"


def test_an_entry_leads_to_its_action_then_to_its_next_steps_and_last_to_a_ticket() -> None:
    resend, ticket = steps("1.7", ENTRY)
    assert (resend.accion, resend.pide, ticket.pide, ticket.ofrece) == (
        "resend_confirmation", "email", "email error", "¿Con el error?"
    )  # fmt: skip
    assert [step.pide for step in steps("1.1", {"action": None})] == ["contacto detalle"]
    assert next_step("1.7", ENTRY, []) == resend
    assert next_step("1.7", ENTRY, [resend.mark]) == ticket
    assert next_step("1.7", ENTRY, [resend.mark, ticket.mark]) == ticket


def test_choices_of_an_entry_are_no_steps_in_a_row() -> None:
    entry = {"action": None, "after": [{"action": "reset_password", "asks": ["email"], "title": "Ya existe"}]}
    assert next_step("1.3", entry, []).accion == "open_ticket"


def test_of_several_needs_the_offers_are_put_together_and_no_answer_is_in_question() -> None:
    resend, ticket = steps("1.7", ENTRY)
    joined = join(
        [Standing(OFFER, (resend,)), Standing(SERVED, (Offer(),)), Standing(OFFER, (ticket,)), Standing(OFFER, (resend,))]
    )
    assert joined == Standing(OFFER, (resend, ticket))


def test_an_offer_is_agreed_to_by_the_address_it_asks_but_not_by_another_question() -> None:
    resend = Standing(OFFER, (steps("1.7", ENTRY)[0],))
    assert agreed(resend, said("a ana@example.com", email="ana@example.com")) == resend.offers[0]
    assert agreed(resend, said("¿y ana@example.com?", "faq", "answer", email="ana@example.com")) is None
    assert agreed(resend, said("no, mi correo es ana@example.com", email="ana@example.com")) is None
    assert agreed(None, yes()) is None


@pytest.mark.parametrize(
    ("text", "id_"),
    [("la segunda", "2.5"), ("1", "1.6"), ("la del restablecimiento", "2.5"), ("la del correo", None), ("no", None)],
)
def test_an_entry_is_picked_by_its_place_or_its_words(text: str, id_: str | None) -> None:
    entries = {"1.6": "No he recibido el correo de confirmación.", "2.5": "No he recibido el correo de restablecimiento."}
    assert picked(Standing(CHOICE, (Offer(),), entries), said(text)) == id_


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ("2026-11-26T10:20", "2026-11-27T11:00"),
        ("2026-11-27T10:20", "2026-11-30T17:00"),
        ("2026-11-25T18:30", "2026-11-27T17:00"),
        ("2026-11-25T03:00", "2026-11-26T17:00"),
    ],
)
def test_the_reply_time_is_moved_into_office_hours(monkeypatch: Any, now: str, expected: str) -> None:
    for name in ("REPLY_HOURS", "OFFICE_DAYS", "OFFICE_OPENS", "OFFICE_CLOSES"):
        monkeypatch.delenv(name, raising=False)
    assert due(datetime.fromisoformat(now), settings.from_env()) == datetime.fromisoformat(expected)
