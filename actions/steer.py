"""Takes a message that answers the question that stands in words of its own, or goes back to the one before."""

from typing import Any

from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions import instead, questions
from actions.answer import answer, needs_of, stands
from actions.ask import put
from actions.commands import goes_back, orders
from actions.decline import decline
from actions.memory import Memory, begin, keep
from actions.offer import (
    ADD_TO_REQUEST,
    ADDITION,
    ARRIVED,
    CHECK_REQUEST,
    LOOK,
    MORE,
    OFFER,
    PAST_REQUESTS,
    SERVED,
    Offer,
    Standing,
)
from actions.pick import agreed, consented, denied, picked, served, sought
from actions.service import judged

Domain = dict[str, Any]


def steered(dispatcher: CollectingDispatcher, memory: Memory, domain: Domain) -> list[EventType] | None:
    """The events that follow; None for a button, and for a message that is none of this."""
    standing, said = memory.standing, memory.said
    if not said.needs:
        return None
    if goes_back(said):
        return _back(dispatcher, memory, domain)
    if offer := consented(standing, said):
        return begin(offer, memory)
    for said_of in (_sent, _instead):
        if (events := said_of(dispatcher, memory, domain)) is not None:
            return events
    if look := sought(standing, said):
        return begin(look, memory)
    if denied(standing, said):
        return decline(dispatcher, memory, domain)
    if served(standing, said):
        return serve(dispatcher, memory)
    choice = agreed(standing, said) or picked(standing, said)
    if isinstance(choice, Offer):
        return begin(choice, memory)
    return answer(dispatcher, needs_of(memory, choice), memory, domain, chosen=True) if choice else None


def _sent(dispatcher: CollectingDispatcher, memory: Memory, domain: Domain) -> list[EventType] | None:
    """What follows where a request is told to be sent, or taken back when it is, or to be well so; None for any other message."""
    standing, said, made = memory.standing, memory.said, memory.slot("hecho")
    offered = standing.offers[0] if standing and standing.kind == OFFER else None
    if made and instead.recalls(said) and not (offered and said.begins("no")):
        dispatcher.utter_message(response="utter_anular", numero=made)
        return begin(ADDITION.adding(said.text.strip()), memory)
    if offered:
        return begin(offered, memory) if orders(said) else None
    if made and orders(said):
        dispatcher.utter_message(response="utter_ya_enviada", numero=made)
        return stands(dispatcher, memory, domain)
    if instead.content(said) and (standing is None or standing.kind == MORE):
        dispatcher.utter_message(response="utter_rechazado")
        return [keep(standing)]
    return None


def _instead(dispatcher: CollectingDispatcher, memory: Memory, domain: Domain) -> list[EventType] | None:
    """What follows something that people say in place of an answer; None for any other message."""
    standing, said = memory.standing, memory.said
    if instead.waits(said):
        dispatcher.utter_message(response="utter_espero")
        return []
    if instead.asks_number(said):
        made = memory.slot("hecho")
        dispatcher.utter_message(response="utter_numero" if made else "utter_sin_peticion", numero=made)
        return stands(dispatcher, memory, domain)
    if instead.asks_status(said):
        return _looked_up(dispatcher, memory, domain)
    if instead.attaches(said):
        dispatcher.utter_message(response="utter_archivo")
        asked = standing and standing.kind != MORE
        return stands(dispatcher, memory, domain) if asked else _by_person(dispatcher, memory, domain)
    if (addition := _addition(memory)) is not None:
        return begin(addition, memory)
    if standing and said.intent in ("cancelar", "charla") and instead.hesitates(said):
        return stands(dispatcher, memory, domain)
    if instead.already(said) or instead.tried(said):
        return _insisted(dispatcher, memory, domain)
    if instead.only_signs(said):
        dispatcher.utter_message(response="utter_no_entiende" if standing else "utter_nada_pendiente")
        return stands(dispatcher, memory, domain)
    if standing and standing.kind == ARRIVED and questions.about_request(said, "email") == questions.REPLY_TIME:
        dispatcher.utter_message(response="utter_tarda")
        return stands(dispatcher, memory, domain)
    looks_at = standing and standing.kind == OFFER and standing.offers[0].accion == CHECK_REQUEST
    return decline(dispatcher, memory, domain) if looks_at and instead.lacks(said, "numero") else None


def _addition(memory: Memory) -> Offer | None:
    """What begins to add to the request that was made or looked at, with the text if it is told; None if nothing is added."""
    standing, said = memory.standing, memory.said
    offered = standing.offers[0] if standing and standing.kind == OFFER else None
    if offered is None or offered.accion != ADD_TO_REQUEST:
        offered = None
    if not offered and not memory.slot("hecho"):
        return None
    text = "" if instead.added(said) == "" else instead.tells(said)
    if text is None and offered and instead.adds_on(said):
        text = said.text.strip()
    return None if text is None else (offered or ADDITION).adding(text)


def _looked_up(dispatcher: CollectingDispatcher, memory: Memory, domain: Domain) -> list[EventType]:
    """How the request stands that was made in this conversation; where none was, the offer to look at one."""
    if memory.slot("hecho"):
        return begin(LOOK, memory)
    standing = Standing(OFFER, (LOOK, Offer(tema=PAST_REQUESTS))).told(memory.said.text)
    put(dispatcher, standing, domain)
    return [SlotSet("contado", memory.said.text), keep(standing)]


def _insisted(dispatcher: CollectingDispatcher, memory: Memory, domain: Domain) -> list[EventType]:
    """The next step for who did in vain what was answered; else what was asked, once more."""
    standing = memory.standing
    if standing and standing.kind in (SERVED, ARRIVED):
        return decline(dispatcher, memory, domain)
    if standing and standing.kind != MORE:
        if instead.already(memory.said):
            dispatcher.utter_message(response="utter_ya_dicho_antes")
        return stands(dispatcher, memory, domain)
    dispatcher.utter_message(response="utter_ya_dicho")
    return _by_person(dispatcher, memory, domain)


def _by_person(dispatcher: CollectingDispatcher, memory: Memory, domain: Domain) -> list[EventType]:
    """The offer of a ticket for a person, with what the customer told."""
    offer = Standing(OFFER, (Offer(),)).told(memory.slot("contado"))
    put(dispatcher, offer, domain)
    return [keep(offer)]


def serve(dispatcher: CollectingDispatcher, memory: Memory) -> list[EventType]:
    """Keep that the answer served or the mail came; the events that end the question, and the matter with it."""
    if memory.standing and memory.standing.offers:
        judged(memory.tracker.sender_id, memory.standing.offers[0].faq_id, helped=True)
    dispatcher.utter_message(response="utter_me_alegro")
    return [SlotSet("contado", None), keep(Standing(MORE))]


def _back(dispatcher: CollectingDispatcher, memory: Memory, domain: Domain) -> list[EventType]:
    """Put the question before; where there is none, say so and put the one that stands."""
    before = memory.before
    dispatcher.utter_message(response="utter_volver" if before else "utter_sin_anterior")
    if before and before.kind == SERVED:
        dispatcher.utter_message(response=f"utter_faq/{before.offers[0].faq_id}")
    if question := before or memory.standing:
        put(dispatcher, question, domain)
    return [keep(question)]
