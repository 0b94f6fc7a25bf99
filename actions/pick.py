"""What a typed message agrees to or picks, of the question that stands: pure, without rasa."""

import re

from actions.offer import ARRIVED, CHOICE, OFFER, SERVED, Offer, Standing
from actions.said import Said

_YES = "si|sip|vale|ok|okay|claro|dale|de acuerdo|por favor|adelante"
_PLACES = ("primer|uno|1", "segund|dos|2", "tercer|tres|3", "cuart|cuatro|4")
_NOT = "no|nada|sigue|sigo|aun|todavia|tampoco|ni"
_FEW = 8
_STEM = 5


def agreed(standing: Standing | None, said: Said) -> Offer | None:
    """The offer that stands, if the message gives the address that it asks or begins with a yes to the same."""
    if standing is None or standing.kind != OFFER or said.person:
        return None
    offer = standing.offers[0]
    answered = [need["ranking"][0]["id"] for need in said.needs if need["outcome"] == "answer"]
    if any(id_ != offer.faq_id for id_ in answered):
        return None
    if said.addresses and said.words <= _FEW and not said.begins("no"):
        return offer
    return offer if answered and said.begins(_YES) else None


def denied(standing: Standing | None, said: Said) -> bool:
    """Whether a short message says in other words that the answer did not serve, or that the mail did not come."""
    if standing is None or standing.kind not in (SERVED, ARRIVED) or said.words > _FEW or "?" in said.text:
        return False
    return said.outcome in ("clarify", "out_of_scope") and said.begins(_NOT)


def picked(standing: Standing | None, said: Said) -> str | Offer | None:
    """The entry (its id) or the offer that a short message names by its place or its words; None if that is not clear."""
    if standing is None or standing.kind != CHOICE or said.words > _FEW or said.person or said.intent in ("negar", "cancelar"):
        return None
    options: list[str | Offer] = [*standing.entries] or [*standing.offers]
    titles = list(standing.entries.values()) or [offer.titulo for offer in standing.offers]
    for place, pattern in enumerate(_PLACES[: len(options)]):
        if re.fullmatch(rf"\W*(?:(?:la|el|lo|opcion|numero)\s+)*(?:{pattern})[oa]?\W*", said.plain):
            return options[place]
    shared = [len(_stems(said) & _stems(Said(title))) for title in titles]
    best = max(shared)
    return options[shared.index(best)] if best and shared.count(best) == 1 else None


def _stems(said: Said) -> set[str]:
    return {word[:_STEM] for word in re.findall(r"\w+", said.plain) if len(word) >= _STEM}
