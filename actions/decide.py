"""Takes the customer's yes, no and "cancelar" outside of a request."""

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType
from rasa_sdk.executor import CollectingDispatcher

from actions.answer import answer, needs_of, warn
from actions.ask import put
from actions.decline import decline
from actions.memory import Memory, begin, keep
from actions.offer import ARRIVED, CHOICE, MORE, OFFER, SERVED, Standing

Domain = dict[str, Any]


class ActionIniciar(Action):
    """Begins the request that a button names, or takes a yes to the question that stands."""

    def name(self) -> str:
        """The name in the domain."""
        return "action_iniciar"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Domain) -> list[EventType]:
        """The events that begin the form; without an offer, say what can be asked."""
        memory = Memory(tracker)
        warn(dispatcher, memory.said)
        standing = memory.standing
        if memory.said.intent == "iniciar":
            return begin(memory.pressed(), memory)
        if standing and standing.kind == OFFER:
            return begin(standing.offers[0], memory)
        if standing and standing.kind in (SERVED, ARRIVED):
            dispatcher.utter_message(response="utter_me_alegro")
            return [keep(Standing(MORE))]
        if standing and standing.kind == CHOICE:
            return _chosen(dispatcher, standing, memory, domain)
        dispatcher.utter_message(response="utter_nada_pendiente")
        return [keep(None)]


class ActionRechazar(Action):
    """Takes a no to the question that stands."""

    def name(self) -> str:
        """The name in the domain."""
        return "action_rechazar"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Domain) -> list[EventType]:
        """The next offer, if there is one: what else was asked, then the entry's next step; else all ends."""
        memory = Memory(tracker)
        warn(dispatcher, memory.said)
        return decline(dispatcher, memory, domain)


class ActionServido(Action):
    """Takes the word that an answer served or a mail arrived."""

    def name(self) -> str:
        """The name in the domain."""
        return "action_servido"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Domain) -> list[EventType]:
        """The event that ends the question."""
        dispatcher.utter_message(response="utter_me_alegro")
        return [keep(Standing(MORE))]


class ActionCancelar(Action):
    """Forgets the question that stands."""

    def name(self) -> str:
        """The name in the domain."""
        return "action_cancelar"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Domain) -> list[EventType]:
        """The event that forgets it."""
        dispatcher.utter_message(response="utter_cancelado" if Memory(tracker).standing else "utter_nada_pendiente")
        return [keep(None)]


def _chosen(dispatcher: CollectingDispatcher, standing: Standing, memory: Memory, domain: Domain) -> list[EventType]:
    """A yes to the only entry in question is its choice; to several it is none."""
    if len(standing.entries) == 1:
        return answer(dispatcher, needs_of(memory, next(iter(standing.entries))), memory, domain)
    put(dispatcher, standing, domain)
    return []
