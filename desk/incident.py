"""The incident switch: what all mouths say and hold back while something is broken."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, select

from desk.database import Database
from desk.errors import InvalidIncident
from desk.records import Clock, Incident


class Incidents:
    """The incident of one database; part of `Desk`."""

    _database: Database
    _clock: Clock

    def incident(self) -> Incident | None:
        """What is going on now, None if nothing is or its time is over: one look-up, cheap enough for each message.

        Raises:
            DeskUnavailable: the database cannot be read.
        """
        with self._database.reading() as session:
            return session.scalars(select(Incident).where(Incident.until > self._clock()).limit(1)).first()

    def begin_incident(self, text: str, *, until: datetime, suspended: Sequence[str] = (), instead: str = "") -> Incident:
        """Put an incident in the place of any other.

        Args:
            text: the banner.
            until: when it ends by itself.
            suspended: the FAQ entries that are not to be answered.
            instead: what is said in their place; the banner's text if empty.

        Raises:
            InvalidIncident: there is no text, or the end is past.
            DeskUnavailable: nothing was changed.
        """
        if not text.strip():
            raise InvalidIncident("text: expected what customers are told, got nothing")
        if until <= self._clock():
            raise InvalidIncident(f"until: expected a time to come, got {until.isoformat(timespec='minutes')}")
        incident = Incident(text=text, suspended=list(suspended), instead=instead or text, created_at=self._clock(), until=until)
        with self._database.writing() as session:
            session.execute(delete(Incident))
            session.add(incident)
        return incident

    def end_incident(self) -> None:
        """End the incident, if there is one.

        Raises:
            DeskUnavailable: nothing was changed.
        """
        with self._database.writing() as session:
            session.execute(delete(Incident))
