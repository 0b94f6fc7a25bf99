"""The desk: takes requests, with what is owed for them, and finds them again."""

import logging
from typing import Any

from sqlalchemy import delete, desc, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from desk.attachments import Attachments, discard
from desk.changes import Changes
from desk.database import Database
from desk.errors import InvalidRequest
from desk.fields import OPEN_TICKET, addresses, checked, reply_address, storable
from desk.figures import Figures
from desk.incident import Incidents
from desk.interactions import Interactions, client_of, excerpt
from desk.limits import Limits
from desk.mails import Mails
from desk.mask import without_secrets
from desk.numbers import found
from desk.outbox import Outbox
from desk.owed import Owed
from desk.records import (
    FINISHED,
    OPEN,
    SENT,
    TAKEN,
    Attachment,
    Clock,
    Delivery,
    Interaction,
    Request,
    utc_now,
)
from desk.reviews import Reviews
from desk.search import holding
from desk.solved import Solved
from desk.standing import Standings
from settings import Settings

STATUSES = (OPEN, TAKEN, FINISHED)

logger = logging.getLogger(__name__)


class Desk(Interactions, Attachments, Standings, Owed, Incidents, Mails, Reviews, Figures, Solved, Changes):
    """One record of every interaction and request, on the database that the settings name."""

    def __init__(self, settings: Settings, clock: Clock = utc_now) -> None:
        """Open the database, and bring its tables up to date.

        Raises:
            DeskUnavailable: the database cannot be opened.
            ValueError: `DATABASE_URL` names another kind of database.
        """
        self._database = Database(settings)
        self._outbox = Outbox(settings, self._database, clock)
        self._limits = Limits(settings, clock)
        self._clock = clock
        self._secret = settings.secret_key.encode()
        self._folder = settings.attachments_dir
        self._own = {settings.care_address.casefold(), settings.mail_from.casefold()}

    def submit(
        self,
        key: str,
        kind: str,
        *,
        faq_id: str | None,
        theme: str | None,
        fields: dict[str, str],
        conversation: str,
        text: str | None,
        urgent: bool = False,
    ) -> Request:
        """The request, recorded with what is owed for it; the same key gives the same request and owes nothing twice.

        A ticket takes the last turns of the conversation with it, and the files that wait there.

        Raises:
            InvalidRequest: the kind, a field or the key cannot be accepted; nothing was recorded.
            TooMany: an address, the conversation or its client asked for too much today; nothing was recorded.
            DeskUnavailable: the database cannot be written; nothing was recorded.
        """
        if not key:
            raise InvalidRequest("key: expected the idempotency key of the confirmed summary, got none")
        text = text and without_secrets(storable(text))
        told = {"faq_id": faq_id, "theme": theme, "conversation": storable(conversation), "text": text, "urgent": urgent}
        return self._record(self._made(key, kind, fields, **told))

    def request(self, number: str) -> Request:
        """The request of this number.

        Raises:
            UnknownRequest: there is none.
        """
        with self._database.reading() as session:
            return found(session, number)

    def requests(self, *statuses: str, words: str = "", skip: int = 0, most: int | None = None) -> list[Request]:
        """The requests of these statuses, of all if none is given, that hold these words: urgent ones first, then the oldest.

        Args:
            statuses: of `open`, `taken` and `done`.
            words: each must stand in its number, text, values, entry or theme.
            skip: how many of the first to leave out.
            most: how many to give; all if None.
        """
        wanted = select(Request).where(Request.__table__.c.status.in_(statuses or STATUSES), *holding(words))
        with self._database.reading() as session:
            return list(session.scalars(wanted.order_by(desc(Request.urgent), Request.id).offset(skip).limit(most)))

    def change_status(self, number: str, status: str) -> None:
        """Keep what an agent made of a request.

        Raises:
            InvalidRequest: the status is none of `open`, `taken`, `done`.
            UnknownRequest: no request has this number.
        """
        if status not in STATUSES:
            raise InvalidRequest(f"status: expected one of {', '.join(STATUSES)}, got {status!r}")
        with self._database.writing() as session:
            request = found(session, number)
            request.status = status
            if status == FINISHED:
                request.answered_at = request.answered_at or self._clock()

    def reply(self, number: str, text: str) -> None:
        """Owe the customer what an agent answers to a request, which is then taken; the same text is sent once.

        Raises:
            InvalidRequest: there is no text, or the request holds no address to write to.
            UnknownRequest: no request has this number.
            DeskUnavailable: nothing was recorded.
        """
        if not text.strip():
            raise InvalidRequest("text: expected what the agent answers, got nothing")
        with self._database.writing() as session:
            request = found(session, number)
            to = reply_address(request.fields)
            if to is None:
                raise InvalidRequest("fields: expected an address to write to, got none: answer on another way")
            self._outbox.promise_reply(session, request, to, storable(text.strip()))
            request.answered_at = request.answered_at or self._clock()
            if request.status == OPEN:
                request.status = TAKEN
        logger.info("%s: an agent answered", number)

    def erase(self, conversation: str) -> None:
        """Delete what was said in a conversation; its requests, and what is owed for them, stay.

        Raises:
            DeskUnavailable: nothing was deleted.
        """
        conversation = storable(conversation)
        numbers = select(Request.id).where(Request.conversation == conversation)
        sent = update(Delivery).where(Delivery.__table__.c.request_id.in_(numbers), Delivery.status == SENT)
        forgotten = update(Request).where(Request.conversation == conversation)
        with self._database.writing() as session:
            session.execute(delete(Interaction).where(Interaction.conversation == conversation))
            session.execute(sent.values(payload={}).execution_options(synchronize_session=False))
            session.execute(forgotten.values(excerpt=None, text=None).execution_options(synchronize_session=False))
            discard(session, self._folder, Attachment.conversation == conversation)

    def _record(self, request: Request) -> Request:
        try:
            with self._database.writing() as session:
                self._promise(session, request)
        except IntegrityError:
            with self._database.reading() as session:
                existing = session.scalars(select(Request).where(Request.key == request.key)).one()
            logger.info("%s was submitted again", existing.number)
            return existing
        logger.info("%s recorded: %s", request.number, request.kind)
        return request

    def _promise(self, session: Session, request: Request) -> None:
        session.add(request)
        session.flush()  # the ticket bears the number, which comes from the database
        self._count(session, request)
        request.excerpt = excerpt(session, request.conversation, self._own)
        attachments = self._take(session, request) if request.kind == OPEN_TICKET else []
        self._outbox.promise(session, request, attachments)

    def _made(self, key: str, kind: str, fields: dict[str, str], **told: Any) -> Request:
        return Request(key=key, kind=kind, fields=checked(kind, fields), created_at=self._clock(), **told)

    def _count(self, session: Session, request: Request) -> None:
        self._limits.count(session, "address", addresses(request.fields).values())
        self._limits.count(session, "conversation", [request.conversation])
        if client := client_of(session, request.conversation):
            self._limits.count(session, "client", [client])
