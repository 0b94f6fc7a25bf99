"""Puts the question that stands, with its buttons."""

import json
from typing import Any

from rasa_sdk.executor import CollectingDispatcher

from actions.offer import ARRIVED, CHOICE, OFFER, SERVED, Offer, Standing

Domain = dict[str, Any]


def put(dispatcher: CollectingDispatcher, standing: Standing, domain: Domain) -> None:
    """Utter the question; nothing where it is part of what was said."""
    if standing.kind == OFFER:
        _offer(dispatcher, standing.offers, domain)
    elif standing.kind in (SERVED, ARRIVED):
        dispatcher.utter_message(response="utter_servido" if standing.kind == SERVED else "utter_llegado")
    elif standing.kind == CHOICE:
        _which(dispatcher, standing, domain)


def _offer(dispatcher: CollectingDispatcher, offers: tuple[Offer, ...], domain: Domain) -> None:
    first, *others = offers
    question = text_of(domain, f"utter_ofrecer_{first.accion}")
    yes, no = domain["responses"]["utter_si_no"][0]["buttons"]
    buttons = [{**yes, "payload": first.payload}, *(button(offer, domain) for offer in others), no]
    dispatcher.utter_message(text=first.ofrece or question, buttons=buttons)


def _which(dispatcher: CollectingDispatcher, standing: Standing, domain: Domain) -> None:
    which = "utter_aclarar" if standing.times == 1 else "utter_aclarar_otra_vez"
    response = domain["responses"][which if standing.entries else "utter_campo"][0]
    entries = [
        {"title": question, "payload": f"/elegir{json.dumps({'faq_id': id_})}"} for id_, question in standing.entries.items()
    ]
    shown = [offer for offer in standing.offers if not standing.entries or standing.times > 1 and not offer.faq_id]
    offers = [button(offer, domain) for offer in shown]
    dispatcher.utter_message(text=response["text"], buttons=[*entries, *offers, *response["buttons"]])


def button(offer: Offer, domain: Domain) -> dict[str, str]:
    """The button that begins an offer."""
    return {"title": offer.titulo or text_of(domain, f"utter_titulo_{offer.accion}"), "payload": offer.payload}


def text_of(domain: Domain, response: str) -> str:
    """The text of a response."""
    return str(domain["responses"][response][0]["text"])


def label_of(domain: Domain, field: str, action: str) -> str:
    """How a field is called to customers in a request of this action."""
    own = f"utter_etiqueta_{field}_{action}"
    return text_of(domain, own if own in domain["responses"] else f"utter_etiqueta_{field}")
