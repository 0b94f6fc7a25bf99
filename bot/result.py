"""What the assistant understood of a message: the one form that chat, agents and mail read, and its JSON."""

from dataclasses import asdict, dataclass
from typing import Any

ANSWER = "answer"
CLARIFY = "clarify"
OUT_OF_SCOPE = "out_of_scope"
PERSON = "person"
DIALOGUE = "dialogue"
SMALLTALK = "smalltalk"
OTHER_LANGUAGE = "other_language"


@dataclass(frozen=True)
class Candidate:
    """An FAQ entry with the probability that it answers the need, the action it offers and the fields which that asks."""

    id: str
    confidence: float
    question: str = ""
    action: str | None = None
    asks: tuple[str, ...] = ()


@dataclass(frozen=True)
class Entity:
    """A value found in the text: `start` and `end` are offsets in characters."""

    name: str
    value: str
    start: int
    end: int


@dataclass(frozen=True)
class Need:
    """One thing that the writer wants.

    `label` is the most probable label of all, FAQ entry or not; what the confidences of `ranking` leave over from 1 is the
    probability that no entry answers. `theme` routes a ticket, `topic` names it to the customer. `because` holds the words
    that decided, strongest first.
    """

    text: str
    outcome: str
    label: str
    ranking: tuple[Candidate, ...]
    action: str | None = None
    theme: str | None = None
    topic: str | None = None
    risk: str = "high"
    because: tuple[str, ...] = ()

    @property
    def candidates(self) -> tuple[Candidate, ...]:
        """The entries to offer: the best one for an answer, up to three for a question back, else none."""
        return self.ranking[: {ANSWER: 1, CLARIFY: 3}.get(self.outcome, 0)]


@dataclass(frozen=True)
class Understanding:
    """All that was understood of one message; never without a need."""

    text: str
    needs: tuple[Need, ...]
    entities: tuple[Entity, ...] = ()
    model: str = ""

    @property
    def first(self) -> Need:
        """The need that stands for the message: the first that is not small talk."""
        return next((need for need in self.needs if need.outcome != SMALLTALK), self.needs[0])

    def entity(self, name: str) -> str | None:
        """The first value of this entity in the text."""
        return next((entity.value for entity in self.entities if entity.name == name), None)

    def as_json(self) -> dict[str, Any]:
        """The fields as JSON types, with the message's own outcome, action and theme."""
        first = self.first
        return {**asdict(self), "outcome": first.outcome, "action": first.action, "theme": first.theme}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "Understanding":
        """The understanding that `as_json` wrote."""
        return cls(
            text=data["text"],
            needs=tuple(_need(need) for need in data["needs"]),
            entities=tuple(Entity(**entity) for entity in data["entities"]),
            model=data["model"],
        )


def _need(data: dict[str, Any]) -> Need:
    ranking = tuple(Candidate(**{**candidate, "asks": tuple(candidate["asks"])}) for candidate in data["ranking"])
    return Need(**{**data, "ranking": ranking, "because": tuple(data["because"])})
