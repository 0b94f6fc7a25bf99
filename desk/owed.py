"""Shows what is owed for requests and mails, and has what failed tried again."""

from sqlalchemy import desc, select

from desk.database import Database
from desk.errors import NothingToRequeue
from desk.numbers import of_number
from desk.records import DEAD, PENDING, SENT, Clock, Delivery


class Owed:
    """The deliveries of one database as people see them; part of `Desk`."""

    _database: Database
    _clock: Clock

    def deliveries(self, number: str) -> list[Delivery]:
        """All that was or is owed for a request or a mail, oldest first.

        Raises:
            UnknownRequest: none has this number.
        """
        with self._database.reading() as session:
            return list(session.scalars(select(Delivery).where(of_number(session, number)).order_by(Delivery.id)))

    def undelivered(self) -> list[Delivery]:
        """The deliveries that are pending or dead, oldest first."""
        with self._database.reading() as session:
            return list(session.scalars(select(Delivery).where(Delivery.status != SENT).order_by(Delivery.id)))

    def requeue(self, number: str) -> None:
        """Make the latest dead delivery of a request or mail due again, as if it had never been tried.

        Raises:
            UnknownRequest: none has this number.
            NothingToRequeue: it has no dead delivery.
        """
        with self._database.writing() as session:
            dead = select(Delivery).where(of_number(session, number), Delivery.status == DEAD)
            delivery = session.scalars(dead.order_by(desc(Delivery.id)).limit(1)).first()
            if delivery is None:
                raise NothingToRequeue(f"{number}: expected a dead delivery, found none: see `python -m desk list`")
            delivery.status, delivery.attempts, delivery.next_try_at = PENDING, 0, self._clock()
