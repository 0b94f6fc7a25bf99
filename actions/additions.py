"""What is told to persons besides an answer: it is added to the text of the request. Pure, without rasa."""

import re
from dataclasses import replace

from actions import commands, instead, questions
from actions.fields import ADDRESSES, CONFIRMED, told
from actions.request import ADD, AMEND, SWITCH, Request, Turn
from actions.said import Said

ADDED = "utter_anadido"
_SENTENCE = 4
_YES_OR_NO = re.compile(r"\b(?:si|no|urge\w*|se)\W*$")


def noted(request: Request, said: Said) -> Turn | None:
    """What is told to persons besides an answer, or at the question what is to be added."""
    if "detalle" not in request.takes or request.asked in (SWITCH, AMEND):
        return None
    if request.field in ADDRESSES:
        return _matter(request, said)
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


def _matter(request: Request, said: Said) -> Turn | None:
    """What the customer needs, told where an address is asked and before it is asked itself."""
    if "detalle" in request.filled or said.addresses or instead.lacks(said, request.field):
        return None
    return added(request, said.text.strip()) if said.question and states(request, said) else None


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
    return Turn(values={"detalle": "\n".join(filter(None, (request.values.get("detalle"), text)))}, says=ADDED)


def states(request: Request, said: Said) -> bool:
    """Whether it tells something of the matter where a yes or a no is asked."""
    tells = said.outcome in ("out_of_scope", "clarify") and not said.courtesy and "?" not in said.text
    return tells and said.words >= _SENTENCE and not _YES_OR_NO.search(said.plain) and "detalle" in request.takes


def to_add(request: Request, said: Said) -> Turn | None:
    """The answer to what is to be added."""
    if commands.nothing(said) or said.intent == "negar":
        return Turn()
    return None if said.courtesy or said.person or said.pressed else added(request, said.text.strip())
