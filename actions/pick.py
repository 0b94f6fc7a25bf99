"""What a typed message agrees to, picks or refuses, of the question that stands: pure, without rasa."""

import re

from actions.consent import assents, opens
from actions.fields import ADDRESSES, read
from actions.offer import ARRIVED, CHOICE, LOOK, OFFER, OPEN_TICKET, SERVED, Offer, Standing
from actions.questions import is_question
from actions.said import Said, plain

_YES = "si|sip|vale|ok|okay|claro|dale|de acuerdo|por favor|adelante"
_PLACES = ("primer[oa]|uno|1", "segund[oa]|dos|2", "tercer[oa]|tres|3", "cuart[oa]|cuatro|4")
_LAST = "ultim[oa]"
_THE = r"(?:la|el|lo|opcion|pregunta|numero)\W+"
_ALL = r"\b(?:ambas|ambos|todas|todos|l[ao]s (?:dos|tres))\b"
_NONE = (
    r"(?:no\W+)*(?:(?:a |de |es )?ningun[oa]?|no (?:es|era) (?:es|est)[aeo]s?|no (?:es|era) (?:nada|lo que)|nada de es[oa]|"
    r"no me refiero|ni (?:la |el |lo )?un[oa]|(?:es |era )?otra cosa)"
)
_NOT = "no|nop|nah|nada|sigue|sigo|aun|todavia|tampoco|ni|mas o menos|a medias|poco|regular|en parte|para nada|que va"
_FAILS = r"\bno (?:l[aoe]s? |me |se )*(?:veo|encuentr\w+|aparece|sale|llega|funciona|sirv\w+|ayuda|puedo|entiendo)\b"
_ONLY_FAILS = re.compile(rf"\W*(?:(?:pues|aun|todavia|que|sigue|y|ya)\W+)*{_FAILS}(?:\W+(?:nada|aun|todavia|tampoco|eso))*\W*")
_OF_A_MAIL = re.compile(r"\b(?:correos?|e?mails?|mensaje|enlace|vinculo|link)\b")  # after another answer a matter of its own
_SERVED = (
    r"(?:si\W+|ok\W+|gracias\W+)*(?:ya (?:esta|pude|lo|me|funciona|llego)|listo|perfecto|genial|excelente|resuelto|solucionado|"
    r"me (?:ha )?s[ei]rv\w+|me (?:ha )?ayud\w+|me (?:ha )?lleg\w+|funcion\w+|todo (?:bien|claro)|(?:muy )?util)"
)
_CAME = re.compile(
    r"\W*(?:(?:si|gracias|perdon|ah|no hace falta)\W+)*(?:ya )?"
    r"(?:me (?:ha |acaba de )?lleg\w+|llego|lo tengo|lo recibi)(?: ya)?\W*(?:gracias)?\W*"
)
_NUMBER_LIKE = re.compile(r"\bv\W?20\d\d\W?\d+\b|\b20\d\d\W\d{6}\b|\bv\W\d{3,}\b")
# What stands around an address that answers an offer, and adds nothing.
_ONLY_AN_ADDRESS = re.compile(
    r"\W*(?:(?:si|pues|bueno|vale|ok|creo|que|es|era|seria|sera|mejor|con|a|al|en|para|por favor|la|el|mi|mio|mia|correo|mail|"
    r"email|direccion|cuenta|usuario|gracias)\b\W*)*"
)
_SENT_TO = re.compile(r"\b(?:re)?(?:mand|envi)\w*\b.*\b(?:a|al|para)\W+(?:(?:mi|la|el|correo|direccion)\W+)*$")
_MOST_OF_A_WISH = 14
_FEW = 8
_SHORT = 4
_STEM = 5


def names_a_request(said: Said) -> bool:
    """Whether the message holds the number of a request, or little besides what was meant to be one."""
    return read("numero", said) is not None or said.words <= _SHORT and _NUMBER_LIKE.search(said.plain) is not None


def consented(standing: Standing | None, said: Said) -> Offer | None:
    """The offer that stands, if the message agrees to it in words of its own, with what it tells besides."""
    if standing is None or standing.kind != OFFER:
        return None
    if assents(said):
        return standing.offers[0]
    ticket, text = next((offer for offer in standing.offers if offer.accion == OPEN_TICKET), None), opens(said)
    return ticket.adding(text) if ticket and text is not None else None


def agreed(standing: Standing | None, said: Said) -> Offer | None:
    """The offer that stands, if the message gives the address that it asks or begins with a yes to the same."""
    if standing is None or standing.kind != OFFER or said.person:
        return None
    if offer := _addressed(standing, said):
        return offer
    answered = {need["ranking"][0]["id"] for need in said.needs if need["outcome"] == "answer"}
    offer = next((offer for offer in standing.offers if answered <= {offer.faq_id}), None)
    if offer and said.addresses and said.words <= _FEW and not said.begins("no"):
        return offer
    return offer if answered and said.begins(_YES) else None


def _addressed(standing: Standing, said: Said) -> Offer | None:
    """The offer that asks an address, if the message is one or wishes it sent there, whatever its words sound like."""
    asking = next((offer for offer in standing.offers if any(name in ADDRESSES for name in offer.asks)), None)
    if asking is None or len(said.addresses) != 1 or "?" in said.text or said.begins("no") or said.words > _MOST_OF_A_WISH:
        return None
    before, _, behind = plain(said.written).partition(said.addresses[0].lower())
    wished = asking.accion != OPEN_TICKET and _SENT_TO.search(before)
    return asking if _ONLY_AN_ADDRESS.fullmatch(behind) and (wished or _ONLY_AN_ADDRESS.fullmatch(before)) else None


def sought(standing: Standing | None, said: Said) -> Offer | None:
    """The look-up of the request that was not found with another address, if the message gives one and agrees to nothing else."""
    if standing is None or not standing.sought or len(said.addresses) != 1 or said.words > _FEW or said.person:
        return None
    again = LOOK.told({"numero": standing.sought})
    return None if "?" in said.text or said.begins("si|vale|ok|claro|dale|adelante") else again


def denied(standing: Standing | None, said: Said) -> bool:
    """Whether a short message says no in other words: it did not serve, the mail did not come, none was meant."""
    if standing is None or said.words > _FEW or "?" in said.text or said.person:
        return False
    if standing.kind in (SERVED, ARRIVED) and _ONLY_FAILS.fullmatch(said.plain):  # whatever "no llega" sounds like
        return True
    if said.outcome == "answer" or (standing.kind == SERVED and _OF_A_MAIL.search(said.plain)):
        return False
    if standing.kind in (SERVED, ARRIVED):
        if re.search(_FAILS, said.plain):
            return True
        return said.outcome in ("clarify", "out_of_scope") and said.begins(f"{_NOT}|{_NONE}")
    return standing.kind in (CHOICE, OFFER) and said.begins(_NONE)


def served(standing: Standing | None, said: Said) -> bool:
    """Whether a short message says in other words that the answer served, or that the mail came."""
    if standing is None or said.words > _FEW or "?" in said.text or said.person:
        return False
    if standing.kind == OFFER:  # of a mail that came meanwhile
        return _CAME.fullmatch(said.plain) is not None
    if standing.kind not in (SERVED, ARRIVED):
        return False
    return said.outcome != "answer" and said.begins(_SERVED) and not re.search(r"\b(?:no|pero|nada|ni)\b", said.plain)


def picked(standing: Standing | None, said: Said) -> tuple[str, ...] | Offer | None:
    """The entries (their ids) or the offer that a short message names by place or by words; None if that is not clear."""
    if standing is None or standing.kind not in (CHOICE, OFFER) or said.words > _FEW or said.person:
        return None
    if standing.entries:
        ids, questions = [*standing.entries], [*standing.entries.values()]
        places = _places(said, len(ids)) or (_shared(said, questions) if said.outcome != "answer" else [])
        return tuple(ids[place] for place in places) or None
    places = _places(said, len(standing.offers)) if len(standing.offers) > 1 else []
    if standing.kind == CHOICE and not places and not is_question(said):
        places = _shared(said, [offer.titulo for offer in standing.offers])
    return standing.offers[places[0]] if places else None


def _places(said: Said, count: int) -> list[int]:
    """The places that a message names: "la segunda", "1 y 3", "las dos"."""
    if said.words <= _SHORT and (several := re.search(_ALL, said.plain)):
        return [*range(count)][: 2 if re.search("amb|dos$", several[0]) else count]
    patterns = {**dict(enumerate(_PLACES[:count])), -1: _LAST}
    parts = re.split(r"\W*(?:,|\by\b)\W*", said.plain)
    named = [at for part in parts for at, words in patterns.items() if re.fullmatch(rf"\W*(?:{_THE})*(?:{words})[ªº]?\W*", part)]
    if len(named) == len(parts):
        return [at % count for at in named]
    if said.words > _SHORT and said.outcome != "dialogue":
        return []
    return [at % count for at, words in patterns.items() if re.search(rf"\b{_THE}(?:{_THE})?(?:{words})[ªº]?\b", said.plain)]


def _shared(said: Said, titles: list[str]) -> list[int]:
    """The title that shares more of its words with the message than any other."""
    if said.intent in ("negar", "cancelar"):
        return []
    shared = [len(_stems(said) & _stems(Said(title))) for title in titles]
    best = max(shared)
    return [shared.index(best)] if best and shared.count(best) == 1 else []


def _stems(said: Said) -> set[str]:
    return {word[:_STEM] for word in re.findall(r"\w+", said.plain) if len(word) >= _STEM}
