"""The one form: reads each message to a request under way, asks, and sums up."""

from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

import settings
from actions import additions, serial
from actions.answer import needs_of, say, warn, with_matter
from actions.ask import put, text_of
from actions.fields import ADDRESSES, CONFIRMED, FIELDS, TEXTS, YES
from actions.memory import FORM, Memory, forget_request, keep, request_slots
from actions.offer import (
    ADD_TO_REQUEST,
    CHECK_REQUEST,
    CHOICE,
    MORE,
    OFFER,
    OPEN_TICKET,
    PAST_REQUESTS,
    UNCONFIRMED,
    Offer,
    Standing,
    join,
)
from actions.request import ADD, AMEND, ASIDE, BEGIN, CANCEL, LACK, LEAVE, SWITCH, TAKE, TELL, Request, Turn, Values
from actions.service import office_hours, reply_by
from actions.turn import turn

MOST_TRIES = 3
LATE = "caducado"  # the intent of a button whose question was answered already

Domain = dict[str, Any]


class ValidateSolicitudForm(Action):
    """Reads the message and says what comes next; no message leaves the form but by its end."""

    def name(self) -> str:
        """The name that Rasa calls when the form begins and after each message to it."""
        return f"validate_{FORM}"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Domain) -> list[EventType]:
        """The slots to set, `requested_slot` last: None ends the form."""
        memory = Memory(tracker)
        if not memory.in_form or not memory.request.asked:
            return _next(memory.request)
        warn(dispatcher, memory.said)
        if memory.said.intent == LATE:
            dispatcher.utter_message(response="utter_caducado")
            return _again(memory)
        taken = turn(memory.request, memory.said, text_of(domain, "utter_adjunto"))
        if taken.step == TAKE:
            if taken.says:
                dispatcher.utter_message(response=taken.says)
            return [*_set({**_whole(taken.values, memory), **_laid_by(memory), "intentos": None}), *_next(memory.request, taken)]
        if taken.step in (CANCEL, LEAVE):
            return _ended(dispatcher, taken, memory, domain)
        if taken.step == BEGIN:
            return _switch(memory)
        if taken.step == ASIDE:
            return _aside(dispatcher, memory, domain)
        if taken.step == TELL:
            dispatcher.utter_message(response=taken.says, **reply_by(), horario=office_hours(), numero=memory.request.made)
            return _again(memory)
        if taken.step == LACK:
            return _lacking(dispatcher, memory)
        return _refuse(dispatcher, taken, memory)


def _whole(values: Values, memory: Memory) -> Values:
    """The values, a ticket's text with what the customer told first where it tells nothing by itself."""
    text = values.get("detalle")
    return {**values, "detalle": with_matter(text, memory)} if text and memory.slot("accion") == OPEN_TICKET else values


def _ended(dispatcher: CollectingDispatcher, taken: Turn, memory: Memory, domain: Domain) -> list[EventType]:
    """The request is given up, and what was asked besides offered; who goes back from its first question is offered it again."""
    if taken.step == CANCEL:
        dispatcher.utter_message(response="utter_cancelado")
    offers = memory.later if taken.step == CANCEL else (memory.offer.told(memory.told), *memory.later)
    if not offers:  # a yes takes it up again
        again = Standing(MORE, (memory.offer.told(memory.told),))
        return [*forget_request(), SlotSet("pendientes", None), keep(again)]
    standing = Standing(OFFER, offers)
    put(dispatcher, standing, domain)
    return [*forget_request(), SlotSet("pendientes", None), keep(standing)]


def _again(memory: Memory) -> list[EventType]:
    """The events that put the same question; the form lets go of a message that sets no other slot."""
    return [SlotSet("intentos", memory.slot("intentos")), SlotSet("requested_slot", memory.request.asked)]


def _next(request: Request, taken: Turn | None = None) -> list[EventType]:
    """The events that name the question to put next, none once the request is confirmed or waits for no yes."""
    taken = taken or Turn()
    after = replace(request, values={**request.values, **taken.values})
    field = taken.ask or after.field
    if field == CONFIRMED and not request.confirms:
        return _set({CONFIRMED: YES, "requested_slot": None})
    return _set({"requested_slot": None if after.values.get(CONFIRMED) else field})


def _switch(memory: Memory) -> list[EventType]:
    """Another request takes the place of the one under way: a button's, or the one in question."""
    if memory.said.intent == "iniciar":
        return [SlotSet("entradas", memory.entries), *_begun(memory.pressed(), memory)]
    return _begun(Offer(**memory.slot("cambio")["oferta"]), memory)


def _begun(offer: Offer, memory: Memory) -> list[EventType]:
    slots = request_slots(offer, memory)
    values = {name: slots[name] for name in (*FIELDS, CONFIRMED)}
    return [*_set(slots), *_next(Request(offer.asks, values, "", confirms=offer.accion not in UNCONFIRMED))]


def _aside(dispatcher: CollectingDispatcher, memory: Memory, domain: Domain) -> list[EventType]:
    """Answer, then go on; another action that is asked for is put in question, one for later is kept."""
    needs = needs_of(memory)
    standings = say(dispatcher, needs, memory, domain)
    if any(need["outcome"] == "person" for need in needs):
        return _person(memory)
    if entries := join(standings).entries:
        put(dispatcher, Standing(CHOICE, (), entries), domain)
    offers = [o for standing in standings for o in standing.told(memory.said.text, memory.said).offers if standing.kind == OFFER]
    others = [offer for offer in offers if offer.accion != memory.slot("accion")]
    now = next((offer for offer in others if not offer.tema), None)
    kept = [*(memory.slot("pendientes") or ()), *(asdict(offer) for offer in others if offer is not now)]
    matter = additions.matter(memory.request, memory.said)
    slots = {"entradas": memory.entries, "pendientes": kept, **({"detalle": matter} if matter else {})}
    if now is None:
        return [*_set(slots), SlotSet("requested_slot", memory.request.asked)]
    cambio = {"pregunta": f"utter_cambio_{now.accion}", "oferta": asdict(now)}
    return [*_set({**slots, "cambio": cambio, "intentos": None}), SlotSet("requested_slot", SWITCH)]


def _person(memory: Memory) -> list[EventType]:
    """A ticket for a person takes the place of the request, unless it is one."""
    if memory.slot("accion") == OPEN_TICKET:
        return _again(memory)
    words = memory.slot("contado") if memory.said.person else memory.said.text
    return _begun(Standing(OFFER, (Offer(),)).told(words, memory.said).offers[0], memory)


def _refuse(dispatcher: CollectingDispatcher, taken: Turn, memory: Memory) -> list[EventType]:
    """Say what was expected; after three tries offer a person instead."""
    field, asked = memory.request.field, memory.request.asked
    if asked in (AMEND, ADD):
        return _again(memory)
    tries = int(memory.slot("intentos") or 0) + 1
    if asked == SWITCH:
        return _undecided(dispatcher, tries, memory)
    plain = field not in (*TEXTS, CONFIRMED, "urgente")
    if tries > 1 and plain and memory.said.intent == "negar":
        return _lacking(dispatcher, memory)
    odd = tries > 1 and field == "numero_serie" and serial.malformed(memory.said)  # the plate may say so all the same
    if tries < MOST_TRIES and not odd:
        again = "utter_no_es_otra_vez" if tries > 1 and plain else f"utter_no_es_{field}"
        dispatcher.utter_message(response=taken.says or again)
        return [*_set({"intentos": tries}), SlotSet("requested_slot", field)]
    return _give_up(dispatcher, field, memory)


def _undecided(dispatcher: CollectingDispatcher, tries: int, memory: Memory) -> list[EventType]:
    """Ask for one of the two requests; who never says which goes on with the one under way."""
    if tries >= MOST_TRIES:
        return [*_set({**_laid_by(memory), "intentos": None}), *_next(memory.request)]
    dispatcher.utter_message(response="utter_no_es_cambio")
    return [*_set({"intentos": tries}), SlotSet("requested_slot", SWITCH)]


def _lacking(dispatcher: CollectingDispatcher, memory: Memory) -> list[EventType]:
    """Go on where the customer has not got the value: a ticket without it, in place of anything else a ticket for a person."""
    action, field = memory.slot("accion"), memory.request.field
    if action == OPEN_TICKET and field in ADDRESSES:
        return _other_way(dispatcher, field)
    if action == OPEN_TICKET:
        dispatcher.utter_message(response="utter_sin_dato")
        value = {field: memory.said.text.strip()}
        return [*_set({**value, "intentos": None}), *_next(memory.request, Turn(values=value))]
    of_past = action in (CHECK_REQUEST, ADD_TO_REQUEST)
    offer = Offer(tema=PAST_REQUESTS) if of_past else Offer(faq_id=memory.slot("faq_id") or "")
    return _instead(offer, "utter_sin_numero" if of_past else "utter_sin_email", memory)


def _instead(offer: Offer, question: str, memory: Memory) -> list[EventType]:
    """Put in question whether a ticket for a person shall take the place of the request."""
    told = Standing(OFFER, (offer,)).told(memory.slot("contado")).offers[0]
    cambio = {"pregunta": question, "oferta": asdict(told)}
    return [*_set({"intentos": None, "cambio": cambio}), SlotSet("requested_slot", SWITCH)]


def _other_way(dispatcher: CollectingDispatcher, field: str) -> list[EventType]:
    """Name the way to write to persons, then ask once more."""
    dispatcher.utter_message(response="utter_otro_camino", direccion=settings.from_env().care_address)
    return [*_set({"intentos": None}), SlotSet("requested_slot", field)]


def _give_up(dispatcher: CollectingDispatcher, field: str, memory: Memory) -> list[EventType]:
    if memory.slot("accion") != OPEN_TICKET:
        return _instead(Offer(faq_id=memory.slot("faq_id") or ""), "utter_intentos", memory)
    if field in ADDRESSES or field == CONFIRMED:
        return _other_way(dispatcher, field)
    dispatcher.utter_message(response="utter_anotado")
    value = {field: memory.said.text.strip()}
    return [*_set({**value, "intentos": None}), *_next(memory.request, Turn(values=value))]


def _laid_by(memory: Memory) -> dict[str, Any]:
    """The request in question, not chosen, waits until the one under way is done."""
    kept = memory.slot("cambio")
    later = [kept["oferta"]] if kept and kept["pregunta"].startswith("utter_cambio") else []
    return {"cambio": None, "pendientes": [*(memory.slot("pendientes") or ()), *later]}


def _set(slots: Mapping[str, Any]) -> list[EventType]:
    return [SlotSet(name, value) for name, value in slots.items()]
