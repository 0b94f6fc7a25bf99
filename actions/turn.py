"""What a message does to the request under way: pure, without rasa."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from actions import commands
from actions.fields import ADDRESSES, CONFIRMED, YES, last, missing, read, told
from actions.said import Said

SWITCH = "cambio"
AMEND = "corregir"

CANCEL = "cancel"
BEGIN = "begin"
ASIDE = "aside"
REFUSE = "refuse"
TAKE = "take"

ANSWERED = ("charla/bot", "charla/insulto")  # the small talk that gets its reply in the middle of a request

Values = Mapping[str, str | None]


@dataclass(frozen=True)
class Request:
    """A request as it stands: the fields it asks in order, their values, the question that was put, the addresses seen.

    `confirms` is whether it is summed up and waits for a yes.
    """

    asks: tuple[str, ...]
    values: Values
    asked: str
    seen: tuple[str, ...] = ()
    confirms: bool = True

    @property
    def field(self) -> str:
        """The field that is still to be told, the confirmation if none."""
        return missing(self.asks, self.values) or CONFIRMED

    @property
    def filled(self) -> list[str]:
        """The fields that have a value."""
        return [name for name in self.asks if self.values.get(name)]


@dataclass(frozen=True)
class Turn:
    """What to do: a step, values to set (None empties a field), the question to put next, `field` as it comes if empty."""

    step: str = TAKE
    values: Values = field(default_factory=dict)
    ask: str = ""


def turn(request: Request, said: Said, attached: str = "") -> Turn:
    """What the message does to the request; `attached` is what stands for an error whose picture was attached."""
    if said.intent == "adjunto":
        return Turn(values={"error": attached} if request.field == "error" else {})
    cancels = said.intent == "cancelar" and not said.addresses  # "no, mejor a luis@…" corrects
    if cancels or said.intent == "servido" or _leaves(said):
        return Turn(CANCEL)
    if said.intent == "iniciar":
        return Turn(BEGIN)
    if said.intent == "elegir":
        return Turn(ASIDE)
    if said.intent == "corregir":
        return _amend(said.value("campo"))
    if request.asked == SWITCH and said.intent in ("afirmar", "negar"):
        return Turn(BEGIN) if said.intent == "afirmar" else Turn()
    return _steered(request, said) or _told(request, said) or _besides(request, said)


def _leaves(said: Said) -> bool:
    return said.outcome == "smalltalk" and said.needs[0]["label"] == "charla/despedida"


def _steered(request: Request, said: Said) -> Turn | None:
    """The message as a command about the values told so far."""
    if commands.goes_back(said):
        return _amend(request.filled[-1]) if request.filled else Turn()
    if said.addresses:
        return None
    if commands.the_other(said):
        return _the_other(request)
    if field := commands.another(said, list(request.asks)):
        return _amend(field)
    if request.asked == AMEND and (field := commands.named(said, request.filled)):
        return _amend(field)
    if request.field != "detalle" and commands.wrong(said):
        return _amend(request.filled[0]) if len(request.filled) == 1 else Turn(ask=AMEND)
    return None


def _the_other(request: Request) -> Turn:
    """With one other address seen it takes the place of the last; else the customer is asked."""
    place = last(request.asks, (*ADDRESSES, "cuenta"), request.values)
    if place is None:
        return Turn()
    others = [address for address in request.seen if address not in request.values.values()]
    return Turn(values={place: others[0]}) if len(others) == 1 else _amend(place)


def _told(request: Request, said: Said) -> Turn | None:
    """The message as an answer to what was asked."""
    field = request.field
    if field == CONFIRMED:
        return _confirmed(request, said)
    if said.intent in ("negar", "afirmar") and not said.addresses:
        return None
    value = read(field, said)
    if value is None:
        found = told([name for name in request.asks if name not in request.filled], said)
        return Turn(values=found) if found else None
    rest = [name for name in request.asks if name != field and name not in request.filled]
    besides = {name: other for name, other in told(rest, said).items() if other != value}
    return Turn(values={**besides, field: value})


def _confirmed(request: Request, said: Said) -> Turn | None:
    """A yes confirms what was summed up; a value corrects it, with or without a yes."""
    new = [address for address in said.addresses if address not in request.values.values()]
    place = last(request.asks, (*ADDRESSES, "cuenta"), request.values)
    if new and place:
        return Turn(values={commands.named(said, request.filled) or place: new[-1]})
    if request.asked == AMEND:
        return Turn(CANCEL) if said.intent == "negar" else None
    if said.intent == "afirmar" or (said.addresses and said.begins("si|vale|ok|claro|correcto")):
        return Turn(values={CONFIRMED: YES})
    return Turn(ask=AMEND) if said.intent == "negar" else None


def _besides(request: Request, said: Said) -> Turn:
    """The message as something else: the call for a person, a question, or nothing that helps."""
    if said.question or said.outcome == "smalltalk" and said.needs[0]["label"] in ANSWERED:
        return Turn(ASIDE)
    return Turn(REFUSE)


def _amend(field: str) -> Turn:
    return Turn(values={field: None}, ask=field)
