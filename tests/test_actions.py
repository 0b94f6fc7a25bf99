"""What a message fills in while a request asks: pure."""

import pytest

from actions.fields import Said, take

ASKS = ["cuenta", "correo_nuevo"]


def said(text: str, *, intent: str = "fuera", outcome: str = "out_of_scope", topic: str | None = None, email: str = "") -> Said:
    return Said(text, intent, outcome, topic, email, "")


def test_an_address_is_taken_out_of_a_sentence() -> None:
    assert take("correo_nuevo", ASKS, said("es ana@example.com", email="ana@example.com")) == {"correo_nuevo": "ana@example.com"}


def test_an_address_is_taken_even_when_the_sentence_looks_like_a_question() -> None:
    question = said("¿y si no me llega a ana@example.com?", intent="faq", outcome="answer", email="ana@example.com")
    assert take("correo_nuevo", ASKS, question) == {"correo_nuevo": "ana@example.com"}


def test_a_question_without_a_value_interrupts() -> None:
    assert take("correo_nuevo", ASKS, said("¿cuánto dura la sesión?", intent="faq", outcome="answer")) is None


def test_a_question_on_a_known_theme_interrupts() -> None:
    assert take("correo_nuevo", ASKS, said("¿cuánto cuesta la licencia del programa?", topic="los precios")) is None


@pytest.mark.parametrize("text", ["ana@", "no sé", "ana arroba example", "ana@localhost"])
def test_what_is_no_address_asks_again(text: str) -> None:
    assert take("correo_nuevo", ASKS, said(text)) == {"correo_nuevo": None}


def test_a_word_alone_is_a_user_name_and_a_greeting_is_none() -> None:
    assert take("cuenta", ASKS, said("jperez")) == {"cuenta": "jperez"}
    assert take("cuenta", ASKS, said("hola", intent="charla", outcome="smalltalk")) == {"cuenta": None}


def test_any_words_are_a_description_but_cancelar_is_not() -> None:
    assert take("detalle", ["detalle"], said("no me llega el correo", intent="faq", outcome="answer")) == {
        "detalle": "no me llega el correo"
    }
    assert take("detalle", ["detalle"], said("cancelar", intent="cancelar", outcome="dialogue")) is None


def test_another_address_at_the_summary_corrects_the_last_one() -> None:
    assert take("confirmado", ASKS, said("mejor luis@example.com", email="luis@example.com")) == {
        "correo_nuevo": "luis@example.com"
    }


def test_only_a_yes_confirms() -> None:
    assert take("confirmado", ASKS, said("sí", intent="afirmar", outcome="dialogue")) == {"confirmado": "sí"}
    assert take("confirmado", ASKS, said("no", intent="negar", outcome="dialogue")) is None
    assert take("confirmado", ASKS, said("mmm")) == {"confirmado": None}
