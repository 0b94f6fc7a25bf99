"""What customers ask of their requests and add to them, by number and address."""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from desk.database import Database
from desk.errors import InvalidRequest, UnknownRequest
from desk.fields import PORTAL_PATHS, addresses, storable
from desk.limits import Limits
from desk.mask import without_secrets
from desk.numbers import found
from desk.outbox import Outbox
from desk.records import FINISHED, OPEN, PORTAL, TAKEN, Clock, Delivery, Request

SETTLES = timedelta(minutes=1)  # longer than any call that succeeds at once

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Standing:
    """What a customer is told of a request: `status` is `open`, `taken` or `done`."""

    number: str
    kind: str
    status: str
    created_at: datetime


class Standings:
    """How the requests of one database stand; part of `Desk`."""

    _database: Database
    _outbox: Outbox
    _limits: Limits
    _clock: Clock

    def status(self, number: str, address: str) -> Standing:
        """How the request stands, for who names an address that it holds.

        What the portal said of the address cannot be told from it: a call that the portal refused is `done` as well, and none
        is before `SETTLES`, for a portal is quicker with an address that it does not know.

        Raises:
            UnknownRequest: there is none, or the address is another; both in the same words.
        """
        with self._database.reading() as session:
            request = _of_customer(session, number, address)
            status = self._shown(session, request)
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

    def _shown(self, session: Session, request: Request) -> str:
        """The status as customers are told it."""
        if request.kind not in PORTAL_PATHS or request.status == TAKEN:
            return request.status
        over = request.status == FINISHED or _refused_by_portal(session, request)
        return FINISHED if over and self._clock() - request.created_at >= SETTLES else OPEN


def _of_customer(session: Session, number: str, address: str) -> Request:
    number = number.strip().upper()
    try:
        request = found(session, number)
    except UnknownRequest:
        request = None
    if request is None or address.strip().casefold() not in addresses(request.fields).values():
        raise UnknownRequest("expected the number of a request and an address that it holds, got no match")
    return request


def _refused_by_portal(session: Session, request: Request) -> bool:
    call = select(Delivery).where(Delivery.request_id == request.id, Delivery.kind == PORTAL)
    return session.scalars(call).one().failure == "PortalRejected"
