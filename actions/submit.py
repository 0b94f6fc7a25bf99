"""Hands the confirmed request to the desk, and says what happens next."""

import logging
from functools import lru_cache
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

import settings
from actions.ask import put, text_of
from actions.hours import reply_by
from actions.memory import Memory, forget_request, keep
from actions.offer import ARRIVED, MORE, OFFER, OPEN_TICKET, Offer, Standing, next_step
from desk import Desk, DeskError

_NOTED = ("prioridad", "numero_serie", "campo", "error")  # what a person reads in the text of the ticket

Domain = dict[str, Any]

logger = logging.getLogger(__name__)


@lru_cache
def desk() -> Desk:
    """The desk of this process."""
    return Desk(settings.from_env())


class ActionEnviar(Action):
    """Carries out what was confirmed; nothing after a request that was given up."""

    def name(self) -> str:
        """The name in the domain."""
        return "action_enviar"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Domain) -> list[EventType]:
        """Utter what happens next, in the same words whether or not an account exists, and the next question."""
        memory = Memory(tracker)
        if not memory.request.values["confirmado"]:
            return []
        fields = _fields(memory, domain)
        try:
            number = _submit(memory, fields)
        except DeskError:
            logger.exception("a confirmed request could not be recorded")
            dispatcher.utter_message(response="utter_no_guardado")
            again = Standing(OFFER, (Offer(**{**memory.offer.__dict__, "dicho": memory.told}),))
            return [*forget_request(), keep(again)]
        done = {"numero": number, "email": fields.get("email"), **reply_by()}
        dispatcher.utter_message(response=f"utter_hecho_{memory.offer.accion}", **done)
        standing = _afterwards(memory)
        put(dispatcher, standing, domain)
        return [
            *forget_request(),
            SlotSet("hechas", [*memory.done, memory.offer.mark]),
            SlotSet("pendientes", None),
            keep(standing),
        ]


def _submit(memory: Memory, fields: dict[str, str]) -> str:
    """The number of the request, which is recorded once."""
    offer = memory.offer
    request = desk().submit(
        memory.slot("clave"),
        offer.accion,
        faq_id=offer.faq_id or None,
        theme=offer.tema or None,
        fields=fields,
        conversation=memory.tracker.sender_id,
        text=fields.get("detalle"),
    )
    return request.number


def _fields(memory: Memory, domain: Domain) -> dict[str, str]:
    """The values as the desk takes them: what has no place of its own there stands in the text."""
    told = memory.told
    noted = [f"{text_of(domain, f'utter_etiqueta_{name}')}: {told.pop(name)}" for name in _NOTED if name in told]
    text = "\n".join(filter(None, [told.pop("detalle", ""), *noted]))
    return {**told, "detalle": text} if text else told


def _afterwards(memory: Memory) -> Standing:
    """What else was asked; else, for a mail that is on its way, whether it came; else nothing in particular."""
    if memory.later:
        return Standing(OFFER, memory.later)
    offer = memory.offer
    if offer.accion == OPEN_TICKET or offer.faq_id not in memory.entries:
        return Standing(MORE)
    step = next_step(offer.faq_id, memory.entries[offer.faq_id], [*memory.done, offer.mark], offer.paso)
    return Standing(ARRIVED, (step,)).told(memory.slot("contado"))
