"""What the assistant offers to do: an action with the fields it asks, and the question that stands."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from actions.fields import told
from actions.said import Said

OPEN_TICKET = "open_ticket"
CHECK_REQUEST = "check_request"
ADD_TO_REQUEST = "add_to_request"
UNCONFIRMED = (CHECK_REQUEST,)  # what changes nothing
TICKET_ASKS = "contacto detalle"
CHECK_ASKS = "numero contacto"
PAST_REQUESTS = "historial_tickets"  # the theme of those who ask how a request stands

OFFER = "offer"
SERVED = "served"
ARRIVED = "arrived"
CHOICE = "choice"
MORE = "more"

MOST_TIMES = 3  # a question is put less often than this in a row

Entry = Mapping[str, Any]


@dataclass(frozen=True)
class Offer:
    """An action, for which entry (its step `paso`) or theme, the fields it asks, blank between them, and what was told.

    `ofrece` and `titulo` are its own words as a question and as a button, where it has some.
    """

    accion: str = OPEN_TICKET
    faq_id: str = ""
    tema: str = ""
    pide: str = TICKET_ASKS
    paso: int = 0
    ofrece: str = ""
    titulo: str = ""
    dicho: dict[str, str] = field(default_factory=dict)

    @property
    def asks(self) -> tuple[str, ...]:
        """The fields to ask, in order."""
        return tuple(self.pide.split())

    @property
    def mark(self) -> str:
        """What it is remembered by once it is done."""
        return f"{self.accion} {self.faq_id} {self.paso}"

    def told(self, values: Mapping[str, str]) -> "Offer":
        """The same with these values, where it has none of its own."""
        return replace(self, dicho={**values, **self.dicho})

    def adding(self, text: str) -> "Offer":
        """The same with this below what was told of the matter."""
        told = "\n".join(filter(None, (self.dicho.get("detalle"), text)))
        return replace(self, dicho={**self.dicho, "detalle": told}) if text else self

    @property
    def payload(self) -> str:
        """What its button sends."""
        named = {name: value for name, value in asdict(self).items() if name not in ("ofrece", "titulo", "dicho")}
        return f"/iniciar{json.dumps(named)}"

    def same(self, other: "Offer") -> bool:
        """Whether both ask for the same thing."""
        return (self.accion, self.pide) == (other.accion, other.pide)


LOOK = Offer(CHECK_REQUEST, pide=CHECK_ASKS)
ADDITION = Offer(ADD_TO_REQUEST, pide=f"{CHECK_ASKS} detalle")


def steps(id_: str, entry: Entry) -> list[Offer]:
    """What an entry leads to, one after the other: its action, what its file names, at last a ticket."""
    first = [entry] if entry.get("action") else []
    found = [
        Offer(
            step["action"],
            id_,
            pide=" ".join(step["asks"]),
            paso=paso,
            ofrece=step.get("offer", ""),
            titulo=step.get("title", ""),
            dicho={"asunto": step["subject"]} if step.get("subject") else {},
        )
        for paso, step in enumerate([*first, *entry.get("after", ())])
    ]
    ends = bool(found) and found[-1].accion == OPEN_TICKET and not found[-1].titulo
    return found if ends else [*found, Offer(faq_id=id_, paso=len(found))]


def next_step(id_: str, entry: Entry, done: Iterable[str], after: int = -1) -> Offer:
    """The first step behind `after` that was not done, the last one at least; those to choose from are no steps in a row."""
    found, done = [step for step in steps(id_, entry) if not step.titulo], set(done)
    return next((step for step in found if step.paso > after and step.mark not in done), found[-1])


@dataclass(frozen=True)
class Standing:
    """The question that waits: of an offer, whether an answer served or a mail arrived, which of several, "anything else?".

    Of several: `entries` (id → question) if it is asked which question was meant, else one of the offers. `others` are the
    entries of further needs, to be asked after these; `times` counts how often it was put in a row; `sought` is
    the number of a request that was not found.
    """

    kind: str = MORE
    offers: tuple[Offer, ...] = ()
    entries: Mapping[str, str] = field(default_factory=dict)
    others: tuple[Mapping[str, str], ...] = ()
    times: int = 1
    sought: str = ""

    @classmethod
    def of(cls, kept: Mapping[str, Any] | None) -> "Standing | None":
        """The question that a slot keeps."""
        if not kept:
            return None
        return cls(**{**kept, "offers": tuple(Offer(**o) for o in kept["offers"]), "others": tuple(kept.get("others", ()))})

    def keep(self) -> dict[str, Any]:
        """It as a slot keeps it."""
        return asdict(self)

    def told(self, words: str | None, said: Said | None = None) -> "Standing":
        """The same with the customer's own words, for the person who reads the ticket, and the values that stand in them."""
        given = {"detalle": words} if words else {}
        values = [told(offer.asks, said or Said("")) for offer in self.offers]
        # what is to be added to a request is asked: the matter was told when it was made
        told_of = [{} if offer.accion == ADD_TO_REQUEST else given for offer in self.offers]
        offers = (offer.told({**own, **found}) for offer, own, found in zip(self.offers, told_of, values))
        return replace(self, offers=tuple(offers))

    def again(self, before: "Standing | None") -> "Standing":
        """The same after `before`: once it was put in vain often enough, the offer of a person in its place."""
        if self.kind != CHOICE or before is None or before.kind != CHOICE or bool(before.entries) != bool(self.entries):
            return self
        tried = replace(self, times=before.times + 1)
        return tried if tried.times < MOST_TIMES else tried.instead

    @property
    def besides(self) -> tuple[Offer, ...]:
        """What is offered of other needs, besides the choice."""
        return tuple(offer for offer in self.offers if offer.faq_id and not offer.titulo)

    @property
    def instead(self) -> "Standing":
        """The offer of a person, where none of the choices was meant; and what was offered besides."""
        person = [offer for offer in self.offers if offer not in self.besides][-1]
        return Standing(OFFER, (person, *self.besides))

    @property
    def rest(self) -> "list[Standing]":
        """What waits once one of the entries was chosen: what was offered of other needs, and the choices of further ones."""
        offered = [Standing(OFFER, self.besides)] if self.entries and self.besides else []
        return [*offered, *(Standing(CHOICE, (Offer(),), entries) for entries in self.others)]

    @property
    def carried(self) -> "list[Standing]":
        """What of an offer is put once more where the customer asks something else: what the portal can do."""
        offers = tuple(offer for offer in self.offers if offer.accion != OPEN_TICKET)
        return [replace(self, offers=offers, times=2)] if self.kind == OFFER and offers and self.times == 1 else []


def join(standings: Iterable[Standing]) -> Standing:
    """One question out of those of several needs: which was meant, else what is offered, else whether the answers served."""
    found = list(standings)
    first, *others = [entries for standing in found for entries in (standing.entries, *standing.others) if entries] or [{}]
    kind = next((kind for kind in (CHOICE, OFFER, SERVED, MORE) if any(standing.kind == kind for standing in found)), MORE)
    wanted = (CHOICE, OFFER) if kind in (CHOICE, OFFER) else (kind,)
    offers: list[Offer] = []
    for offer in (offer for standing in found if standing.kind in wanted for offer in standing.offers):
        if not any(offer.same(other) for other in offers):
            offers.append(offer)
    times = max(standing.times for standing in found) if kind == OFFER else 1
    return Standing(kind, tuple(offers if kind in (CHOICE, OFFER) else offers[:1]), first, tuple(others), times)
