"""What a message does to a request, and what it is read as: pure."""

import json
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

import settings
from actions import commands, identity, instead, questions, serial
from actions.additions import ADDED
from actions.fields import read, told
from actions.offer import ADD_TO_REQUEST, CHOICE, OFFER, SERVED, Offer, Standing, join, next_step, steps
from actions.pick import agreed, consented, denied, picked, served, sought
from actions.request import ADD, AMEND, ASIDE, BEGIN, CANCEL, LACK, LEAVE, REFUSE, SWITCH, TELL, Request, Turn
from actions.said import Said
from actions.turn import NUMBER, SAME_ADDRESS, TOLD_BEFORE, WAIT, turn
from desk.hours import due, office_hours, zone

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


def no(text: str = "no", **values: str) -> Said:
    return said(text, "negar", "dialogue", **values)


def asked(field: str, **values: str) -> Request:
    return Request(ASKS, values, field)


def test_an_address_is_taken_out_of_a_sentence_even_if_it_looks_like_a_question() -> None:
    question = said("¿y si no me llega a ana@example.com?", "faq", "answer", email="ana@example.com")
    request = asked("correo_nuevo", cuenta="ana")
    assert turn(request, question) == Turn(values={"correo_nuevo": "ana@example.com"})


def test_a_question_without_a_value_is_answered_aside() -> None:
    assert turn(asked("correo_nuevo", cuenta="ana"), said("¿cuánto dura la sesión?", "faq", "answer")) == Turn(ASIDE)


@pytest.mark.parametrize("text", ["ana@", "eso", "ana arroba example", "ana@localhost"])
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


@pytest.mark.parametrize("text", ["atrás", "espera, atrás", "me equivoqué, quiero volver", "la de antes", "back"])
def test_going_back_from_the_first_question_leaves_the_request(text: str) -> None:
    assert turn(asked("cuenta"), said(text)) == Turn(LEAVE)


def test_going_back_leaves_what_comes_after_as_it_is() -> None:
    request = Request(("contacto", "detalle"), {"detalle": "no va"}, "contacto")
    assert turn(request, said("atrás")) == Turn(LEAVE)
    assert turn(Request(("contacto",), {"contacto": "a@example.com"}, AMEND), said("atrás")) == Turn()


@pytest.mark.parametrize("text", ["quiero dejarlo", "no quiero enviar nada", "nada, da igual", "no envíe nada"])
def test_a_request_is_given_up_in_words_of_its_own(text: str) -> None:
    assert turn(asked("cuenta"), said(text)) == Turn(CANCEL)


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


@pytest.mark.parametrize("text", ["no, la otra", "quise decir la otra", "la otra que le di", "no esa, la otra", "era la otra"])
def test_the_other_address_is_meant_in_many_words(text: str) -> None:
    assert commands.the_other(no(text))


SUMMED = Request(
    ("cuenta", "correo_nuevo", "numero_serie"),
    {"cuenta": "ana", "correo_nuevo": "ana@example.com", "numero_serie": "AB123Z", "detalle": "no va"},
    "confirmado",
    besides=("nombre", "empresa", "detalle"),
)


@pytest.mark.parametrize(
    ("message", "values"),
    [
        (said("no, el numero es QR457T", numero_serie="QR457T"), {"numero_serie": "QR457T"}),
        (said("perdón, es qr457t", numero_serie="qr457t"), {"numero_serie": "QR457T"}),
        (said("es anaruiz2"), {"cuenta": "anaruiz2"}),
        (said("mi usuario es ana.ruiz", usuario="ana.ruiz"), {"cuenta": "ana.ruiz"}),
        (said("el correo nuevo es otro: x@example.com", email="x@example.com"), {"correo_nuevo": "x@example.com"}),
        (said("no, el antiguo es x@example.com", email="x@example.com"), {"cuenta": "x@example.com"}),
        (said("mi empresa es Beta S.L."), {"empresa": "Beta S.L."}),
        (said("Me llamo Ana Ruiz, de la empresa Acme", "ticket", "person"), {"nombre": "Ana Ruiz", "empresa": "Acme"}),
        (said("la descripción es: no carga la página"), {"detalle": "no carga la página"}),
    ],
)
def test_a_value_that_is_named_at_the_summary_takes_its_place(message: Said, values: dict[str, str]) -> None:
    assert turn(SUMMED, message) == Turn(values=values)


@pytest.mark.parametrize("text", ["envíelo", "mándelo ya", "adelante, mándelo", "si, gracias"])
def test_a_request_is_sent_in_words_of_its_own(text: str) -> None:
    heard = {"mándelo ya": "cancelar", "si, gracias": "charla"}.get(text, "fuera")  # as the model hears them
    outcome = {"cancelar": "dialogue", "charla": "smalltalk"}.get(heard, "out_of_scope")
    assert turn(SUMMED, said(text, heard, outcome)) == Turn(values={"confirmado": "sí"})


def test_nothing_or_all_of_it_is_corrected() -> None:
    request = Request(("contacto", "detalle"), {"contacto": "a@example.com", "detalle": "no va"}, AMEND)
    assert turn(request, no("nada")) == turn(request, yes()) == Turn()
    assert turn(request, said("los dos")) == Turn(values={"contacto": None, "detalle": None}, ask="contacto")


@pytest.mark.parametrize("text", ["el usuario es correcto", "la dirección es correcta"])
def test_a_value_that_is_called_right_stays(text: str) -> None:
    assert turn(SUMMED, said(text)) == Turn(REFUSE)


@pytest.mark.parametrize("field", ["nombre", "empresa"])
def test_who_would_rather_not_say_is_not_asked_for_ever(field: str) -> None:
    assert turn(Request((field,), {}, field), said("prefiero no decirlo")) == Turn(values={field: "prefiero no decirlo"})


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("la descripción es otra", "detalle"),
        ("el usuario está mal", "cuenta"),
        ("el usuario no es ese", "cuenta"),
        ("¿puedo cambiar el correo?", "correo_nuevo"),
    ],
)
def test_a_value_that_is_only_called_wrong_is_asked_again(text: str, field: str) -> None:
    assert turn(SUMMED, said(text)) == Turn(values={field: None}, ask=field)


def test_a_value_is_corrected_while_another_is_asked() -> None:
    request = Request(("cuenta", "correo_nuevo"), {"cuenta": "ana"}, "correo_nuevo", besides=("empresa", "detalle"))
    assert turn(request, said("el usuario es anaruiz2", usuario="anaruiz2")) == Turn(values={"cuenta": "anaruiz2"})
    asked_text = Request(("contacto", "detalle"), {"contacto": "a@example.com"}, "detalle", besides=("empresa",))
    assert turn(asked_text, said("mi empresa es Acme")) == Turn(values={"empresa": "Acme"})


def test_what_a_form_says_of_a_field_is_a_description_and_corrects_nothing() -> None:
    request = Request(("campo", "contacto"), {"contacto": "a@example.com"}, "campo", besides=("nombre", "empresa", "detalle"))
    for text in ("el correo es incorrecto", "el número de serie es incorrecto"):
        assert turn(request, said(text)) == Turn(values={"campo": text})


def test_the_new_address_is_refused_where_it_is_the_old_one() -> None:
    request = asked("correo_nuevo", cuenta="Ana@example.com")
    assert turn(request, said("ana@example.com", email="ana@example.com")) == Turn(REFUSE, says=SAME_ADDRESS)


TEXT = Request(("contacto", "detalle"), {"contacto": "a@example.com"}, "detalle")


@pytest.mark.parametrize(
    ("text", "response"),
    [
        ("¿cuánto tardan?", questions.REPLY_TIME),
        ("¿cuándo?", questions.REPLY_TIME),
        ("¿y cuándo me contestan?", questions.REPLY_TIME),
        ("que horario tienen", questions.REPLY_TIME),
        ("¿para qué lo quieren?", questions.PURPOSE),
        ("¿y eso para qué?", questions.PURPOSE),
        ("¿es obligatorio?", questions.PURPOSE),
        ("¿ya está enviado?", questions.NOT_SENT),
        ("¿y después qué pasa?", questions.REPLY_TIME),
        ("¿qué?", questions.UNKNOWN),
    ],
)
@pytest.mark.parametrize("request_", [TEXT, asked("correo_nuevo", cuenta="ana"), SUMMED])
def test_a_question_about_the_request_is_answered_at_every_step(text: str, response: str, request_: Request) -> None:
    assert turn(request_, said(text)) == Turn(TELL, says=response)


@pytest.mark.parametrize(
    "text",
    [
        "no me deja entrar, ¿qué hago?",
        "no puedo entrar?",
        "¿cómo cambio mi teléfono?",
        "el portal me dice ¿olvidó su contraseña? y no sale nada",
        "la página se queda en blanco. ¿Cuándo lo arreglan?",
    ],
)
def test_a_description_that_holds_a_question_is_one(text: str) -> None:
    assert turn(TEXT, said(text)) == Turn(values={"detalle": text})


def test_a_question_that_nothing_answers_is_no_try_at_a_value() -> None:
    assert turn(asked("correo_nuevo", cuenta="ana"), said("¿cuál es la capital de Francia?")) == Turn(
        TELL, says=questions.UNKNOWN
    )


@pytest.mark.parametrize(
    ("message", "value"),
    [(yes(), "sí"), (no(), "no"), (said("lo necesito hoy"), "sí"), (said("no corre prisa"), "no"), (said("urge"), "sí")],
)
def test_urgency_is_taken_from_a_yes_a_no_and_other_words(message: Said, value: str) -> None:
    assert turn(Request(("urgente",), {}, "urgente"), message) == Turn(values={"urgente": value})


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("el formulario no me acepta el teléfono", "teléfono"),
        ("no me deja poner el código postal, y lo he probado", "código postal"),
        ("el país no es válido", "país"),
        ("no puedo enviar mi registro", None),
        ("el formulario no me acepta", None),
    ],
)
def test_the_field_that_a_form_refuses_is_taken_from_what_is_told(text: str, field: str | None) -> None:
    assert told(["campo"], said(text)).get("campo") == field


@pytest.mark.parametrize(
    ("text", "name", "company"),
    [
        ("me llamo ana ruiz y trabajo en acme", "ana ruiz", "acme"),
        ("Me llamo Ana Ruiz, de Acme, S.A.", "Ana Ruiz", "Acme, S.A."),
        ("soy Luis Pérez de la empresa Beta y no puedo entrar", "Luis Pérez", "Beta"),
        ("mi nombre es maría de la cruz", "maría de la cruz", ""),
        ("el correo de mi empresa no llega", "", ""),
        ("mi empresa es nueva en el portal", "", ""),
        ("soy cliente de la empresa desde hace años", "", ""),
    ],
)
def test_name_and_company_are_taken_where_the_text_says_so(text: str, name: str, company: str) -> None:
    assert (identity.name_in(text), identity.company_in(text)) == (name, company)


@pytest.mark.parametrize(
    ("text", "name"), [("Ana Ruiz", "Ana Ruiz"), ("no se lo digo", ""), ("¿para qué?", ""), ("ana@x.es", "")]
)
def test_a_name_alone_answers_the_question_for_it(text: str, name: str) -> None:
    assert identity.name(text) == name


@pytest.mark.parametrize(
    ("text", "company"), [("Acme", "Acme"), ("de la empresa acme", "acme"), ("ninguna", "ninguna"), ("no lo sé", "")]
)
def test_a_company_alone_answers_the_question_for_it(text: str, company: str) -> None:
    assert identity.company(text) == company


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
    ("text", "number"),
    [("V-2026-000007", "V-2026-000007"), ("la v2026 000007", "V-2026-000007"), ("v-2026-7", "V-2026-000007"), ("7", None)],
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
    [
        ("la segunda", ("2.5",)), ("1", ("1.6",)), ("la 2ª", ("2.5",)), ("lo segundo", ("2.5",)), ("opción 1", ("1.6",)),
        ("la última", ("2.5",)), ("la primera, por favor", ("1.6",)), ("las dos", ("1.6", "2.5")), ("1 y 2", ("1.6", "2.5")),
        ("la primera y la segunda", ("1.6", "2.5")), ("la del restablecimiento", ("2.5",)), ("la del correo", None), ("no", None),
        ("la primera vez que entré no pasó", None), ("2 días llevo esperando esto", None),
    ],
)  # fmt: skip
def test_an_entry_is_picked_by_its_place_or_its_words(text: str, id_: tuple[str, ...] | None) -> None:
    entries = {"1.6": "No he recibido el correo de confirmación.", "2.5": "No he recibido el correo de restablecimiento."}
    assert picked(Standing(CHOICE, (Offer(),), entries), said(text)) == id_


@pytest.mark.parametrize("text", ["ninguna", "a ninguna de esas", "no es eso", "no, ninguna", "otra cosa", "ni una ni otra"])
def test_none_of_the_choices_is_a_no(text: str) -> None:
    choice = Standing(CHOICE, (Offer(),), {"1.6": "¿Uno?", "2.5": "¿Otro?"})
    assert denied(choice, said(text)) and picked(choice, said(text)) is None
    assert not denied(choice, said(text, "faq", "answer"))


@pytest.mark.parametrize("text", ["me sirvió, gracias", "perfecto", "ya pude entrar", "listo, ya está"])
def test_an_answer_that_served_is_known_by_other_words_than_yes(text: str) -> None:
    assert served(Standing(SERVED, (Offer(),)), said(text))
    assert not served(Standing(SERVED, (Offer(),)), said(f"{text} pero no")) and not served(
        Standing(OFFER, (Offer(),)), said(text)
    )


def test_a_choice_leaves_what_else_was_asked_for_later() -> None:
    resend, _ = steps("1.7", ENTRY)
    one, other = {"1.6": "¿Uno?", "2.5": "¿Otro?"}, {"2.1": "¿Esto?", "2.2": "¿Aquello?"}
    asked = join([Standing(CHOICE, (Offer(),), one), Standing(CHOICE, (Offer(),), other), Standing(OFFER, (resend,))])
    assert (asked.entries, asked.others) == (one, (other,))
    assert join([Standing(SERVED, (Offer(),)), *asked.rest]) == Standing(CHOICE, (resend, Offer()), other)
    assert asked.instead == Standing(OFFER, (Offer(), resend))


def test_a_question_in_vain_becomes_the_offer_of_a_person() -> None:
    asked = Standing(CHOICE, (Offer(),), {"1.6": "¿Uno?", "2.5": "¿Otro?"})
    second = asked.again(asked)
    assert (second.kind, second.times) == (CHOICE, 2)
    assert asked.again(second) == Standing(OFFER, (Offer(),))
    assert asked.again(None) == asked == asked.again(Standing(SERVED, (Offer(),)))


def test_a_question_is_kept_as_json_and_found_again() -> None:
    asked = Standing(CHOICE, (steps("1.7", ENTRY)[0],), {"1.6": "¿Uno?"}, ({"2.1": "¿Esto?"},), 2)
    assert Standing.of(json.loads(json.dumps(asked.keep()))) == asked


def test_the_office_hours_are_told_as_customers_read_them(monkeypatch: Any) -> None:
    for name, value in {
        "OFFICE_DAYS": "6,1,2",
        "OFFICE_OPENS": "8",
        "OFFICE_CLOSES": "15",
        "TIME_ZONE": "America/Bogota",
    }.items():
        monkeypatch.setenv(name, value)
    here = settings.from_env()
    assert office_hours(here) == "de lunes a martes y sábado, de 8:00 a 15:00"
    assert zone(here) == "hora de Colombia"


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


@pytest.mark.parametrize(
    "text",
    ["ya se lo he dicho", "ya te lo dije", "ya lo puse arriba", "eso ya se lo dije antes", "se lo acabo de decir"],
)
@pytest.mark.parametrize("intent", ["cancelar", "afirmar", "negar", "servido"])
def test_who_told_it_already_neither_cancels_nor_confirms(text: str, intent: str) -> None:
    message = said(text, intent, "dialogue")
    assert turn(Request(("email",), {}, "email"), message) == Turn(REFUSE, says=TOLD_BEFORE)
    assert turn(Request(("email",), {"email": "a@example.com"}, "confirmado"), message) == Turn(TELL, says=questions.NOT_SENT)
    assert turn(Request(("email",), {}, SWITCH), message) == Turn(TELL, says=questions.NOT_SENT)


def test_who_told_it_already_gets_the_other_address_that_he_wrote_taken() -> None:
    request = Request(("cuenta", "correo_nuevo"), {"cuenta": "a@example.com"}, "correo_nuevo", ("b@example.com", "a@example.com"))
    assert turn(request, said("ya se lo dije")) == Turn(values={"correo_nuevo": "b@example.com"})


@pytest.mark.parametrize("text", ["ya me llegó", "ya lo mandé", "me lo dijo usted", "ya está", "lo puse mal"])
def test_other_words_with_already_do_not_say_that_it_was_told(text: str) -> None:
    assert not instead.already(said(text))


@pytest.mark.parametrize("text", ["un momento", "espere un segundo, por favor", "no, espera", "deme un minuto que lo busco"])
@pytest.mark.parametrize("field", ["email", "detalle", "confirmado", AMEND, SWITCH])
def test_a_moment_is_given_at_every_step(text: str, field: str) -> None:
    assert turn(Request(("email", "detalle"), {}, field), said(text, "cancelar", "dialogue")) == Turn(TELL, says=WAIT)


@pytest.mark.parametrize("text", ["espere, falta una cosa", "necesito una persona", "deme un número", "espera, atrás"])
def test_who_says_more_does_not_only_wait(text: str) -> None:
    assert not instead.waits(said(text))


@pytest.mark.parametrize(
    "text", ["q número era ese", "¿cuál es el número de mi solicitud?", "me repite el número", "¿qué número me dio?"]
)
def test_the_number_of_the_request_that_was_made_is_asked_for_in_many_words(text: str) -> None:
    made = Request(("numero_serie",), {}, "numero_serie", made="V-2026-000001")
    assert turn(made, said(text, "faq", "answer")) == Turn(TELL, says=NUMBER)


@pytest.mark.parametrize("text", ["¿cuál es el número de serie?", "¿qué número tengo que poner?", "el número era ese"])
def test_another_number_is_not_that_of_the_request(text: str) -> None:
    assert not instead.asks_number(said(text))


@pytest.mark.parametrize("text", ["no lo sé", "no tengo el número", "ni idea", "no me acuerdo", "la placa está rota", "lo perdí"])
@pytest.mark.parametrize("field", ["numero", "numero_serie", "email", "cuenta"])
def test_who_has_not_got_a_value_is_not_asked_for_it_again(text: str, field: str) -> None:
    assert turn(Request((field,), {}, field), said(text)) == Turn(LACK)


def test_who_looks_for_a_value_in_vain_is_told_first_where_it_stands() -> None:
    request = Request(("numero_serie",), {}, "numero_serie")
    assert turn(request, said("no encuentro el número de serie", "faq", "answer")) == Turn(ASIDE)
    assert turn(request, said("no tengo el número de serie", "faq", "answer")) == Turn(LACK)


TICKET = Request(("contacto",), {"contacto": "a@example.com", "detalle": "no va"}, "confirmado", besides=("detalle",))


@pytest.mark.parametrize(
    ("text", "added"),
    [
        ("añada que es desde ayer", "es desde ayer"),
        ("también me sale en el móvil", "también me sale en el móvil"),
        ("se me olvidaba decir que uso Firefox", "uso Firefox"),
        ("quiero añadir: mi teléfono es el 600", "mi teléfono es el 600"),
        ("es que tengo prueba mañana", "es que tengo prueba mañana"),
    ],
)
def test_what_is_told_at_the_summary_is_added(text: str, added: str) -> None:
    assert turn(TICKET, said(text)) == Turn(values={"detalle": f"no va\n{added}"}, says=ADDED)


@pytest.mark.parametrize("text", ["quiero añadir algo", "¿puedo añadir algo más?", "espera, falta una cosa", "se me pasó algo"])
def test_what_is_to_be_added_is_asked(text: str) -> None:
    assert turn(TICKET, said(text, "faq", "answer")) == Turn(ask=ADD)


def test_nothing_is_added_to_a_request_without_words() -> None:
    assert turn(Request(("email",), {"email": "a@example.com"}, "confirmado"), said("quiero añadir algo")) == Turn(REFUSE)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("AB-123-Z", "AB123Z"),
        ("mi número es ab-123-z y no va", "AB123Z"),
        ("ab 123 z", "AB123Z"),
        ("el número de serie es AB 123 Z", "AB123Z"),
        ("de 100 a 200 euros", ""),
        ("V-2026-000001", ""),
    ],
)
def test_a_serial_number_is_read_however_it_is_written(text: str, number: str) -> None:
    assert serial.right(said(text)) == number


def test_what_was_done_in_vain_is_told_from_what_is_done() -> None:
    vain, done = ("ya lo he mirado en spam", "ya he probado eso", "ya lo hice y nada"), ("ya lo hice, gracias", "ya lo he visto")
    assert [instead.tried(said(text)) for text in (*vain, *done)] == [True] * 3 + [False] * 2


@pytest.mark.parametrize("message", [said("bueno", "cancelar", "dialogue"), said("bueno", "charla/despedida", "smalltalk")])
def test_a_word_that_says_nothing_gives_up_nothing(message: Said) -> None:
    assert turn(Request(("email",), {}, "email"), message) == Turn(REFUSE)
    assert turn(Request(("email",), {}, "email"), replace(message, text="hasta luego")) == Turn(CANCEL)


@pytest.mark.parametrize("text", ["¿cómo va?", "y cómo va lo mío", "¿cómo va mi solicitud?", "¿qué pasa con lo mío?"])
def test_how_it_goes_is_about_the_request(text: str) -> None:
    assert instead.asks_status(said(text))
    assert not instead.asks_status(said("¿cómo va el proceso de registro?"))


@pytest.mark.parametrize(
    ("text", "recalled"),
    [
        ("quiero anular la solicitud", True),
        ("anula la que acabo de mandar", True),
        ("me equivoqué, no la envíes", True),
        ("quiero cancelar mi cuenta", False),
        ("no me envían el correo", False),
        ("¿cómo cancelo la solicitud?", False),
    ],
)
def test_that_a_request_is_to_be_taken_back_is_known(text: str, recalled: bool) -> None:
    assert instead.recalls(said(text)) is recalled


@pytest.mark.parametrize(
    ("text", "attached"),
    [
        ("le adjunto una captura", True),
        ("Adjunto captura de pantalla del error.", True),
        ("aquí va la foto, gracias", True),
        ("¿puedo mandar un pdf?", True),
        ("captura adjunta", True),
        ("no puedo subir la foto", False),
        ("no me deja adjuntar archivos", False),
        ("adjunto una captura, no puedo entrar con mi contraseña", False),
        ("¿dónde envío la foto de la placa?", False),
    ],
)
def test_that_a_file_goes_with_it_is_known_where_nothing_else_is_said(text: str, attached: bool) -> None:
    assert instead.attaches(said(text)) is attached


@pytest.mark.parametrize(("text", "fails"), [("NO LLEGA", True), ("aún no me llega", True), ("no puedo registrarme", False)])
def test_words_that_only_say_that_it_fails_are_about_the_answer(text: str, fails: bool) -> None:
    assert denied(Standing(SERVED, (Offer(faq_id="1.6"),)), said(text, "faq", "answer")) == fails


CHANGE = Request(("cuenta", "correo_nuevo"), {}, "cuenta")
A, B = "pepe.perez@example.com", "pepe.nuevo@example.com"


@pytest.mark.parametrize(
    ("text", "values"),
    [
        (f"el correo con el que me registré ya no existe, quiero cambiarlo a {B}", {"correo_nuevo": B}),
        (f"quiero cambiar {A} por {B}", {"cuenta": A, "correo_nuevo": B}),
        (f"mi correo actual es {A}, hay que pasarlo a {B}", {"cuenta": A, "correo_nuevo": B}),
        (f"la nueva dirección es {B}", {"correo_nuevo": B}),
        (f"el nuevo es {B} y el viejo {A}", {"cuenta": A, "correo_nuevo": B}),
        (f"(user: mgonzalez). El nuevo es {B}", {"cuenta": "mgonzalez", "correo_nuevo": B}),
    ],
)
def test_the_new_address_is_known_by_the_words_before_it(text: str, values: dict[str, str]) -> None:
    message = said(text, email=" ".join(sorted([a for a in (A, B) if a in text], key=text.find)))
    assert told(ASKS, message) == values
    assert turn(CHANGE, message) == Turn(values=values)


def test_an_address_that_is_only_called_registered_is_the_old_one() -> None:
    assert turn(CHANGE, said(f"me registré con {A}", email=A)) == Turn(values={"cuenta": A})
    lost = f"quiero cambiar el correo porque ya no tengo acceso a {A}"
    assert turn(CHANGE, said(lost, email=A)) == Turn(values={"cuenta": A})
    assert turn(asked("correo_nuevo", cuenta="ana"), said(f"la vieja era {A}", email=A)) == Turn(values={"cuenta": A})


@pytest.mark.parametrize("asked_", ["confirmado", AMEND])
def test_an_old_and_a_new_address_that_are_the_wrong_way_round_change_places(asked_: str) -> None:
    request = Request(ASKS, {"cuenta": B, "correo_nuevo": A}, asked_, (A, B))
    right = Turn(values={"cuenta": A, "correo_nuevo": B})
    assert turn(request, no("al revés")) == turn(request, said("no, los puse al revés")) == right
    assert turn(request, no(f"no, está al revés, la vieja es {A} y la nueva {B}", email=f"{A} {B}")) == right
    assert turn(request, said(f"la vieja es {A}", email=A)) == turn(request, said(f"la nueva es {B}", email=B)) == right
    only_old = Request(ASKS, {"cuenta": B}, "correo_nuevo", (B,))
    assert turn(only_old, said("al revés")) == Turn(values={"cuenta": None, "correo_nuevo": B})
    with_a_name = Request((*ASKS, "detalle"), {"cuenta": "ana", "correo_nuevo": A, "detalle": "no va"}, "confirmado")
    assert turn(with_a_name, said("al revés")) == Turn(ask=AMEND)


@pytest.mark.parametrize("text", ["la nueva", "nueva", "la dirección nueva", "el nuevo"])
def test_a_word_that_names_a_field_is_no_account(text: str) -> None:
    request = Request(ASKS, {"cuenta": A, "correo_nuevo": B}, AMEND, (B, A))
    assert turn(request, said(text)) == Turn(values={"correo_nuevo": None}, ask="correo_nuevo")
    assert turn(request, said("el usuario")) == Turn(values={"cuenta": None}, ask="cuenta")


@pytest.mark.parametrize("text", ["mgonzalez ya lo dije", "mgonzalez, ya se lo dije antes", "ya lo dije: mgonzalez"])
def test_a_value_beside_the_word_that_it_was_told_is_taken(text: str) -> None:
    assert turn(CHANGE, said(text, "cancelar", "dialogue")) == Turn(values={"cuenta": "mgonzalez"})
    assert turn(CHANGE, said("no quiero seguir, ya lo dije", "cancelar", "dialogue")) == Turn(CANCEL)
    assert turn(TEXT, said(text)) == Turn(values={"detalle": text})


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("pepe arroba gmail punto com", "pepe@gmail.com"),
        ("Es pepe punto perez arroba gmail punto com. Gracias", "pepe.perez@gmail.com"),
        ("pepe(arroba)gmail.com", "pepe@gmail.com"),
        ("no sé dónde está la arroba punto", None),
    ],
)
def test_an_address_is_read_as_it_is_spoken(text: str, address: str | None) -> None:
    assert read("email", said(text)) == address


@pytest.mark.parametrize("field", ["error", "nombre", "cuenta"])
def test_an_address_that_was_mistyped_is_corrected_in_the_middle(field: str) -> None:
    request = Request(("email", field), {"email": "pepe@gmail.con"}, field)
    message = said("uy puse .con, es pepe@gmail.com", email="pepe@gmail.com")
    assert turn(request, message) == Turn(values={"email": "pepe@gmail.com"})


def test_another_address_that_is_asked_corrects_none() -> None:
    request = asked("correo_nuevo", cuenta=A)
    assert turn(request, said(f"perdón, es {B}", email=B)) == Turn(values={"correo_nuevo": B})
    text = Request(("email", "error"), {"email": A}, "error")
    assert turn(text, said(f"no existe {B}", email=B)) == Turn(values={"error": f"no existe {B}"})


@pytest.mark.parametrize(
    "text",
    ["creo que luis@example.com", "que me manden otra vez el correo ese a luis@example.com", "luis arroba example punto com"],
)
@pytest.mark.parametrize("outcome", ["answer", "out_of_scope", "clarify"])
def test_an_offer_to_send_something_is_agreed_to_by_where_to(text: str, outcome: str) -> None:
    resend = Standing(OFFER, (steps("1.7", ENTRY)[0],))
    message = said(text, "faq", outcome, email="luis@example.com" if "@" in text else "")
    assert agreed(resend, message) == resend.offers[0]
    assert told(resend.offers[0].asks, message) == {"email": "luis@example.com"}
    other = said("quiero cambiar mi clave y mi correo es luis@example.com", "faq", "answer", email="luis@example.com")
    assert agreed(resend, other) is None


@pytest.mark.parametrize("text", ["es carmen@example.com", "no, carmen@example.com", "será con carmen@example.com"])
def test_a_request_that_was_not_found_is_sought_again_with_the_next_address(text: str) -> None:
    unknown = Standing(OFFER, (Offer(),), sought="V-2026-000007")
    look = sought(Standing.of(json.loads(json.dumps(unknown.keep()))), said(text, email="carmen@example.com"))
    assert look and (look.accion, look.dicho) == ("check_request", {"numero": "V-2026-000007"})
    assert sought(Standing(OFFER, (Offer(),)), said(text, email="carmen@example.com")) is None
    assert sought(unknown, yes("sí, a carmen@example.com", email="carmen@example.com")) is None


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("si abra solicitud", "no va"),
        ("sí, abra la solicitud por favor", "no va"),
        ("quiero que abran un ticket", "no va"),
        ("bueno", "no va"),
        ("pues bueno", "no va"),
        ("ábrala entonces", "no va"),
        ("abra la solicitud entonces que es urgente", "no va\nes urgente"),
    ],
)
@pytest.mark.parametrize(("intent", "outcome"), [("faq", "answer"), ("charla", "smalltalk"), ("cancelar", "dialogue")])
def test_an_offered_ticket_is_agreed_to_in_words_of_its_own(text: str, told: str, intent: str, outcome: str) -> None:
    standing = Standing(OFFER, (Offer(dicho={"detalle": "no va"}),))
    found = consented(standing, said(text, intent, outcome))
    assert found and found.dicho == {"detalle": told}
    assert consented(Standing(SERVED, standing.offers), said(text, intent, outcome)) is None


@pytest.mark.parametrize(
    "text",
    ["no abra la solicitud", "bueno, no", "¿puede abrir la solicitud?", "abra la solicitud anterior", "la solicitud no abre"],
)
def test_what_speaks_of_a_ticket_does_not_agree_to_it(text: str) -> None:
    assert consented(Standing(OFFER, (Offer(),)), said(text)) is None


def test_a_word_for_yes_takes_the_request_in_question_and_one_that_opens_no_other_offer() -> None:
    assert turn(asked(SWITCH), said("bueno", "charla", "smalltalk")) == Turn(BEGIN)
    assert turn(asked(SWITCH), said("sí, abra la solicitud", "aclarar", "clarify")) == Turn(BEGIN)
    assert consented(Standing(OFFER, (Offer("reset_password", "2.1", pide="email"),)), said("abra la solicitud")) is None


WITH_SERIAL = replace(TICKET, asks=("numero_serie", "contacto", "urgente"), besides=("detalle",))


@pytest.mark.parametrize("field", ["confirmado", "urgente"])
def test_what_is_to_be_told_besides_a_yes_is_added_with_the_values_in_it(field: str) -> None:
    message = said("si, y pongan que es un CPC 100 con serie HT234B", "faq", "answer", numero_serie="HT234B")
    added = {"detalle": "no va\nes un CPC 100 con serie HT234B"}
    filled = {**TICKET.values, "urgente": "no"} if field == "confirmado" else TICKET.values
    request = replace(WITH_SERIAL, asked=field, values=filled if field == "urgente" else {**filled, "numero_serie": "AB123Z"})
    assert turn(request, message) == Turn(values={**added, "numero_serie": "HT234B"}, says=ADDED)
    assert turn(replace(request, asks=("contacto", "urgente")), message) == Turn(values=added, says=ADDED)


@pytest.mark.parametrize("asks", [("contacto",), ("contacto", "urgente")])
def test_an_address_that_was_once_typed_somewhere_corrects_nothing(asks: tuple[str, ...]) -> None:
    request, text = replace(TICKET, asks=asks, asked=""), "es posible que lo tenga mal escrito, puse lola@exmaple.com"
    message = said(text, "aclarar", "clarify", email="lola@exmaple.com")
    assert turn(request, message) == Turn(values={"detalle": f"no va\n{text}"}, says=ADDED)
    corrected = turn(TICKET, replace(message, text="no, me equivoqué, puse lola@exmaple.com"))
    assert corrected == Turn(values={"contacto": "lola@exmaple.com"})


def test_a_statement_where_a_yes_or_no_is_asked_belongs_to_the_text() -> None:
    request, text = replace(TICKET, asks=("contacto", "urgente"), asked="urgente"), "la empresa cambió de dominio hace poco"
    assert turn(request, said(text)) == Turn(values={"detalle": f"no va\n{text}"}, says=ADDED)
    assert turn(request, said("la verdad no sé")) == turn(request, said("yo diría que no")) == Turn(REFUSE)
    assert turn(request, said(text, "faq", "answer")) == Turn(ASIDE)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("pues díganles que ya no es urgente", "ya no es urgente"),
        ("no, es la misma solicitud, añada que ya no es urgente", "ya no es urgente"),
        ("si, añada que es urgente", "es urgente"),
        ("si, envíela, y digan que es un CPC 100", "es un CPC 100"),
        ("se me olvidó, mi antiguo usuario podría ser cruiz", "mi antiguo usuario podría ser cruiz"),
        ("se me olvidó decirle que uso Firefox", "uso Firefox"),
        ("se me olvidó la contraseña", None),
        ("quiero añadir un equipo a mi cuenta", None),
        ("no digan que es urgente", None),
        ("díganme que hago", None),
    ],
)
def test_what_persons_are_to_be_told_is_told_from_needs(text: str, told: str | None) -> None:
    assert instead.tells(said(text)) == told


def test_what_is_said_where_something_is_to_be_added_is_its_text() -> None:
    solved = said("que ya lo resolví, cierren la solicitud", "cancelar", "dialogue")
    number = said("mi número de serie es KL456M", "faq", "answer", numero_serie="KL456M")
    assert [instead.adds_on(message) for message in (solved, number)] == [True, True]
    needs = (said("olvidé mi contraseña", "faq", "answer"), said("¿cuánto cuesta la licencia?"), no("no, ya está bien así"))
    assert not any(instead.adds_on(message) for message in needs)
    addition = Request(("numero", "contacto", "detalle"), {"numero": "V-2026-000001", "contacto": "a@example.com"}, "detalle")
    assert turn(addition, said("sí quiero añadir")) == Turn()
    assert turn(addition, solved) == Turn(values={"detalle": solved.text})
    assert turn(addition, number) == Turn(values={"detalle": number.text})
    assert turn(addition, said("cancelar", "cancelar", "dialogue")) == Turn(CANCEL)


def test_what_was_told_before_is_no_addition_to_a_request() -> None:
    told = Standing(OFFER, (Offer(ADD_TO_REQUEST, pide="numero contacto detalle"), Offer())).told("sí quiero añadir")
    assert [offer.dicho for offer in told.offers] == [{}, {"detalle": "sí quiero añadir"}]


def test_a_word_or_a_number_tells_nothing_by_itself() -> None:
    assert [said(text).scrap for text in ("123456", "12 34", "raul77", "no puedo entrar")] == [True, True, True, False]


def test_a_serial_number_of_another_form_is_a_try_though_it_sounds_like_the_question_for_it() -> None:
    request = Request(("numero_serie",), {}, "numero_serie")
    assert turn(request, said("la placa dice AB12CD", "faq", "answer")) == Turn(REFUSE)
    assert turn(request, said("¿AB12CD vale como número de serie?", "faq", "answer")) == Turn(ASIDE)
