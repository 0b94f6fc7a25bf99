"""What was said and looked up at all three mouths: the transcript, the review queue and the figures read it."""

import hashlib
import hmac
import ipaddress
from collections.abc import Collection, Iterator, Sequence
from functools import cached_property, lru_cache
from typing import Any, NamedTuple

from sqlalchemy import bindparam, desc, insert, select, update
from sqlalchemy.orm import Session

from desk.database import Database
from desk.errors import InvalidInteraction, UnknownInteraction
from desk.fields import storable
from desk.mask import mask, mask_ours
from desk.prepared import Prepared
from desk.records import AGENT, CHAT, MAILBOX, Clock, Interaction

CHANNELS = (CHAT, MAILBOX, AGENT)
EXCERPT = 20  # turns in a ticket: the last ones tell what did not help

_TABLE = Interaction.__table__
_LATER = ("id", "helpful", "reason")  # columns that have no value when an interaction is recorded


class Recorded(NamedTuple):
    """An interaction by its id, and what was replied."""

    id: int
    reply: list[Any]


class Interactions:
    """The interactions of one database; part of `Desk`."""

    _database: Database
    _clock: Clock
    _secret: bytes

    @cached_property
    def _keep(self) -> Prepared:
        return self._database.prepared(
            insert(_TABLE).values({column.name: bindparam(column.name) for column in _TABLE.c if column.name not in _LATER})
        )

    @cached_property
    def _find(self) -> Prepared:
        mine = (_TABLE.c.conversation == bindparam("conversation"), _TABLE.c.client_id == bindparam("client_id"))
        return self._database.prepared(select(_TABLE.c.id, _TABLE.c.reply).where(*mine), _TABLE.c.id, _TABLE.c.reply)

    def record(
        self,
        channel: str,
        conversation: str,
        text: str,
        *,
        outcome: str,
        reply: Sequence[Any] = (),
        faq_ids: Sequence[str] = (),
        theme: str | None = None,
        model: str | None = None,
        client_id: str | None = None,
        client: str | None = None,
    ) -> int:
        """The id of the interaction, kept with its text masked; the same client id in a conversation gives the one already kept.

        Args:
            channel: `chat`, `mail` or `agent`.
            conversation: what holds turns together: a chat, a mail thread, an agent's case.
            text: what the customer wrote, as it came.
            outcome: the outcome of the understanding, or what became of a mail.
            reply: what was answered, as JSON, to be shown again as it was.
            faq_ids: the FAQ entries that the reply gives.
            theme: the theme that routes a ticket.
            model: the version of the model that understood the text.
            client_id: the client's own id of its message, by which it may send it again.
            client: the client's network address; only a keyed hash of it is kept.

        Raises:
            InvalidInteraction: the channel is unknown.
            DeskUnavailable: nothing was recorded.
        """
        if channel not in CHANNELS:
            raise InvalidInteraction(f"channel: expected one of {', '.join(CHANNELS)}, got {channel!r}")
        interaction = {
            "channel": channel,
            "conversation": storable(conversation),
            "client_id": client_id and storable(client_id),
            "client": client and _hash(self._secret, client),
            "text": mask(storable(text)),
            "reply": list(reply),
            "outcome": outcome,
            "faq_ids": list(faq_ids),
            "theme": theme,
            "model": model,
            "created_at": self._clock(),
        }
        try:
            with self._database.noting() as cursor:
                return self._keep.inserted(cursor, interaction)
        except self._database.refusal:
            existing = self.recorded(conversation, client_id or "")
            if existing is None:
                raise
            return existing.id

    def recorded(self, conversation: str, client_id: str) -> Recorded | None:
        """What was recorded for this message of the client, so that it gets the same reply; None if nothing was.

        Raises:
            DeskUnavailable: the database cannot be read.
        """
        names = {"conversation": storable(conversation), "client_id": storable(client_id)}
        with self._database.noting() as cursor:
            found = self._find.row(cursor, names)
        return Recorded(*found) if found else None

    def turns(self, conversation: str) -> list[Interaction]:
        """The interactions of a conversation, oldest first.

        Raises:
            DeskUnavailable: the database cannot be read.
        """
        said = select(Interaction).where(Interaction.conversation == storable(conversation)).order_by(Interaction.id)
        with self._database.reading() as session:
            return list(session.scalars(said))

    def feedback(self, conversation: str, interaction_id: int, *, helpful: bool, reason: str | None = None) -> None:
        """Keep whether an answer helped, and why not; the last word counts.

        Raises:
            UnknownInteraction: the conversation has no such interaction.
            DeskUnavailable: nothing was kept.
        """
        mine = (_TABLE.c.id == interaction_id, _TABLE.c.conversation == storable(conversation))
        rated = update(_TABLE).where(*mine).values(helpful=helpful, reason=reason and mask(storable(reason)))
        with self._database.writing() as session:
            if not session.execute(rated).rowcount:
                raise UnknownInteraction(f"expected an interaction of this conversation, got {interaction_id}")


@lru_cache(maxsize=1024)
def _hash(secret: bytes, client: str) -> str:
    """A name for the client's network that does not tell its address: one per IPv4 address or IPv6 /64."""
    try:
        network = ipaddress.ip_network(client)
    except ValueError:
        return hmac.digest(secret, client.encode("utf-8", "replace"), hashlib.sha256).hex()[:32]
    if network.version == 6:
        network = network.supernet(new_prefix=64)
    return hmac.digest(secret, str(network).encode(), hashlib.sha256).hex()[:32]


def excerpt(session: Session, conversation: str, own: Collection[str]) -> list[dict[str, Any]]:
    """The last turns of a conversation as a ticket carries them, masked on both sides but for our `own` addresses."""
    latest = select(Interaction).where(Interaction.conversation == conversation).order_by(desc(Interaction.id)).limit(EXCERPT)
    turns = reversed(list(session.scalars(latest)))
    return [{"customer": turn.text, "assistant": list(_said(turn.reply, own)), "faq_ids": turn.faq_ids} for turn in turns]


def client_of(session: Session, conversation: str) -> str | None:
    """The hash of the client that spoke last in a conversation, None if it is not known."""
    known = (Interaction.conversation == conversation, Interaction.__table__.c.client.is_not(None))
    found: str | None = session.scalar(select(Interaction.client).where(*known).order_by(desc(Interaction.id)).limit(1))
    return found


def _said(reply: Sequence[Any], own: Collection[str]) -> Iterator[str]:
    for message in reply:
        text, approved = (message.get("text"), message.get("faq")) if isinstance(message, dict) else (message, None)
        if isinstance(text, str):
            yield text if approved else mask_ours(text, own)
