"""The outbox: what is owed for requests and mails, and who may send it now."""

import hashlib
import logging
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.utils import make_msgid
from typing import Any

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from desk.database import Database
from desk.errors import DeliveryError, Rejected
from desk.fields import OPEN_TICKET, PORTAL_PATHS, is_address, reply_address
from desk.hours import reply_by
from desk.letters import addition, change_notice, receipt, reply, ticket
from desk.mail import domain_of
from desk.records import DEAD, FINISHED, MAIL, PENDING, PORTAL, SENT, TICKET, Attachment, Clock, Delivery, MailFate, Request
from settings import Settings

LEASE = timedelta(minutes=6)  # longer than the slowest delivery: a dozen SMTP steps, of SMTP_TIMEOUT each
PORTAL_PATIENCE = timedelta(hours=24)  # then a person does what the portal did not
FIRST_PAUSE = 5  # seconds, doubled after each failure
LONGEST_PAUSE = 600  # seconds: so soon after a repair, at the latest, everything is under way

logger = logging.getLogger(__name__)


class Outbox:
    """The deliveries of one database."""

    def __init__(self, settings: Settings, database: Database, clock: Clock) -> None:
        """Keep the database; the settings name the domain of our Message-IDs."""
        self._database = database
        self._clock = clock
        self._domain = domain_of(settings.mail_from)
        self._settings = settings

    def promise(self, session: Session, request: Request, attachments: Sequence[Attachment]) -> None:
        """Owe what the request asks for: a portal call, or a ticket with the mails that tell of it."""
        if request.kind != OPEN_TICKET:
            payload = {"path": PORTAL_PATHS[request.kind], "email": request.fields["email"]}
            self._add(session, request, PORTAL, payload)
            return
        self._add(session, request, TICKET, ticket(request, attachments))
        if to := reply_address(request.fields):
            self._add(session, request, MAIL, receipt(request, to, reply_by(self._clock(), self._settings)))
        account = request.fields.get("cuenta", "")
        if "correo_nuevo" in request.fields and is_address(account):
            self._add(session, request, MAIL, change_notice(request, account))

    def promise_addition(self, session: Session, request: Request, text: str) -> None:
        """Owe the help desk what the customer adds; the same text is added once."""
        self._add_once(session, request, TICKET, addition(request, text), text)

    def promise_reply(self, session: Session, request: Request, to: str, text: str) -> None:
        """Owe the customer what an agent answers; the same text is sent once."""
        self._add_once(session, request, MAIL, reply(request, to, text), f"{MAIL}\0{text}")

    def promise_mail(self, session: Session, mail: MailFate, reply: EmailMessage) -> None:
        """Owe the sender of a mail this reply, as it is, under its own Message-ID."""
        payload = {"message": reply.as_string()}
        self._owe(session, {"mail_id": mail.id, "kind": MAIL, "payload": payload, "message_id": reply["Message-ID"]})

    def lease(self, kind: str) -> Delivery | None:
        """A due delivery of this kind that nobody else sends before its `lease_until`; None when nothing is due."""
        now = self._clock()
        with self._database.writing() as session:
            # SQLite has no row locks: there the UPDATE, which repeats the condition, decides between two workers.
            due = (
                select(Delivery.id).where(Delivery.kind == kind, *_due(now)).order_by(Delivery.next_try_at, Delivery.id).limit(1)
            )
            while (found := session.scalar(due.with_for_update(skip_locked=True))) is not None:
                taking = update(Delivery).where(Delivery.id == found, *_due(now))
                values = {"lease_until": now + LEASE, "attempts": Delivery.attempts + 1}
                if session.execute(taking.values(values).execution_options(synchronize_session=False)).rowcount:
                    return session.get(Delivery, found)
        return None

    def done(self, delivery: Delivery) -> None:
        """Record that the delivery, leased by the caller, was sent."""
        with self._database.writing() as session:
            if self._settle(session, delivery, status=SENT, last_error=None, failure=None) and delivery.kind == PORTAL:
                session.execute(update(Request).where(Request.id == delivery.request_id).values(status=FINISHED))

    def failed(self, delivery: Delivery, error: DeliveryError) -> None:
        """Record that the delivery, leased by the caller, failed: it is tried again, or dead and perhaps a ticket."""
        reason = {"last_error": str(error), "failure": type(error).__name__}
        if not self._hopeless(delivery, error):
            next_try_at = self._clock() + pause(delivery.attempts)
            with self._database.writing() as session:
                self._settle(session, delivery, next_try_at=next_try_at, **reason)
            return
        with self._database.writing() as session:
            if self._settle(session, delivery, status=DEAD, **reason) and delivery.kind == PORTAL:
                self._hand_over(session, delivery.request, error)

    def _hopeless(self, delivery: Delivery, error: DeliveryError) -> bool:
        too_late = self._clock() - delivery.created_at >= PORTAL_PATIENCE
        return isinstance(error, Rejected) or (delivery.kind == PORTAL and too_late)

    def _hand_over(self, session: Session, request: Request, error: DeliveryError) -> None:
        tickets = select(Delivery.id).where(Delivery.request_id == request.id, Delivery.kind == TICKET)
        if session.scalar(tickets) is None:  # a portal call that was requeued may have its ticket already
            self._add(session, request, TICKET, ticket(request, portal_failure=type(error).__name__))

    def _settle(self, session: Session, delivery: Delivery, **values: Any) -> bool:
        """Whether the lease was still ours; if not, another worker has the delivery and its word counts."""
        ours = (Delivery.id == delivery.id, Delivery.lease_until == delivery.lease_until)
        settling = update(Delivery).where(*ours).values(lease_until=None, **values)
        kept = session.execute(settling.execution_options(synchronize_session=False)).rowcount == 1
        if not kept:
            logger.warning("%s %s: the lease ended before the delivery did", delivery.number, delivery.kind)
        return kept

    def _add_once(self, session: Session, request: Request, kind: str, payload: dict[str, Any], text: str) -> None:
        name = hashlib.sha256(f"{request.number}\0{text}".encode()).hexdigest()[:32]
        message_id = f"<{name}@{self._domain}>"
        if session.scalar(select(Delivery.id).where(Delivery.message_id == message_id)) is None:
            self._add(session, request, kind, payload, message_id)

    def _add(self, session: Session, request: Request, kind: str, payload: dict[str, Any], message_id: str | None = None) -> None:
        message_id = message_id or make_msgid(domain=self._domain)
        self._owe(session, {"request_id": request.id, "kind": kind, "payload": payload, "message_id": message_id})

    def _owe(self, session: Session, owed: dict[str, Any]) -> None:
        now = self._clock()
        session.add(Delivery(**owed, next_try_at=now, created_at=now))


def pause(attempts: int) -> timedelta:
    """How long to wait after so many attempts: twice as long each time up to a limit, and never in step with others."""
    longest = min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** (attempts - 1))
    return timedelta(seconds=secrets.SystemRandom().uniform(longest / 2, longest))


def _due(now: datetime) -> tuple[Any, ...]:
    lease = Delivery.__table__.c.lease_until
    return Delivery.status == PENDING, Delivery.next_try_at <= now, or_(lease.is_(None), lease <= now)
