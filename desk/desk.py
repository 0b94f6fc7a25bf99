"""The desk: takes requests, finds them again, and shows what is still owed."""

import logging
import re

from sqlalchemy import desc, select
from sqlalchemy.exc import IntegrityError

from desk.database import Database
from desk.errors import InvalidRequest, NothingToRequeue, UnknownRequest
from desk.fields import checked, storable
from desk.interactions import Interactions
from desk.outbox import Outbox
from desk.records import DEAD, PENDING, SENT, Clock, Delivery, Request, utc_now
from settings import Settings

_NUMBER = re.compile(r"V-\d{4}-(\d{6,9})", re.ASCII)

logger = logging.getLogger(__name__)


class Desk(Interactions):
    """One record of every interaction and request, on the database that the settings name."""

    def __init__(self, settings: Settings, clock: Clock = utc_now) -> None:
        """Open the database, and bring its tables up to date.

        Raises:
            DeskUnavailable: the database cannot be opened.
            ValueError: `DATABASE_URL` names another kind of database.
        """
        self._database = Database(settings)
        self._outbox = Outbox(settings, self._database, clock)
        self._clock = clock
        self._secret = settings.secret_key.encode()

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
    ) -> Request:
        """The request, recorded with what is owed for it; the same key gives the same request and owes nothing twice.

        Raises:
            InvalidRequest: the kind, a field or the key cannot be accepted; nothing was recorded.
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
            text=text and storable(text),
            created_at=self._clock(),
        )
        return self._record(request)

    def request(self, number: str) -> Request:
        """The request of this number.

        Raises:
            UnknownRequest: there is none.
        """
        match = _NUMBER.fullmatch(number)
        with self._database.reading() as session:
            found = session.get(Request, int(match[1])) if match else None
        if found is None or found.number != number:
            raise UnknownRequest(f"expected the number of a request, such as V-2026-000007, got {number!r}")
        return found

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
                self._outbox.promise(session, request)
        except IntegrityError:
            with self._database.reading() as session:
                existing = session.scalars(select(Request).where(Request.key == request.key)).one()
            logger.info("%s was submitted again", existing.number)
            return existing
        logger.info("%s recorded: %s", request.number, request.kind)
        return request
