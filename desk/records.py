"""The desk's tables: what was said (`interactions`), promised (`requests`), is owed (`outbox`), and came in (`mails`)."""

from collections.abc import Callable
from datetime import datetime, timezone
from typing import Any

from sqlalchemy import JSON, Boolean, Column, DateTime, ForeignKey, Index, Integer, String, Text, TypeDecorator, UniqueConstraint
from sqlalchemy.orm import declarative_base, relationship

PORTAL = "portal"  # a call to the portal
TICKET = "ticket"  # a ticket, or what the customer adds to it, for the help desk
MAIL = "mail"  # a mail to the customer
LANES = (PORTAL, TICKET, MAIL)  # none waits for another

CHAT, MAILBOX, AGENT = "chat", "mail", "agent"  # the three mouths

OPEN, TAKEN, FINISHED = "open", "taken", "done"  # the standing of a request

PENDING = "pending"
SENT = "sent"
DEAD = "dead"

Clock = Callable[[], datetime]
Base: Any = declarative_base()


def utc_now() -> datetime:
    """The time, in UTC."""
    return datetime.now(timezone.utc)


class UtcDateTime(TypeDecorator):
    """A time with its zone in Python, stored as plain UTC: SQLite keeps no zones."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: object) -> datetime | None:
        """The time as the database stores it."""
        return value and value.astimezone(timezone.utc).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: object) -> datetime | None:
        """The time as Python uses it."""
        return value and value.replace(tzinfo=timezone.utc)


class Interaction(Base):
    """One turn of a chat, one mail, or one look-up of an agent, with what was answered.

    `text` is masked, `reply` is as it was given: a list of what the caller showed. `client_id` is the client's own name for
    its message, unique in the conversation; `client` is a hash of the client's address. `helpful` is None without feedback.
    """

    __tablename__ = "interactions"
    __table_args__ = (
        UniqueConstraint("conversation", "client_id", name="interactions_client_id"),
        Index("interactions_created_at", "created_at"),
        Index("interactions_client", "client", "created_at"),
        {"sqlite_autoincrement": True},
    )

    id: int = Column(Integer, primary_key=True)
    channel: str = Column(String, nullable=False)
    conversation: str = Column(String, nullable=False)
    client_id: str | None = Column(String)
    client: str | None = Column(String)
    text: str = Column(Text, nullable=False)
    reply: list[Any] = Column(JSON, nullable=False)
    outcome: str = Column(String, nullable=False)
    faq_ids: list[str] = Column(JSON, nullable=False)
    theme: str | None = Column(String)
    model: str | None = Column(String)
    helpful: bool | None = Column(Boolean)
    reason: str | None = Column(Text)
    created_at: datetime = Column(UtcDateTime, nullable=False)


class Review(Base):
    """What persons say of an interaction that the assistant did not know; it goes with it when that is erased.

    `flagged_by` is the agent who says that it was understood wrong; `verdict` is None until somebody decides.
    """

    __tablename__ = "reviews"

    id: int = Column(Integer, primary_key=True)
    interaction_id: int = Column(ForeignKey(Interaction.id, ondelete="CASCADE"), nullable=False, unique=True)
    flagged_by: str | None = Column(String)
    verdict: str | None = Column(String)
    label: str | None = Column(String)
    reviewed_by: str | None = Column(String)
    reviewed_at: datetime | None = Column(UtcDateTime)


class ProposedChange(Base):
    """A change of an FAQ entry that an editor proposes, None where it was withdrawn; it replaces the one of that number."""

    __tablename__ = "changes"
    __table_args__ = (UniqueConstraint("entry", "replaces", name="changes_replaces"), {"sqlite_autoincrement": True})

    id: int = Column(Integer, primary_key=True)
    entry: str = Column(String, nullable=False)
    change: dict[str, Any] | None = Column(JSON(none_as_null=True))
    by: str = Column(String, nullable=False)
    replaces: int = Column(Integer, nullable=False)
    created_at: datetime = Column(UtcDateTime, nullable=False)


class Request(Base):
    """What a customer asked for and confirmed; the same `key` is the same request.

    `status` is `open`, `taken` or `done`, and agents change it. `excerpt` holds the last turns of the conversation, each with
    `customer`, `assistant` and `faq_ids`; None once the conversation was erased. `answered_at` is when an agent first answered
    it or had it done.
    """

    __tablename__ = "requests"
    __table_args__ = (Index("requests_conversation", "conversation"), {"sqlite_autoincrement": True})  # no number comes twice

    id: int = Column(Integer, primary_key=True)
    key: str = Column(String, nullable=False, unique=True)
    kind: str = Column(String, nullable=False)
    faq_id: str | None = Column(String)
    theme: str | None = Column(String)
    fields: dict[str, str] = Column(JSON, nullable=False)
    conversation: str = Column(String, nullable=False)
    text: str | None = Column(Text)
    status: str = Column(String, nullable=False, default=OPEN)
    urgent: bool = Column(Boolean, nullable=False, default=False)
    excerpt: list[dict[str, Any]] | None = Column(JSON(none_as_null=True))
    created_at: datetime = Column(UtcDateTime, nullable=False)
    answered_at: datetime | None = Column(UtcDateTime)

    @property
    def number(self) -> str:
        """What customers and agents call the request, such as `V-2026-000007`."""
        return f"V-{self.created_at.year}-{self.id:06d}"


class Delivery(Base):
    """A mail or portal call owed for a request or a mail; who holds its lease, until `lease_until`, may send it."""

    __tablename__ = "outbox"
    __table_args__ = (Index("outbox_due", "status", "next_try_at"), {"sqlite_autoincrement": True})

    id: int = Column(Integer, primary_key=True)
    request_id: int | None = Column(ForeignKey(Request.id), index=True)
    mail_id: int | None = Column(ForeignKey("mails.id"), index=True)
    kind: str = Column(String, nullable=False)
    payload: dict[str, Any] = Column(JSON, nullable=False)
    message_id: str = Column(String, nullable=False, unique=True)
    status: str = Column(String, nullable=False, default=PENDING)
    attempts: int = Column(Integer, nullable=False, default=0)
    next_try_at: datetime = Column(UtcDateTime, nullable=False)
    last_error: str | None = Column(Text)
    failure: str | None = Column(String)  # the name of the last error's class
    lease_until: datetime | None = Column(UtcDateTime)
    created_at: datetime = Column(UtcDateTime, nullable=False)

    request: Request = relationship(Request, lazy="joined")  # None where a mail is answered
    mail: "MailFate" = relationship("MailFate", lazy="joined")  # None where it is owed for a request

    @property
    def number(self) -> str:
        """The number of the request or mail that it is owed for."""
        return str((self.request or self.mail).number)


class Attachment(Base):
    """A customer's file, of the request `request_id` or waiting for one; `file` is its name in `ATTACHMENTS_DIR`."""

    __tablename__ = "attachments"

    id: int = Column(Integer, primary_key=True)
    conversation: str = Column(String, nullable=False, index=True)
    request_id: int | None = Column(ForeignKey(Request.id), index=True)
    name: str = Column(String, nullable=False)
    type: str = Column(String, nullable=False)
    size: int = Column(Integer, nullable=False)
    file: str = Column(String, nullable=False, unique=True)
    created_at: datetime = Column(UtcDateTime, nullable=False)


class Use(Base):
    """One use of the desk by an address, a conversation or a client, which counts against its limit for a day."""

    __tablename__ = "uses"
    __table_args__ = (Index("uses_subject", "subject", "created_at"),)

    id: int = Column(Integer, primary_key=True)
    subject: str = Column(String, nullable=False)
    created_at: datetime = Column(UtcDateTime, nullable=False)


class Incident(Base):
    """Something is broken until `until`: `text` is the banner; the entries `suspended` are answered with `instead`.

    While there is one, no mail is answered automatically.
    """

    __tablename__ = "incidents"

    id: int = Column(Integer, primary_key=True)
    text: str = Column(Text, nullable=False)
    suspended: list[str] = Column(JSON, nullable=False)
    instead: str = Column(Text, nullable=False)
    created_at: datetime = Column(UtcDateTime, nullable=False)
    until: datetime = Column(UtcDateTime, nullable=False)


class MailFate(Base):
    """One mail of the support mailbox, by the hash of its bytes, and what became of it.

    `place` is where it was first seen (folder, UIDVALIDITY, UID); `attempts` counts how often it was begun and not brought to
    its end, `failure` names the last error on the way. `sender`, `thread` and `said` are keyed hashes. `fate` is the decision as
    JSON, None before there is one; `answered` whether a reply was prepared. `moved_to` is the queue that an agent moved it to.
    """

    __tablename__ = "mails"
    __table_args__ = (Index("mails_sender", "sender", "created_at"), {"sqlite_autoincrement": True})

    id: int = Column(Integer, primary_key=True)
    digest: str = Column(String, nullable=False, unique=True)
    message_id: str = Column(Text, nullable=False)
    place: str = Column(String, nullable=False)
    attempts: int = Column(Integer, nullable=False, default=0)
    fate: dict[str, Any] | None = Column(JSON(none_as_null=True))
    sender: str | None = Column(String)
    thread: str | None = Column(String)
    said: str | None = Column(String)
    failure: str | None = Column(String)
    answered: bool = Column(Boolean, nullable=False, default=False)
    moved_to: str | None = Column(String)
    created_at: datetime = Column(UtcDateTime, nullable=False)
    filed_at: datetime | None = Column(UtcDateTime)

    @property
    def number(self) -> str:
        """What staff call the mail, such as `M-2026-000007`."""
        return f"M-{self.created_at.year}-{self.id:06d}"
