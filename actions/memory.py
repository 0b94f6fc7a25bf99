"""What the tracker remembers of a conversation, as the dialogue uses it, and the events that change it."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from itertools import takewhile
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.events import EventType, FollowupAction, SlotSet

from actions.fields import CONFIRMED, FIELDS, YES, missing, told
from actions.instead import recounts
from actions.offer import ADD_TO_REQUEST, MORE, OFFER, OPEN_TICKET, UNCONFIRMED, Entry, Offer, Standing, steps
from actions.request import Request
from actions.said import Said

FORM = "solicitud_form"
BESIDES = ("nombre", "empresa", "detalle")  # what a ticket takes where it is told, asked or not
_REQUEST = ("accion", "faq_id", "tema", "pide", "paso", "clave", "intentos", "cambio", CONFIRMED, *FIELDS)


@dataclass(frozen=True)
class Memory:
    """One conversation at one message."""

    tracker: Tracker

    @cached_property
    def said(self) -> Said:
        """The customer's last message."""
        return Said.of(self.tracker.latest_message)

    @property
    def in_form(self) -> bool:
        """Whether a request is being filled in."""
        return bool((self.tracker.active_loop or {}).get("name") == FORM)

    @property
    def standing(self) -> Standing | None:
        """The question that waits for an answer, outside of a request."""
        return Standing.of(self.slot("oferta"))

    @property
    def before(self) -> Standing | None:
        """The question before the one that stands, None if there is none; a request in between begins anew."""
        asked: list[dict[str, Any]] = []
        for event in self.tracker.events:
            if event["event"] != "slot" or event["name"] != "oferta":
                continue
            put = {**event["value"], "times": 1} if event["value"] else {}
            if put in asked:
                del asked[asked.index(put) + 1 :]
            elif not put or put["kind"] != MORE:
                asked = [*asked, put] if put else []
        return Standing.of(asked[-2]) if len(asked) > 1 and self.standing else None

    @cached_property
    def entries(self) -> dict[str, Entry]:
        """The FAQ entries that came up so far, by id."""
        return {**(self.slot("entradas") or {}), **(self.tracker.latest_message.get("entries") or {})}

    @property
    def done(self) -> list[str]:
        """The marks of the offers that were carried out."""
        return list(self.slot("hechas") or ())

    @property
    def later(self) -> tuple[Offer, ...]:
        """What was asked besides and waits until the request in hand is done."""
        return tuple(Offer(**kept) for kept in self.slot("pendientes") or ())

    @cached_property
    def seen(self) -> tuple[str, ...]:
        """The addresses that the customer wrote so far, the latest first; what was only recounted comes last."""
        events = [event["parse_data"] for event in self.tracker.events if event["event"] == "user"]
        said = sorted((Said.of(event) for event in reversed(events) if event.get("intent")), key=recounts)
        return tuple(dict.fromkeys(address for one in said for address in reversed(one.addresses)))

    @property
    def astray(self) -> int:
        """How many messages in a row, the last one included, nothing approved answers."""
        events = [event["parse_data"] for event in self.tracker.events if event["event"] == "user"]
        outcomes = [Said.of(event).outcome for event in reversed(events) if event.get("intent")]
        return len([*takewhile(lambda outcome: outcome == "out_of_scope", outcomes)])

    @property
    def request(self) -> Request:
        """The request under way."""
        values = {name: self.slot(name) for name in (*FIELDS, CONFIRMED)}
        asks = tuple((self.slot("pide") or "").split())
        confirms = self.slot("accion") not in UNCONFIRMED
        besides = BESIDES if self.slot("accion") == OPEN_TICKET else ()
        return Request(asks, values, self.slot("requested_slot") or "", self.seen, confirms, besides, self.slot("hecho") or "")

    @property
    def told(self) -> dict[str, str]:
        """The values of the request under way."""
        return {name: value for name in FIELDS if (value := self.slot(name))}

    @property
    def offer(self) -> Offer:
        """The offer that became the request under way."""
        faq_id, tema, pide = (str(self.slot(name) or "") for name in ("faq_id", "tema", "pide"))
        return Offer(self.slot("accion") or OPEN_TICKET, faq_id, tema, pide, int(self.slot("paso") or 0))

    def slot(self, name: str) -> Any:
        """The value of a slot."""
        return self.tracker.get_slot(name)

    def pressed(self) -> Offer:
        """The offer that a button's payload names, with what was told when it was made."""
        accion, faq_id, tema, pide = (self.said.value(name) for name in ("accion", "faq_id", "tema", "pide"))
        offer = Offer(accion, faq_id, tema, pide, int(self.said.value("paso") or 0))
        matter = self.slot("contado") if accion != ADD_TO_REQUEST else None
        words = {"detalle": matter} if matter else {}
        known = steps(faq_id, self.entries[faq_id]) if faq_id in self.entries else []
        made = (*(self.standing.offers if self.standing else ()), *(step.told(words) for step in known))
        return next((o for o in made if o.mark == offer.mark and o.same(offer)), replace(offer, dicho=words))


def keep(standing: Standing | None) -> EventType:
    """The event that keeps the question that stands."""
    return SlotSet("oferta", standing.keep() if standing else None)


def known(offer: Offer, memory: Memory) -> dict[str, str]:
    """What of the offer's fields is known: told with it, in the last message, or an address written before."""
    values = {**offer.dicho, **told(offer.asks, memory.said)}
    # The account whose mailbox is lost is no address to be answered at.
    lost = {values.get("correo_nuevo"), memory.slot("cuenta") if "correo_nuevo" in memory.request.asks else None}
    latest = next((address for address in memory.seen if address not in lost), None)
    places = [name for name in ("email", "contacto", "cuenta") if name in offer.asks and not values.get(name)]
    found: dict[str, str] = {**values, **dict.fromkeys(places, latest)} if latest else values
    made: dict[str, str] = {"numero": memory.slot("hecho")} if "numero" in offer.asks and memory.slot("hecho") else {}
    return {**made, **found}


def request_slots(offer: Offer, memory: Memory) -> dict[str, Any]:
    """The slots of a request that begins with this offer."""
    given = {"accion": offer.accion, "faq_id": offer.faq_id, "tema": offer.tema, "pide": offer.pide, "paso": offer.paso}
    return {**dict.fromkeys(_REQUEST), **given, **known(offer, memory)}


def begin(offer: Offer, memory: Memory, besides: Iterable[Offer] = ()) -> list[EventType]:
    """The events that begin the request outside of the form; what was offered besides waits until it is done."""
    offers = memory.standing.offers if memory.standing and memory.standing.kind == OFFER else ()
    later = [asdict(other) for other in (*besides, *offers) if not other.same(offer)]
    slots = {**request_slots(offer, memory), "oferta": None, "pendientes": later, "requested_slot": None}
    complete = offer.accion in UNCONFIRMED and missing(offer.asks, slots) is None
    confirmed = {CONFIRMED: YES} if complete else {}
    next_action = FollowupAction("action_enviar" if complete else FORM)
    return [*(SlotSet(name, value) for name, value in {**slots, **confirmed}.items()), next_action]


def forget_request() -> list[EventType]:
    """The events that empty the request in hand."""
    return [SlotSet(name, None) for name in (*_REQUEST, "requested_slot")]
