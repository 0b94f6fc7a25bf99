"""What follows a no to the question that stands."""

from typing import Any

from rasa_sdk.events import EventType
from rasa_sdk.executor import CollectingDispatcher

from actions.ask import put
from actions.memory import Memory, keep
from actions.offer import ARRIVED, CHOICE, MORE, OFFER, OPEN_TICKET, SERVED, Standing, next_step
from actions.service import judged


def decline(dispatcher: CollectingDispatcher, memory: Memory, domain: dict[str, Any]) -> list[EventType]:
    """Put the next offer, if there is one: what else was asked, then the entry's next step; else all ends."""
    standing = memory.standing
    if standing and standing.kind in (SERVED, ARRIVED):
        judged(memory.tracker.sender_id, standing.offers[0].faq_id, helped=False)
    following = _following(standing, memory) if standing else None
    if following:
        if standing and standing.entries:
            dispatcher.utter_message(response="utter_ninguna")
        put(dispatcher, following, domain)
    elif standing is None:
        dispatcher.utter_message(response="utter_nada_pendiente")
    else:
        dispatcher.utter_message(response="utter_charla/despedida" if standing.kind == MORE else "utter_rechazado")
    ended = Standing(MORE) if standing and standing.kind != MORE else None
    return [keep(following or ended)]


def _following(standing: Standing, memory: Memory) -> Standing | None:
    """The question that comes after a no to this one."""
    if standing.kind in (SERVED, ARRIVED):
        return Standing(OFFER, standing.offers)
    if standing.kind == CHOICE:
        return standing.instead
    if standing.kind == MORE or not standing.offers:
        return None
    first, *others = standing.offers
    if others:
        return Standing(OFFER, tuple(others))
    if first.accion == OPEN_TICKET or first.faq_id not in memory.entries:
        return None
    step = next_step(first.faq_id, memory.entries[first.faq_id], memory.done, first.paso)
    return Standing(OFFER, (step,)).told(first.dicho.get("detalle"))
