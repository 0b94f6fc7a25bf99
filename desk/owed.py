"""Shows what is owed for requests, and has what failed tried again."""

from sqlalchemy import desc, select

from desk.database import Database
from desk.errors import NothingToRequeue
from desk.numbers import found
from desk.records import DEAD, PENDING, SENT, Clock, Delivery


class Owed:
    """The deliveries of one database as people see them; part of `Desk`."""

    _database: Database
    _clock: Clock

    def deliveries(self, number: str) -> list[Delivery]:
        """All that was or is owed for a request, oldest first.

        Raises:
            UnknownRequest: no request has this number.
        """
        with self._database.reading() as session:
            of_request = select(Delivery).where(Delivery.request_id == found(session, number).id)
            return list(session.scalars(of_request.order_by(Delivery.id)))

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
        with self._database.writing() as session:
            dead = select(Delivery).where(Delivery.request_id == found(session, number).id, Delivery.status == DEAD)
            delivery = session.scalars(dead.order_by(desc(Delivery.id)).limit(1)).first()
            if delivery is None:
                raise NothingToRequeue(f"{number}: expected a dead delivery, found none: see `python -m desk list`")
            delivery.status, delivery.attempts, delivery.next_try_at = PENDING, 0, self._clock()
