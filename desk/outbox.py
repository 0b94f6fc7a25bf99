"""The outbox: what is owed for requests, and who may send it now."""

import logging
import secrets
from datetime import datetime, timedelta
from email.utils import make_msgid
from typing import Any

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from desk.database import Database
from desk.errors import DeliveryError, Rejected
from desk.fields import OPEN_TICKET, PORTAL_PATHS
from desk.mail import domain_of
from desk.records import DEAD, MAIL, PENDING, PORTAL, SENT, Clock, Delivery, Request
from desk.ticket import ticket
from settings import Settings

LEASE = timedelta(minutes=6)  # longer than the slowest delivery: a dozen SMTP steps of 30 s each
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

    def promise(self, session: Session, request: Request) -> None:
        """Owe what the request asks for: a portal call or a ticket mail."""
        if request.kind == OPEN_TICKET:
            self._add(session, request, MAIL, ticket(request))
        else:
            payload = {"path": PORTAL_PATHS[request.kind], "email": request.fields["email"]}
            self._add(session, request, PORTAL, payload)

    def lease(self) -> Delivery | None:
        """A due delivery that nobody else sends before its `lease_until`; None when nothing is due."""
        now = self._clock()
        with self._database.writing() as session:
            # SQLite has no row locks: there the UPDATE, which repeats the condition, decides between two workers.
            due = select(Delivery.id).where(*_due(now)).order_by(Delivery.next_try_at, Delivery.id).limit(1)
            while (found := session.scalar(due.with_for_update(skip_locked=True))) is not None:
                taking = update(Delivery).where(Delivery.id == found, *_due(now))
                values = {"lease_until": now + LEASE, "attempts": Delivery.attempts + 1}
                if session.execute(taking.values(values).execution_options(synchronize_session=False)).rowcount:
                    return session.get(Delivery, found)
        return None

    def done(self, delivery: Delivery) -> None:
        """Record that the delivery, leased by the caller, was sent."""
        with self._database.writing() as session:
            self._settle(session, delivery, status=SENT, last_error=None)

    def failed(self, delivery: Delivery, error: DeliveryError) -> None:
        """Record that the delivery, leased by the caller, failed: it is tried again, or dead and perhaps a ticket."""
        if not self._hopeless(delivery, error):
            next_try_at = self._clock() + pause(delivery.attempts)
            with self._database.writing() as session:
                self._settle(session, delivery, next_try_at=next_try_at, last_error=str(error))
            return
        with self._database.writing() as session:
            if self._settle(session, delivery, status=DEAD, last_error=str(error)) and delivery.kind == PORTAL:
                self._hand_over(session, delivery.request, error)

    def _hopeless(self, delivery: Delivery, error: DeliveryError) -> bool:
        too_late = self._clock() - delivery.created_at >= PORTAL_PATIENCE
        return isinstance(error, Rejected) or (delivery.kind == PORTAL and too_late)

    def _hand_over(self, session: Session, request: Request, error: DeliveryError) -> None:
        mails = select(Delivery.id).where(Delivery.request_id == request.id, Delivery.kind == MAIL)
        if session.scalar(mails) is None:  # a portal call that was requeued may have its ticket already
            self._add(session, request, MAIL, ticket(request, portal_failure=type(error).__name__))

    def _settle(self, session: Session, delivery: Delivery, **values: Any) -> bool:
        """Whether the lease was still ours; if not, another worker has the delivery and its word counts."""
        ours = (Delivery.id == delivery.id, Delivery.lease_until == delivery.lease_until)
        settling = update(Delivery).where(*ours).values(lease_until=None, **values)
        kept = session.execute(settling.execution_options(synchronize_session=False)).rowcount == 1
        if not kept:
            logger.warning("%s %s: the lease ended before the delivery did", delivery.request.number, delivery.kind)
        return kept

    def _add(self, session: Session, request: Request, kind: str, payload: dict[str, Any]) -> None:
        now = self._clock()
        message_id = make_msgid(domain=self._domain)
        owed = {"request_id": request.id, "kind": kind, "payload": payload, "message_id": message_id}
        session.add(Delivery(**owed, next_try_at=now, created_at=now))


def pause(attempts: int) -> timedelta:
    """How long to wait after so many attempts: twice as long each time up to a limit, and never in step with others."""
    longest = min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** (attempts - 1))
    return timedelta(seconds=secrets.SystemRandom().uniform(longest / 2, longest))


def _due(now: datetime) -> tuple[Any, ...]:
    lease = Delivery.__table__.c.lease_until
    return Delivery.status == PENDING, Delivery.next_try_at <= now, or_(lease.is_(None), lease <= now)
