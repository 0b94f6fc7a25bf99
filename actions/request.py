"""The one form: begins, asks, checks, sums up and carries out what the customer requests."""

import logging
import uuid
from functools import lru_cache
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import ActiveLoop, AllSlotsReset, EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

import settings
from actions.answer import make
from actions.fields import CONFIRMED, Said, take
from actions.offer import FIELDS, FORM, OPEN_TICKET, Offer, entity, in_form
from desk import Desk, DeskError

logger = logging.getLogger(__name__)


@lru_cache
def desk() -> Desk:
    """The desk of this process."""
    return Desk(settings.from_env())


class ActionIniciar(Action):
    """Begins the request that a button names, or that was offered last."""

    def name(self) -> str:
        """The name in the domain."""
        return "action_iniciar"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        """The events that begin the form; without an offer, say what can be asked."""
        by_button = tracker.latest_message["intent"]["name"] == "iniciar"
        offer = Offer.from_button(tracker) if by_button else Offer.from_slot(tracker)
        if offer is None:
            dispatcher.utter_message(response="utter_nada_pendiente")
            return []
        if offer.servido:
            dispatcher.utter_message(response="utter_me_alegro")
            return [SlotSet("oferta", None)]
        return offer.start()


class ActionRechazar(Action):
    """Takes the customer's no: to the answer, to the offer, or to the summary."""

    def name(self) -> str:
        """The name in the domain."""
        return "action_rechazar"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        """After an answer that was of no use a person is offered; all else ends."""
        offer = Offer.from_slot(tracker)
        if offer is None or not offer.servido or in_form(tracker):
            return _stop(dispatcher, tracker)
        person = Offer(OPEN_TICKET, offer.faq_id, offer.tema, detalle=offer.detalle, email=offer.email)
        make(dispatcher, person)
        return [person.keep()]


class ActionCancelar(Action):
    """Ends whatever is under way."""

    def name(self) -> str:
        """The name in the domain."""
        return "action_cancelar"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        """The events that end the form and forget the offer."""
        return _stop(dispatcher, tracker)


def _stop(dispatcher: CollectingDispatcher, tracker: Tracker) -> list[EventType]:
    pending = in_form(tracker) or Offer.from_slot(tracker)
    dispatcher.utter_message(response="utter_cancelado" if pending else "utter_nada_pendiente")
    return [ActiveLoop(None), SlotSet("requested_slot", None), AllSlotsReset()]


class ValidateSolicitudForm(Action):
    """Reads the asked value out of the message and says which field comes next."""

    def name(self) -> str:
        """The name that Rasa calls after each message to the form."""
        return f"validate_{FORM}"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        """The slots to set; nothing for an interruption, so that the form steps back and the rules answer it."""
        asked = (tracker.get_slot("pide") or "").split()
        field = tracker.get_slot("requested_slot")
        if not field or not in_form(tracker) or _stepped_back(tracker):
            return [_next(tracker, asked, {})]
        taken = take(field, asked, _said(tracker))
        if taken is None:
            return []
        if taken.get(field, "") is None:
            kind = "email" if field in ("contacto", "correo_nuevo") else field
            dispatcher.utter_message(response=f"utter_no_es_{kind}")
        return [*(SlotSet(name, value) for name, value in taken.items()), _next(tracker, asked, dict(taken))]


def _said(tracker: Tracker) -> Said:
    message = tracker.latest_message
    need = (message.get("understanding") or {}).get("needs", [{}])[0]
    return Said(
        text=message.get("text") or "",
        intent=message["intent"]["name"],
        outcome=need.get("outcome", ""),
        topic=need.get("topic"),
        email=entity(tracker, "email"),
        user_name=entity(tracker, "usuario"),
    )


def _next(tracker: Tracker, asked: list[str], taken: dict[str, str | None]) -> EventType:
    values = {name: tracker.get_slot(name) for name in (*asked, CONFIRMED)} | taken
    return SlotSet("requested_slot", next((name for name in (*asked, CONFIRMED) if not values.get(name)), None))


def _stepped_back(tracker: Tracker) -> bool:
    """Whether the form already gave this message away and is called again after its answer."""
    for event in reversed(tracker.events):
        if event["event"] == "user":
            return False
        if event["event"] == "action_execution_rejected":
            return True
    return False


class ActionAskConfirmado(Action):
    """Sums up the request and asks to confirm it; its idempotency key is made here, a turn before it is carried out."""

    def name(self) -> str:
        """The name by which the form asks for the confirmation."""
        return "action_ask_confirmado"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        """Utter the summary; the key is kept if there is one."""
        action = tracker.get_slot("accion")
        dispatcher.utter_message(response=f"utter_resumen_{action}", resumen=_summary(tracker, domain))
        return [SlotSet("clave", tracker.get_slot("clave") or uuid.uuid4().hex)]


def _summary(tracker: Tracker, domain: dict[str, Any]) -> str:
    told = {name: value for name in FIELDS if (value := tracker.get_slot(name))}
    return "\n".join(f"• {domain['responses'][f'utter_etiqueta_{name}'][0]['text']}: {value}" for name, value in told.items())


class ActionEnviar(Action):
    """Hands the confirmed request to the desk."""

    def name(self) -> str:
        """The name in the domain."""
        return "action_enviar"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        """Utter what happens next, in the same words whether or not an account exists."""
        action = tracker.get_slot("accion")
        fields = {name: value for name in FIELDS if (value := tracker.get_slot(name))}
        try:
            request = desk().submit(
                tracker.get_slot("clave"),
                action,
                faq_id=tracker.get_slot("faq_id") or None,
                theme=tracker.get_slot("tema") or None,
                fields=fields,
                conversation=tracker.sender_id,
                text=fields.get("detalle"),
            )
        except DeskError:
            logger.exception("a confirmed request could not be recorded")
            dispatcher.utter_message(response="utter_no_guardado")
            return []
        hours = str(settings.from_env().reply_hours)
        dispatcher.utter_message(response=f"utter_hecho_{action}", numero=request.number, horas=hours, email=fields.get("email"))
        return [AllSlotsReset()]
