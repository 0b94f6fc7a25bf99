"""What a customer's message fills in while a request asks for something: pure, without rasa."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from desk import is_address

ADDRESSES = ("email", "contacto", "correo_nuevo")
CONFIRMED = "confirmado"
YES = "sí"

_ACCOUNT = re.compile(r"^[\w.+-]{2,64}$")
_WORD = re.compile(r"\w{2,}")
_QUESTION_WORDS = 4


@dataclass(frozen=True)
class Said:
    """The customer's message as the form sees it."""

    text: str
    intent: str
    outcome: str
    topic: str | None
    email: str
    user_name: str

    @property
    def interrupts(self) -> bool:
        """Whether it is a command, a question that has an answer, or one on a theme we know."""
        if self.intent in ("cancelar", "negar", "elegir", "iniciar", "servido") or self.outcome in ("answer", "person"):
            return True
        return self.outcome == "out_of_scope" and bool(self.topic) and len(self.text.split()) >= _QUESTION_WORDS


def take(field: str, asked: list[str], said: Said) -> Mapping[str, str | None] | None:
    """The slots that the message sets; the asked field with None where its value is not there; None for an interruption."""
    if field == CONFIRMED and is_address(said.email):
        return {_last_address(asked): said.email}
    if value := _value(field, said):
        return {field: value}
    return None if said.interrupts else {field: None}


def _value(field: str, said: Said) -> str | None:
    if said.intent in ("cancelar", "elegir", "iniciar", "servido"):
        return None
    if field in ADDRESSES:
        return said.email if is_address(said.email) else None
    if field == "cuenta":
        return said.email or said.user_name or _alone(said)
    if field == CONFIRMED:
        return YES if said.intent == "afirmar" else None
    return said.text.strip() if _WORD.search(said.text) else None


def _alone(said: Said) -> str | None:
    """A word by itself is a user name, unless it is one that people say to us."""
    text = said.text.strip()
    spoken = said.intent in ("afirmar", "negar") or said.outcome in ("smalltalk", "person")
    return text if _ACCOUNT.match(text) and not spoken else None


def _last_address(asked: list[str]) -> str:
    return next((name for name in reversed(asked) if name in ADDRESSES), "email")
