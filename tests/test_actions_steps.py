"""What works at every step of every request that an entry leads to: pure, over the entries of data/."""

from dataclasses import asdict

import pytest

import settings
from actions.fields import ADDRESSES, CONFIRMED, TEXTS
from actions.memory import BESIDES
from actions.offer import OPEN_TICKET, Offer, steps
from actions.request import ADD, AMEND, ASIDE, CANCEL, LEAVE, SWITCH, Request, Turn
from actions.said import Said
from actions.turn import turn
from bot import faq

HERE, OTHER = "ana@example.com", "luis@example.com"
VALUES = {
    "numero_serie": "AB123Z", "campo": "el país", "error": "ha caducado", "detalle": "no puedo entrar", "nombre": "Ana Ruiz",
    "empresa": "Acme", "urgente": "no", "cuenta": "jperez",
}  # fmt: skip
PLACES = (*ADDRESSES, "cuenta")


def request(offer: Offer, asked: str) -> Request:
    """The request at this question: what is asked before it is told."""
    before = offer.asks[: offer.asks.index(asked)] if asked in offer.asks else offer.asks
    values = {name: VALUES.get(name, HERE) for name in before}
    seen = (OTHER, HERE) if HERE in values.values() else (OTHER,)
    return Request(offer.asks, values, asked, seen, besides=BESIDES if offer.accion == OPEN_TICKET else ())


ENTRIES = {id_: asdict(entry) for id_, entry in faq.load(settings.from_env().faq_dir).entries.items()}
STEPS = {
    f"{id_} {offer.paso} {asked}": request(offer, asked)
    for id_, entry in ENTRIES.items()
    for offer in steps(id_, entry)
    for asked in (*offer.asks, CONFIRMED, AMEND, SWITCH, ADD)
}
every_step = pytest.mark.parametrize("at", STEPS.values(), ids=STEPS)


def said(text: str, outcome: str, intent: str) -> Said:
    return Said(text, intent, ({"outcome": outcome, "label": intent, "topic": None, "ranking": [{"id": "2.7"}]},))


@every_step
def test_cancelar(at: Request) -> None:
    assert turn(at, said("cancelar", "dialogue", "cancelar")) == Turn(CANCEL)


@every_step
def test_going_back(at: Request) -> None:
    expected = Turn(values={at.before: None}, ask=at.before) if at.before else Turn(LEAVE)
    assert turn(at, said("atrás", "out_of_scope", "fuera")) == (Turn() if at.asked in (SWITCH, AMEND, ADD) else expected)


@every_step
def test_another_address(at: Request) -> None:
    told = [name for name in (at.filled if at.field in TEXTS else at.takes) if name in PLACES]
    found = turn(at, said("mejor otra dirección", "out_of_scope", "fuera"))
    assert found == Turn(values={told[-1]: None}, ask=told[-1]) if told else found.values == {at.field: "mejor otra dirección"}


@every_step
def test_the_other_address(at: Request) -> None:
    told = [name for name in at.filled if name in PLACES and at.asked != SWITCH]  # there it is a no to the other request
    assert turn(at, said("no, la otra", "dialogue", "negar")) == Turn(values={told[-1]: OTHER} if told else {})


@every_step
def test_a_person(at: Request) -> None:
    assert turn(at, said("quiero hablar con una persona", "person", "ticket")) == Turn(ASIDE)


@every_step
def test_a_question_in_the_middle(at: Request) -> None:
    assert turn(at, said("¿cómo puedo permanecer conectado?", "answer", "faq")) == Turn(ASIDE)
