"""The desk: takes requests, finds them again, tells how they stand, and shows what is still owed."""

import logging
import re
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, desc, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from desk.attachments import Attachments
from desk.database import Database
from desk.errors import InvalidRequest, NothingToRequeue, UnknownRequest
from desk.fields import OPEN_TICKET, PORTAL_PATHS, addresses, checked, storable
from desk.incident import Incidents
from desk.interactions import Interactions, client_of, excerpt
from desk.limits import Limits
from desk.mails import Mails
from desk.mask import without_secrets
from desk.outbox import Outbox
from desk.records import (
    DEAD,
    FINISHED,
    OPEN,
    PENDING,
    PORTAL,
    SENT,
    TAKEN,
    Attachment,
    Clock,
    Delivery,
    Interaction,
    Request,
    utc_now,
)
from settings import Settings

STATUSES = (OPEN, TAKEN, FINISHED)
_NUMBER = re.compile(r"V-\d{4}-(\d{6,9})", re.ASCII)

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Standing:
    """What a customer is told of a request: `status` is `open`, `taken` or `done`."""

    number: str
    kind: str
    status: str
    created_at: datetime


class Desk(Interactions, Attachments, Incidents, Mails):
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
        request = Request(
            key=key,
            kind=kind,
            faq_id=faq_id,
            theme=theme,
            fields=checked(kind, fields),
            conversation=storable(conversation),
            text=text and without_secrets(storable(text)),
            urgent=urgent,
            created_at=self._clock(),
        )
        return self._record(request)

    def request(self, number: str) -> Request:
        """The request of this number.

        Raises:
            UnknownRequest: there is none.
        """
        with self._database.reading() as session:
            return _found(session, number)

    def requests(self, *statuses: str) -> list[Request]:
        """The requests of these statuses, of all if none is given: urgent ones first, then the oldest."""
        wanted = select(Request).where(Request.__table__.c.status.in_(statuses or STATUSES))
        with self._database.reading() as session:
            return list(session.scalars(wanted.order_by(desc(Request.urgent), Request.id)))

    def change_status(self, number: str, status: str) -> None:
        """Keep what an agent made of a request.

        Raises:
            InvalidRequest: the status is none of `open`, `taken`, `done`.
            UnknownRequest: no request has this number.
        """
        if status not in STATUSES:
            raise InvalidRequest(f"status: expected one of {', '.join(STATUSES)}, got {status!r}")
        with self._database.writing() as session:
            _found(session, number).status = status

    def status(self, number: str, address: str) -> Standing:
        """How the request stands, for who names an address that it holds.

        What the portal said of the address cannot be told from it: a call that the portal refused is `done` as well.

        Raises:
            UnknownRequest: there is none, or the address is another; both in the same words.
        """
        with self._database.reading() as session:
            request = _of_customer(session, number, address)
            status = FINISHED if request.status == OPEN and _refused_by_portal(session, request) else request.status
        return Standing(request.number, request.kind, status, request.created_at)

    def add(self, number: str, address: str, text: str) -> None:
        """Owe the help desk what a customer adds to a request, which is open again; the same text is added once.

        Raises:
            InvalidRequest: there is no text.
            UnknownRequest: as `status` does.
            TooMany: the address asked for too much today; nothing was recorded.
            DeskUnavailable: nothing was recorded.
        """
        if not text.strip():
            raise InvalidRequest("text: expected what the customer adds, got nothing")
        with self._database.writing() as session:
            request = _of_customer(session, number, address)
            self._limits.count(session, "address", [address.strip()])
            self._outbox.promise_addition(session, request, without_secrets(storable(text)))
            if request.status == FINISHED:
                request.status = OPEN
        logger.info("%s: the customer added to it", number)

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
            self._discard(session, Attachment.conversation == conversation)

    def deliveries(self, number: str) -> list[Delivery]:
        """All that was or is owed for a request, oldest first.

        Raises:
            UnknownRequest: no request has this number.
        """
        of_request = select(Delivery).where(Delivery.request_id == self.request(number).id).order_by(Delivery.id)
        with self._database.reading() as session:
            return list(session.scalars(of_request))

    def undelivered(self) -> list[Delivery]:
        """The deliveries that are pending or dead, oldest first."""
        with self._database.reading() as session:
            return list(session.scalars(select(Delivery).where(Delivery.status != SENT).order_by(Delivery.id)))

    def requeue(self, number: str) -> None:
        """Make the latest dead delivery of the request due again, as if it had never been tried.

        Raises:
            UnknownRequest: no request has this number.
            NothingToRequeue: the request has no dead delivery.
        """
        dead = select(Delivery).where(Delivery.request_id == self.request(number).id, Delivery.status == DEAD)
        with self._database.writing() as session:
            delivery = session.scalars(dead.order_by(desc(Delivery.id)).limit(1)).first()
            if delivery is None:
                raise NothingToRequeue(f"{number}: expected a dead delivery, found none: see `python -m desk list`")
            delivery.status, delivery.attempts, delivery.next_try_at = PENDING, 0, self._clock()

    def _record(self, request: Request) -> Request:
        try:
            with self._database.writing() as session:
                session.add(request)
                session.flush()  # the ticket bears the number, which comes from the database
                self._count(session, request)
                request.excerpt = excerpt(session, request.conversation)
                attachments = self._take(session, request) if request.kind == OPEN_TICKET else []
                self._outbox.promise(session, request, attachments)
        except IntegrityError:
            with self._database.reading() as session:
                existing = session.scalars(select(Request).where(Request.key == request.key)).one()
            logger.info("%s was submitted again", existing.number)
            return existing
        logger.info("%s recorded: %s", request.number, request.kind)
        return request

    def _count(self, session: Session, request: Request) -> None:
        self._limits.count(session, "address", addresses(request.fields).values())
        self._limits.count(session, "conversation", [request.conversation])
        if client := client_of(session, request.conversation):
            self._limits.count(session, "client", [client])


def _found(session: Session, number: str) -> Request:
    match = _NUMBER.fullmatch(number)
    found = session.get(Request, int(match[1])) if match else None
    if found is None or found.number != number:
        raise UnknownRequest(f"expected the number of a request, such as V-2026-000007, got {number!r}")
    return found


def _of_customer(session: Session, number: str, address: str) -> Request:
    number = number.strip().upper()
    try:
        request = _found(session, number)
    except UnknownRequest:
        request = None
    if request is None or address.strip().casefold() not in addresses(request.fields).values():
        raise UnknownRequest("expected the number of a request and an address that it holds, got no match")
    return request


def _refused_by_portal(session: Session, request: Request) -> bool:
    if request.kind not in PORTAL_PATHS:
        return False
    call = select(Delivery).where(Delivery.request_id == request.id, Delivery.kind == PORTAL)
    return session.scalars(call).one().failure == "PortalRejected"
