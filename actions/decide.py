"""Takes what the customer says outside of a request: a question, a yes, a no and "cancelar"."""

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.answer import answer, needs_of, only_a_serial, serial_alone, stands, warn
from actions.ask import put
from actions.decline import decline
from actions.memory import Memory, begin, keep
from actions.offer import ARRIVED, CHOICE, LOOK, MORE, OFFER, SERVED, Standing
from actions.pick import names_a_request
from actions.steer import serve, steered

Domain = dict[str, Any]


class ActionResponder(Action):
    """Says what belongs to each need of the message, in order, then puts one question."""

    def name(self) -> str:
        """The name in the domain."""
        return "action_responder"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Domain) -> list[EventType]:
        """Utter the answers and the question; it is kept in its slot, or the request begun that was agreed to."""
        memory = Memory(tracker)
        warn(dispatcher, memory.said)
        answered = any(need["outcome"] == "answer" for need in memory.said.needs)
        if not answered and names_a_request(memory.said):
            return begin(LOOK, memory)
        if memory.said.addresses and memory.said.words == 1 and not (memory.standing and memory.standing.kind == OFFER):
            dispatcher.utter_message(response="utter_solo_direccion")
            return stands(dispatcher, memory, domain) if memory.standing and memory.standing.kind == CHOICE else []
        if (events := steered(dispatcher, memory, domain)) is not None:
            return events
        if only_a_serial(memory):
            return serial_alone(dispatcher, memory, domain)
        return answer(dispatcher, needs_of(memory), memory, domain, chosen=memory.said.intent == "elegir")


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
            return [SlotSet("entradas", memory.entries), *begin(memory.pressed(), memory)]
        if (events := steered(dispatcher, memory, domain)) is not None:
            return events
        if standing and standing.kind in (OFFER, MORE) and standing.offers:
            return begin(standing.offers[0], memory)
        if standing and standing.kind in (SERVED, ARRIVED):
            return serve(dispatcher, memory)
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
        events = steered(dispatcher, memory, domain)
        return decline(dispatcher, memory, domain) if events is None else events


class ActionServido(Action):
    """Takes the word that an answer served or a mail arrived."""

    def name(self) -> str:
        """The name in the domain."""
        return "action_servido"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Domain) -> list[EventType]:
        """The event that ends the question."""
        return serve(dispatcher, Memory(tracker))


class ActionCancelar(Action):
    """Forgets the question that stands."""

    def name(self) -> str:
        """The name in the domain."""
        return "action_cancelar"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Domain) -> list[EventType]:
        """The event that forgets it."""
        memory = Memory(tracker)
        if (events := steered(dispatcher, memory, domain)) is not None:
            return events
        sent = memory.standing is None or memory.standing.kind in (MORE, ARRIVED)
        if sent and (number := memory.slot("hecho")):
            dispatcher.utter_message(response="utter_ya_enviada", numero=number)
        else:
            dispatcher.utter_message(response="utter_cancelado" if memory.standing else "utter_nada_pendiente")
        return [keep(None)]


def _chosen(dispatcher: CollectingDispatcher, standing: Standing, memory: Memory, domain: Domain) -> list[EventType]:
    """A yes to the only entry in question is its choice; to several it is none."""
    if len(standing.entries) == 1:
        return answer(dispatcher, needs_of(memory, tuple(standing.entries)), memory, domain, chosen=True)
    again = standing.again(standing)
    put(dispatcher, again, domain)
    return [keep(again)]
