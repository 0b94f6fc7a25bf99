"""What is told to persons besides an answer: it is added to the text of the request. Pure, without rasa."""

import re
from dataclasses import replace

from actions import commands, instead, questions
from actions.fields import ADDRESSES, CONFIRMED, told
from actions.request import ADD, AMEND, SWITCH, Request, Turn
from actions.said import Said

ADDED = "utter_anadido"
_SENTENCE = 4
# An address, and what people say around one.
_AROUND = re.compile(
    r"\S+@\S+|\b(?:s[ií]|pues|bueno|vale|ok|creo|que|es|era|ser[ií]a|ser[aá]|mejor|con|a|al|en|para|por favor|la|el|mi|m[ií]o|"
    r"correo|mail|email|direcci[oó]n|gracias|pueden?|escrib\w+|contest\w+|me)\b|\W",
    re.IGNORECASE,
)
_YES_OR_NO = re.compile(r"\b(?:si|no|urge\w*|se)\W*$")


def noted(request: Request, said: Said) -> Turn | None:
    """What is told to persons besides an answer, or at the question what is to be added."""
    if "detalle" not in request.takes or request.asked in (SWITCH, AMEND):
        return None
    if request.field in ADDRESSES and said.outcome in ("out_of_scope", "clarify") and not said.addresses:
        told_before = matter(request, said)
        return added(request, told_before) if told_before else None
    if request.field == "detalle":
        return _first_text(request, said)
    if request.field not in (CONFIRMED, "urgente"):
        return None
    if said.addresses:
        return added(request, said.text.strip()) if instead.recounts(said) else None
    if request.asked == ADD and said.intent == "cancelar" and instead.adds_on(said):
        return added(request, said.text.strip())
    text = instead.tells(said)
    if not text or questions.is_question(replace(said, text=text)):
        return None
    taken = added(request, text)
    besides = told([name for name in request.takes if name not in (*ADDRESSES, "cuenta")], said)
    return replace(taken, values={**besides, **taken.values})


def matter(request: Request, said: Said) -> str:
    """What the customer needs, told where an address is asked and before it is asked itself; empty if it is not told."""
    if request.field not in ADDRESSES or "detalle" not in request.takes or "detalle" in request.filled:
        return ""
    if said.pressed or said.person or said.courtesy or "?" in said.text or instead.lacks(said, request.field):
        return ""
    return said.text.strip() if said.question and len(_AROUND.sub(" ", said.written).split()) >= _SENTENCE else ""


def _first_text(request: Request, said: Said) -> Turn | None:
    """The text at the question for it: that something is to be added is none, and to a request it is what follows that word."""
    if instead.added(said) == "":
        return Turn()
    if "numero" not in request.asks or said.addresses:
        return None
    text = instead.tells(said) or (said.text.strip() if said.intent == "cancelar" and instead.adds_on(said) else None)
    return Turn(values={"detalle": text}) if text else None


def added(request: Request, text: str) -> Turn:
    """The text below what was told of the matter."""
    told = (request.values.get("detalle") or "").splitlines()
    return Turn(values={"detalle": "\n".join(dict.fromkeys((*told, text)))}, says=ADDED)


def states(request: Request, said: Said) -> bool:
    """Whether it tells something of the matter where a yes or a no is asked."""
    tells = said.outcome in ("out_of_scope", "clarify") and not said.courtesy and "?" not in said.text
    return tells and said.words >= _SENTENCE and not _YES_OR_NO.search(said.plain) and "detalle" in request.takes


def to_add(request: Request, said: Said) -> Turn | None:
    """The answer to what is to be added."""
    if commands.nothing(said) or said.intent == "negar":
        return Turn()
    return None if said.courtesy or said.person or said.pressed else added(request, said.text.strip())
