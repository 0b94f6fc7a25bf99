"""What agrees to the ticket that is offered, in words of its own. Pure, without rasa."""

import re

from actions.said import Said

_CASE = r"(?:solicitud|peticion|ticket|tiquet|caso|incidencia|reclamo|reclamacion)"
_LEAD = (
    r"\W*(?:(?:si|sip|vale|ok|okay|claro|dale|bueno|pues|entonces|perfecto|bien|de acuerdo|adelante|por favor|quiero|prefiero|"
    r"que|mejor|puede|podria|me|la|lo)\b\W*)*"
)
_OPENS = re.compile(
    rf"{_LEAD}(?:(?:abr[ae]n?|abrir|cree|crear|haga|hagan|hacer|genere|generar|levante)(?:me|nos)? "
    rf"(?:(?:la|una|esa|esta|el|un|ese|mi) )?{_CASE}\b|(?:abr[ae]n?|abrir|haga|hagan)(?:me|nos)?l[oa]\b)"
    r"(?P<rest>.*)",
    re.DOTALL,
)
_WELL = re.compile(r"\W*(?:(?:ah|pues|ok|ya|y)\W+)*(?:bueno|esta bien|venga|va)(?:\W+(?:pues|entonces|por favor|gracias))*\W*")
_LINKS = re.compile(r"\W*(?:(?:entonces|pues|por favor|ya|porfa|y|gracias|que|porque|ahora)\b\W*)*")
_UNSURE = re.compile(r"\b(?:no (?:la|lo) (?:abra|haga)|si (?:puede|no|hace)|pero (?:no|antes)|despues|luego|cuando|anterior)\b")
_MOST_WORDS = 25


def assents(said: Said) -> bool:
    """Whether it is a yes to an offer that says nothing by itself, as the Latin American "bueno" is."""
    return "?" not in said.text and _WELL.fullmatch(said.plain) is not None


def opens(said: Said) -> str | None:
    """What the customer tells besides the word that a ticket shall be opened, empty if nothing; None if that is not said."""
    match = _OPENS.fullmatch(said.plain)
    if not match or "?" in said.text or said.words > _MOST_WORDS or _UNSURE.search(match["rest"]):
        return None
    words = _LINKS.sub("", match["rest"], count=1).split()
    return " ".join(said.text.split()[-len(words) :]) if words else ""
