"""Changes of the FAQ that editors propose: the latest of each entry counts, none is published from here."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import desc, func, select
from sqlalchemy.exc import IntegrityError

from desk.database import Database
from desk.errors import AlreadyReviewed
from desk.records import Clock, Interaction, ProposedChange


class Changes:
    """The proposed changes of one database; part of `Desk`."""

    _database: Database
    _clock: Clock

    def propose(self, entry: str, change: Mapping[str, Any] | None, by: str, replaces: int = 0) -> ProposedChange:
        """A change of an entry, kept; None withdraws the one that there is.

        Args:
            entry: the number of the entry.
            change: what is proposed, as JSON.
            by: who proposes it.
            replaces: the number of the latest one of the entry that its editor had seen, 0 if there was none.

        Raises:
            AlreadyReviewed: another editor was quicker.
            DeskUnavailable: nothing was recorded.
        """
        made = ProposedChange(entry=entry, change=change and dict(change), by=by, replaces=replaces, created_at=self._clock())
        try:
            with self._database.writing() as session:
                latest = select(func.max(ProposedChange.id)).where(ProposedChange.entry == entry)
                if (session.scalar(latest) or 0) != replaces:
                    raise AlreadyReviewed(f"expected the latest change of {entry}, got one that another has replaced")
                session.add(made)
        except IntegrityError as error:  # two at once
            raise AlreadyReviewed(f"expected the latest change of {entry}, got one that another has just replaced") from error
        return made

    def proposed(self) -> list[ProposedChange]:
        """The latest change of each entry, also those that were withdrawn, in the order in which they were proposed.

        Raises:
            DeskUnavailable: the database cannot be read.
        """
        latest = select(func.max(ProposedChange.id)).group_by(ProposedChange.entry)
        with self._database.reading() as session:
            found = select(ProposedChange).where(ProposedChange.__table__.c.id.in_(latest)).order_by(ProposedChange.id)
            return list(session.scalars(found))

    def recorded_texts(self, most: int) -> list[str]:
        """The latest different messages of customers, as they were recorded, the newest first.

        Raises:
            DeskUnavailable: the database cannot be read.
        """
        said = Interaction.__table__.c
        asked = said.outcome.not_in(("dialogue", "smalltalk"))
        texts = select(said.text).where(asked).group_by(said.text).order_by(desc(func.max(said.id))).limit(most)
        with self._database.reading() as session:
            return list(session.scalars(texts))
