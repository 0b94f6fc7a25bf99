"""Takes a button whose question was answered already."""

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType
from rasa_sdk.executor import CollectingDispatcher

from actions.ask import put
from actions.memory import Memory


class ActionRepetir(Action):
    """Says that the button counts no more; what is asked now is asked again."""

    def name(self) -> str:
        """The name in the domain."""
        return "action_repetir"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        """Utter it; nothing is changed."""
        dispatcher.utter_message(response="utter_caducado")
        if standing := Memory(tracker).standing:
            put(dispatcher, standing, domain)
        return []
