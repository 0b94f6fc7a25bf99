"""What the form asks besides values: which request, which value to correct, and whether its summary is right."""

import json
import uuid
from collections.abc import Sequence
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.ask import label_of, text_of
from actions.memory import Memory
from actions.offer import OPEN_TICKET
from actions.service import apart, attached

Domain = dict[str, Any]


class ActionAskCambio(Action):
    """Asks whether another request shall take the place of the one under way."""

    def name(self) -> str:
        """The name by which the form asks it."""
        return "action_ask_cambio"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Domain) -> list[EventType]:
        """Utter the question."""
        dispatcher.utter_message(response=tracker.get_slot("cambio")["pregunta"])
        return []


class ActionAskCorregir(Action):
    """Asks which value is to be corrected."""

    def name(self) -> str:
        """The name by which the form asks it."""
        return "action_ask_corregir"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Domain) -> list[EventType]:
        """Utter the question, with a button for each value."""
        response = domain["responses"]["utter_corregir"][0]
        fields = [
            {"title": label_of(domain, name, tracker.get_slot("accion")), "payload": f"/corregir{json.dumps({'campo': name})}"}
            for name in Memory(tracker).request.filled
        ]
        dispatcher.utter_message(text=response["text"], buttons=[*fields, *response["buttons"]])
        return []


class ActionAskConfirmado(Action):
    """Sums up the request and asks to confirm it; its idempotency key is made here, a turn before it is carried out."""

    def name(self) -> str:
        """The name by which the form asks for the confirmation."""
        return "action_ask_confirmado"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Domain) -> list[EventType]:
        """Utter the summary; the key is kept if there is one."""
        action = tracker.get_slot("accion")
        files = await apart(attached, tracker.sender_id) if action == OPEN_TICKET else []
        dispatcher.utter_message(response=f"utter_resumen_{action}", resumen=_summary(tracker, domain, files))
        return [SlotSet("clave", tracker.get_slot("clave") or uuid.uuid4().hex)]


def _summary(tracker: Tracker, domain: Domain, files: Sequence[str]) -> str:
    told, action = Memory(tracker).told, tracker.get_slot("accion")
    labelled = [(label_of(domain, name, action), value) for name, value in told.items()]
    if files:
        labelled.append((text_of(domain, "utter_etiqueta_adjuntos"), ", ".join(files)))
    return "\n".join(f"• {label}: {value}" for label, value in labelled)
