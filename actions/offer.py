"""What the assistant offers to do: kept in the slot `oferta` until the customer says yes or no."""

from dataclasses import asdict, dataclass
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.events import EventType, FollowupAction, SlotSet

FORM = "solicitud_form"
OPEN_TICKET = "open_ticket"
FIELDS = ("email", "contacto", "cuenta", "correo_nuevo", "detalle")
ADDRESSES = ("email", "contacto", "correo_nuevo")
_TICKET_ASKS = "contacto detalle"


@dataclass(frozen=True)
class Offer:
    """An action for an entry or a theme, the fields it asks (`pide`, blank between them), and what was told already."""

    accion: str = OPEN_TICKET
    faq_id: str = ""
    tema: str = ""
    pide: str = ""
    detalle: str = ""
    email: str = ""
    servido: bool = False

    @classmethod
    def from_slot(cls, tracker: Tracker) -> "Offer | None":
        """The offer that stands, if any."""
        kept = tracker.get_slot("oferta")
        return cls(**kept) if kept else None

    @classmethod
    def from_button(cls, tracker: Tracker) -> "Offer":
        """The offer that a button's payload names, with what was told when it was made."""
        named = {entity["entity"]: entity["value"] for entity in tracker.latest_message.get("entities") or ()}
        kept = cls.from_slot(tracker) or cls()
        known = {name: named[name] for name in ("accion", "faq_id", "tema", "pide") if named.get(name)}
        return cls(**known, detalle=kept.detalle, email=kept.email)

    @property
    def asks(self) -> list[str]:
        """The fields to ask, in order."""
        return (self.pide or (_TICKET_ASKS if self.accion == OPEN_TICKET else "email")).split()

    def keep(self) -> EventType:
        """The event that keeps it as the offer that stands."""
        return SlotSet("oferta", asdict(self))

    def start(self) -> list[EventType]:
        """The events that begin the request, with the fields that are known filled in."""
        known: dict[str, Any] = dict.fromkeys((*FIELDS, "confirmado", "clave"))
        address = next((name for name in self.asks if name in ADDRESSES), None)
        if address and self.email:
            known[address] = self.email
        if self.detalle:
            known["detalle"] = self.detalle
        request = {"accion": self.accion, "faq_id": self.faq_id, "tema": self.tema, "pide": " ".join(self.asks)}
        slots = {**known, **request, "oferta": None, "requested_slot": None}
        return [*(SlotSet(name, value) for name, value in slots.items()), FollowupAction(FORM)]


def entity(tracker: Tracker, name: str) -> str:
    """The first value of this entity in the customer's last message, empty if there is none."""
    return next((str(e["value"]) for e in tracker.latest_message.get("entities") or () if e["entity"] == name), "")


def in_form(tracker: Tracker) -> bool:
    """Whether a request is being filled in."""
    return bool((tracker.active_loop or {}).get("name") == FORM)
