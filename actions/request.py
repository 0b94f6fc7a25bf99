"""A request as it stands, and what a message does to it. Pure, without rasa."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from actions.fields import CONFIRMED, FIELDS, missing

SWITCH = "cambio"
AMEND = "corregir"
ADD = "anadir"

CANCEL = "cancel"
LEAVE = "leave"
BEGIN = "begin"
ASIDE = "aside"
TELL = "tell"
REFUSE = "refuse"
TAKE = "take"
LACK = "lack"

Values = Mapping[str, str | None]


@dataclass(frozen=True)
class Request:
    """A request as it stands: the fields it asks in order, their values, the question that was put, the addresses seen.

    `confirms` is whether it is summed up and waits for a yes; `besides` are fields that it takes and does not ask; `made` is the
    number of the request that was sent last.
    """

    asks: tuple[str, ...]
    values: Values
    asked: str
    seen: tuple[str, ...] = ()
    confirms: bool = True
    besides: tuple[str, ...] = ()
    made: str = ""

    @property
    def field(self) -> str:
        """The field that is still to be told, the one in question first; the confirmation if none."""
        if self.asked in FIELDS and not self.values.get(self.asked):
            return self.asked
        return missing(self.asks, self.values) or CONFIRMED

    @property
    def takes(self) -> list[str]:
        """The fields that it takes."""
        return list(dict.fromkeys((*self.asks, *self.besides)))

    @property
    def filled(self) -> list[str]:
        """The fields that have a value."""
        return [name for name in self.takes if self.values.get(name)]

    @property
    def before(self) -> str | None:
        """The field that was asked before the present one, None at the first."""
        place = self.asks.index(self.field) if self.field in self.asks else len(self.asks)
        return next((name for name in reversed(self.asks[:place]) if self.values.get(name)), None)


@dataclass(frozen=True)
class Turn:
    """What to do: a step, values to set (None empties a field), the question to put next, `field` as it comes if empty.

    `says` is the response that tells why a value is refused or what was taken, or answers a question about the request.
    """

    step: str = TAKE
    values: Values = field(default_factory=dict)
    ask: str = ""
    says: str = ""
