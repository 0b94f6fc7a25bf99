"""Hands the confirmed request to the desk, and says what happens next."""

import logging
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.interfaces import ACTION_LISTEN_NAME

import settings
from actions.ask import put, text_of
from actions.fields import YES
from actions.memory import Memory, forget_request, keep
from actions.offer import ADD_TO_REQUEST, ADDITION, ARRIVED, CHECK_REQUEST, MORE, OFFER, OPEN_TICKET, Offer, Standing, next_step
from actions.service import apart, desk, reply_by
from desk import DeskError, TooMany, UnknownRequest
from desk.hours import day

Domain = dict[str, Any]
Done = tuple[Standing, str]  # the question that follows, and the number of the request

logger = logging.getLogger(__name__)

# No rule leads on from a request that was begun and carried out by one message: Rasa would take that message back, slots and all.
_LISTEN = FollowupAction(ACTION_LISTEN_NAME)


class ActionEnviar(Action):
    """Carries out what was confirmed; nothing after a request that was given up."""

    def name(self) -> str:
        """The name in the domain."""
        return "action_enviar"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Domain) -> list[EventType]:
        """Utter what happens next, in the same words whether or not an account exists, and the next question; then listen."""
        memory = Memory(tracker)
        if not memory.request.values["confirmado"]:
            return []
        verb = {CHECK_REQUEST: _check, ADD_TO_REQUEST: _add}.get(memory.offer.accion, _submit)
        try:
            # In a thread: where the database makes one customer wait, the others are answered meanwhile.
            standing, number = await apart(verb, dispatcher, memory, domain)
            done = [memory.offer.mark]
        except UnknownRequest:
            dispatcher.utter_message(response="utter_no_encontrada", numero=memory.told["numero"], email=memory.told["contacto"])
            standing, number, done = Standing(OFFER, (Offer(),), sought=memory.told["numero"]), memory.slot("hecho"), []
        except TooMany:
            logger.warning("a confirmed request is over a limit")
            dispatcher.utter_message(response="utter_demasiadas", direccion=settings.from_env().care_address)
            standing, number, done = Standing(MORE), memory.slot("hecho"), []
        except DeskError:
            logger.exception("a confirmed request could not be recorded")
            dispatcher.utter_message(response="utter_no_guardado")
            again = {
                **memory.told,
                "clave": memory.slot("clave"),
            }  # the same key: it may have been recorded in spite of the error
            return [*forget_request(), keep(Standing(OFFER, (memory.offer.told(again),))), _LISTEN]
        put(dispatcher, standing, domain)
        made = [SlotSet("hechas", [*memory.done, *done]), SlotSet("hecho", number)]
        return [*forget_request(), *made, SlotSet("pendientes", None), keep(standing), _LISTEN]


def _submit(dispatcher: CollectingDispatcher, memory: Memory, domain: Domain) -> Done:
    """Record the request, once; then what else was asked, or whether a mail that is on its way came."""
    offer, told = memory.offer, memory.told
    urgent = told.pop("urgente", None) == YES
    if error := told.pop("error", None):  # it has no place of its own at the desk
        noted = f"{text_of(domain, 'utter_etiqueta_error')}: {error}"
        told["detalle"] = "\n".join(filter(None, [told.get("detalle"), noted]))
    request = desk().submit(
        memory.slot("clave"),
        offer.accion,
        faq_id=offer.faq_id or None,
        theme=offer.tema or None,
        fields=told,
        conversation=memory.tracker.sender_id,
        text=told.get("detalle"),
        urgent=urgent,
    )
    done = {"numero": request.number, "email": told.get("email"), **reply_by()}
    dispatcher.utter_message(response=f"utter_hecho_{offer.accion}", **done)
    if memory.later:
        return Standing(OFFER, memory.later), request.number
    if offer.accion == OPEN_TICKET or offer.faq_id not in memory.entries:
        return Standing(MORE), request.number
    step = next_step(offer.faq_id, memory.entries[offer.faq_id], [*memory.done, offer.mark], offer.paso)
    return Standing(ARRIVED, (step,)).told(memory.slot("contado")), request.number


def _check(dispatcher: CollectingDispatcher, memory: Memory, domain: Domain) -> Done:
    """Say how a request stands, and offer to add to it."""
    number, address = memory.told["numero"], memory.told["contacto"]
    found = desk().status(number, address)
    dispatcher.utter_message(response=f"utter_estado_{found.status}", numero=number, dia=day(found.created_at))
    addition = ADDITION.told({"numero": number, "contacto": address})
    return Standing(OFFER, (addition,)), number


def _add(dispatcher: CollectingDispatcher, memory: Memory, domain: Domain) -> Done:
    """Hand on what the customer adds to a request."""
    told = memory.told
    desk().add(told["numero"], told["contacto"], told["detalle"])
    dispatcher.utter_message(response="utter_hecho_add_to_request", numero=told["numero"], **reply_by())
    return Standing(OFFER, memory.later) if memory.later else Standing(MORE), told["numero"]
