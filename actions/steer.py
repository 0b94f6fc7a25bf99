"""Takes a message that answers the question that stands in words of its own, or goes back to the one before."""

from typing import Any

from rasa_sdk.events import EventType
from rasa_sdk.executor import CollectingDispatcher

from actions.answer import answer, needs_of
from actions.ask import put
from actions.commands import goes_back
from actions.decline import decline
from actions.memory import Memory, begin, keep
from actions.offer import MORE, SERVED, Offer, Standing
from actions.pick import agreed, denied, picked, served
from actions.service import judged

Domain = dict[str, Any]


def steered(dispatcher: CollectingDispatcher, memory: Memory, domain: Domain) -> list[EventType] | None:
    """The events that follow; None for a button, and for a message that is none of this."""
    standing, said = memory.standing, memory.said
    if not said.needs:
        return None
    if goes_back(said):
        return _back(dispatcher, memory, domain)
    if denied(standing, said):
        return decline(dispatcher, memory, domain)
    if served(standing, said):
        return serve(dispatcher, memory)
    choice = agreed(standing, said) or picked(standing, said)
    if isinstance(choice, Offer):
        return begin(choice, memory)
    return answer(dispatcher, needs_of(memory, choice), memory, domain, chosen=True) if choice else None


def serve(dispatcher: CollectingDispatcher, memory: Memory) -> list[EventType]:
    """Keep that the answer served or the mail came; the event that ends the question."""
    if memory.standing and memory.standing.offers:
        judged(memory.tracker.sender_id, memory.standing.offers[0].faq_id, helped=True)
    dispatcher.utter_message(response="utter_me_alegro")
    return [keep(Standing(MORE))]


def _back(dispatcher: CollectingDispatcher, memory: Memory, domain: Domain) -> list[EventType]:
    """Put the question before; where there is none, say so and put the one that stands."""
    before = memory.before
    dispatcher.utter_message(response="utter_volver" if before else "utter_sin_anterior")
    if before and before.kind == SERVED:
        dispatcher.utter_message(response=f"utter_faq/{before.offers[0].faq_id}")
    if question := before or memory.standing:
        put(dispatcher, question, domain)
    return [keep(question)]
