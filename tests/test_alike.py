"""Messages that ask the same stand together, whatever their words."""

from bot.alike import groups
from bot.model import Model

TEXTS = (
    "no me llega el correo de confirmación",
    "¿alquilan equipos por meses?",
    "todavía no he recibido el mensaje para activar la cuenta",
    "quisiera arrendar un CMC unas semanas",
    "sigo esperando el email con el enlace de activación",
)


def test_those_of_one_need_stand_together_in_their_order(model: Model) -> None:
    assert groups(model, TEXTS) == [[0, 2, 4], [1, 3]]
    assert groups(model, ()) == []


def test_what_has_no_words_stands_alone(model: Model) -> None:
    assert groups(model, ["¿?", TEXTS[0]]) == [[0], [1]]
