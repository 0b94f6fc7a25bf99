"""The customer's message as the dialogue sees it: pure, without rasa."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from desk import is_address

_COURTESY = 4
_CALL_FOR_A_PERSON = 8
_QUESTION = 4
_AT = r"\s*(?:\(arroba\)|\[arroba\]|\barroba\b)\s*"
_DOT = r"(?:\s+punto\s+|\.)"
_SPOKEN = re.compile(
    rf"(?<![\w+-])(?P<who>[\w+-]{{1,64}}(?:{_DOT}[\w+-]{{1,64}}){{0,4}}){_AT}"
    rf"(?P<where>[\w-]{{1,64}}(?:{_DOT}[\w-]{{1,64}}){{1,4}})",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Said:
    """One message: what was typed, its intent, its needs, and the values found in it."""

    text: str
    intent: str = ""
    needs: tuple[Mapping[str, Any], ...] = ()
    values: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    secret: bool = False

    @classmethod
    def of(cls, message: Mapping[str, Any]) -> "Said":
        """The message of Rasa's tracker; `secret` if a password was taken out of it."""
        found: dict[str, tuple[str, ...]] = {}
        for entity in message.get("entities") or ():
            found[entity["entity"]] = (*found.get(entity["entity"], ()), str(entity["value"]))
        return cls(
            text=message.get("text") or "",
            intent=message["intent"]["name"],
            needs=tuple((message.get("understanding") or {}).get("needs", ())),
            values=found,
            secret=bool((message.get("metadata") or {}).get("secret")),
        )

    def value(self, name: str) -> str:
        """The first value of this entity, empty if there is none."""
        return next(iter(self.values.get(name, ())), "")

    @property
    def addresses(self) -> tuple[str, ...]:
        """The addresses in it that a request may hold, in their order."""
        spoken = [_typed(match) for match in _SPOKEN.finditer(self.text)]
        found = dict.fromkeys(filter(is_address, (*self.values.get("email", ()), *spoken)))
        return tuple(sorted(found, key=self.written.find))

    @property
    def written(self) -> str:
        """The text with addresses as they are typed: "ana arroba example punto com" is ana@example.com."""
        return _SPOKEN.sub(_typed, self.text)

    @property
    def outcome(self) -> str:
        """The outcome of the first need, empty for a button."""
        return str(self.needs[0]["outcome"]) if self.needs else ""

    @property
    def pressed(self) -> bool:
        """Whether it is a button's payload, which holds none of the customer's words."""
        return self.text.startswith("/") and not self.needs

    @property
    def words(self) -> int:
        """How many words it has."""
        return len(self.text.split())

    @property
    def scrap(self) -> bool:
        """Whether it is one word or a number, which tells nothing by itself."""
        return self.words == 1 or not re.search(r"[^\W\d_]", self.text)

    @property
    def plain(self) -> str:
        """The text in lower case without accents."""
        return plain(self.text)

    @property
    def courtesy(self) -> bool:
        """Whether it is a yes, a no, a greeting or thanks, and nothing besides."""
        return self.outcome in ("dialogue", "smalltalk") and self.words <= _COURTESY

    @property
    def person(self) -> bool:
        """Whether it asks for a person, and says little besides."""
        return any(need["outcome"] == "person" for need in self.needs) and self.words <= _CALL_FOR_A_PERSON

    @property
    def question(self) -> bool:
        """Whether it has an answer, a question back, or a theme that has a name."""
        if any(need["outcome"] in ("answer", "person", "other_language") for need in self.needs):
            return True
        return self.words >= _QUESTION and any(need["outcome"] == "clarify" or need.get("topic") for need in self.needs)

    def begins(self, pattern: str) -> bool:
        """Whether the text begins with these words, accents and case aside."""
        return re.match(rf"\W*(?:{pattern})\b", self.plain) is not None


def _typed(match: re.Match[str]) -> str:
    return "@".join(re.sub(_DOT, ".", part, flags=re.IGNORECASE) for part in (match["who"], match["where"]))


def plain(text: str) -> str:
    """A text in lower case without accents."""
    parts = unicodedata.normalize("NFD", text.lower())
    return "".join(c for c in parts if not unicodedata.combining(c)).strip()
