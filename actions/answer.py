"""Answers what was understood: approved text, a question back, or the offer of a person."""

import json
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType
from rasa_sdk.executor import CollectingDispatcher

import settings
from actions.offer import OPEN_TICKET, Offer, entity, in_form


class ActionResponder(Action):
    """Says what belongs to each need of the message, in order, then makes one offer."""

    def name(self) -> str:
        """The name in the domain."""
        return "action_responder"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        """Utter the answers and the offer; the offer is kept in its slot, or the request begun if a person was asked for."""
        needs = _needs(tracker)
        offers = [offer for need in needs if (offer := _say(dispatcher, need, domain))]
        email = entity(tracker, "email")
        if any(need["outcome"] == "person" for need in needs):
            dispatcher.utter_message(response="utter_persona", horas=str(settings.from_env().reply_hours))
            told = "" if len(needs) == 1 else str(tracker.latest_message["text"])
            under_way = in_form(tracker) and tracker.get_slot("accion") == OPEN_TICKET
            return [] if under_way else Offer(detalle=told, email=email).start()
        if in_form(tracker) or not offers:
            return []
        offer = next((o for o in offers if not o.servido), offers[0])
        offer = Offer(offer.accion, offer.faq_id, offer.tema, offer.pide, _told(tracker), email, offer.servido)
        if not any(need["outcome"] == "clarify" for need in needs):
            make(dispatcher, offer)
        return [offer.keep()]


def make(dispatcher: CollectingDispatcher, offer: Offer) -> None:
    """Utter the offer, or the question whether the answer was of use."""
    response = "utter_servido" if offer.servido else f"utter_ofrecer_{offer.accion}"
    dispatcher.utter_message(response=response, accion=offer.accion, faq_id=offer.faq_id, tema=offer.tema, pide=offer.pide)


def _needs(tracker: Tracker) -> list[dict[str, Any]]:
    """What the message asks; the choice of an entry by button is a need of its own."""
    if chosen := entity(tracker, "faq_id"):
        candidate = {"id": chosen, "action": entity(tracker, "accion") or None, "asks": entity(tracker, "pide").split()}
        return [{"outcome": "answer", "ranking": [candidate]}]
    return list(tracker.latest_message["understanding"]["needs"])


def _told(tracker: Tracker) -> str:
    """The customer's own words: those before, where the last message is a button."""
    kept = Offer.from_slot(tracker)
    return (kept.detalle if kept else "") if entity(tracker, "faq_id") else str(tracker.latest_message["text"])


def _say(dispatcher: CollectingDispatcher, need: dict[str, Any], domain: dict[str, Any]) -> Offer | None:
    """Utter what belongs to one need; the offer that goes with it, None for small talk."""
    outcome = need["outcome"]
    if outcome == "answer":
        return _answer(dispatcher, need["ranking"][0])
    if outcome == "clarify":
        _ask_back(dispatcher, need["ranking"][:3], domain)
        return Offer()
    if outcome == "out_of_scope":
        response = "utter_tema" if need["topic"] else "utter_sin_tema"
        dispatcher.utter_message(response=response, topic=need["topic"])
        return Offer(tema=need["theme"] or "")
    if outcome == "smalltalk":
        dispatcher.utter_message(response=f"utter_{need['label']}")
        return None
    return Offer()


def _answer(dispatcher: CollectingDispatcher, entry: dict[str, Any]) -> Offer:
    dispatcher.utter_message(response=f"utter_faq/{entry['id']}")
    return Offer(entry["action"] or OPEN_TICKET, entry["id"], pide=" ".join(entry["asks"]), servido=entry["action"] is None)


def _ask_back(dispatcher: CollectingDispatcher, entries: list[dict[str, Any]], domain: dict[str, Any]) -> None:
    question = domain["responses"]["utter_aclarar"][0]
    choices = [{"title": entry["question"], "payload": _choice(entry)} for entry in entries]
    dispatcher.utter_message(text=question["text"], buttons=[*choices, *question["buttons"]])


def _choice(entry: dict[str, Any]) -> str:
    named = {"faq_id": entry["id"], "accion": entry["action"] or "", "pide": " ".join(entry["asks"])}
    return f"/elegir{json.dumps(named)}"
