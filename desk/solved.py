"""Figures of what came of it, counted by the database: chats that were solved without a person, and how long requests waited."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, case, exists, extract, func, or_, select

from desk.database import Database
from desk.fields import OPEN_TICKET, PORTAL_PATHS
from desk.records import CHAT, FINISHED, Clock, Interaction, Request

RETURNS = timedelta(hours=72)  # who comes back so soon after an action was not helped by it
ASKING = ("answer", "clarify", "out_of_scope", "person", "other_language")  # the outcomes of who asks something


@dataclass(frozen=True)
class ChatFigures:
    """The chats that began on a day (UTC).

    `handed` ones asked for a person or opened a ticket. Of the others, in `solved` the customer said that an answer helped, or
    had an action carried out and asked nothing in the `RETURNS` after it, neither there nor from the same network.
    """

    day: str
    conversations: int
    solved: int
    handed: int


@dataclass(frozen=True)
class WaitFigures:
    """The tickets that were opened on a day (UTC), how many an agent has answered or done, and the median seconds until then."""

    day: str
    opened: int
    answered: int
    seconds: int | None


class Solved:
    """What came of the chats and requests of one database; part of `Desk`."""

    _database: Database
    _clock: Clock

    def chats(self, since: datetime, until: datetime) -> list[ChatFigures]:
        """The days of this time on which chats began, the oldest first.

        Raises:
            DeskUnavailable: the database cannot be read.
        """
        talk = _talks(since, until)
        handed = or_(talk.c.person == 1, _asked(talk, Request.__table__.c.kind == OPEN_TICKET))
        acted = _asked(talk, *_settled(talk, self._clock() - RETURNS))
        ended = case((handed, "handed"), (or_(talk.c.helped == 1, acted), "solved"), else_="other")
        each = select(func.date(talk.c.began).label("day"), ended.label("ended")).cte("each")
        counted = [func.count().filter(each.c.ended == name) for name in ("solved", "handed")]
        found = select(each.c.day, func.count(), *counted).group_by(each.c.day).order_by(each.c.day)
        return [ChatFigures(str(row[0]), *row[1:]) for row in self._all(found)]

    def waits(self, since: datetime, until: datetime) -> list[WaitFigures]:
        """The days of this time on which tickets were opened, the oldest first.

        Raises:
            DeskUnavailable: the database cannot be read.
        """
        request = Request.__table__.c
        day, opened = func.date(request.created_at), _opened(since, until)
        counted = select(day, func.count(), func.count(request.answered_at)).where(opened).group_by(day).order_by(day)
        medians = {str(day): seconds for day, seconds in self._all(_medians(opened, day))}
        return [WaitFigures(str(row[0]), row[1], row[2], _whole(medians.get(str(row[0])))) for row in self._all(counted)]

    def median_wait(self, since: datetime, until: datetime) -> int | None:
        """The median seconds until an agent answered the tickets of this time or had them done; None if that happened to none.

        Raises:
            DeskUnavailable: the database cannot be read.
        """
        medians = self._all(_medians(_opened(since, until), Request.__table__.c.kind))  # which are all of one kind
        return next((_whole(seconds) for _, seconds in medians), None)

    def _all(self, statement: Any) -> Sequence[Any]:
        with self._database.reading() as session:
            return list(session.execute(statement))


def _talks(since: datetime, until: datetime) -> Any:
    """Each chat of this time with when it began, its client, whether something helped, and whether a person was asked for."""
    said = Interaction.__table__.c
    helped = func.max(case((said.helpful.is_(True), 1), else_=0)).label("helped")
    person = func.max(case((said.outcome == "person", 1), else_=0)).label("person")
    began, client = func.min(said.created_at).label("began"), func.max(said.client).label("client")
    chats = and_(said.channel == CHAT, said.created_at >= since, said.created_at < until)
    return select(said.conversation, began, client, helped, person).where(chats).group_by(said.conversation).cte("talks")


def _asked(talk: Any, *conditions: Any) -> Any:
    request = Request.__table__.c
    return exists(select(request.id).where(request.conversation == talk.c.conversation, *conditions))


def _settled(talk: Any, before: datetime) -> tuple[Any, ...]:
    """That an action was carried out, long enough ago, and nothing asked after it."""
    request = Request.__table__.c
    done = and_(request.kind.in_(PORTAL_PATHS), request.status == FINISHED, request.created_at <= before)
    return done, ~_returned(Interaction.conversation == talk.c.conversation), ~_returned(Interaction.client == talk.c.client)


def _returned(who: Any) -> Any:
    said, request = Interaction.__table__.c, Request.__table__.c
    after = extract("epoch", said.created_at) - extract("epoch", request.created_at)
    soon = and_(said.created_at > request.created_at, after <= RETURNS.total_seconds())
    return exists(select(said.id).where(who, said.outcome.in_(ASKING), soon).correlate_except(Interaction.__table__))


def _opened(since: datetime, until: datetime) -> Any:
    request = Request.__table__.c
    return and_(request.kind == OPEN_TICKET, request.created_at >= since, request.created_at < until)


def _medians(opened: Any, group: Any) -> Any:
    """The median seconds until an answer, of each group: the least that half of them did not exceed."""
    request = Request.__table__.c
    took = (extract("epoch", request.answered_at) - extract("epoch", request.created_at)).label("took")
    rank = func.row_number().over(partition_by=group, order_by=took).label("rank")
    number = func.count().over(partition_by=group).label("number")
    waited = select(group.label("of"), took, rank, number).where(opened, request.answered_at.is_not(None)).cte("waited")
    return select(waited.c.of, func.min(waited.c.took)).where(2 * waited.c.rank >= waited.c.number).group_by(waited.c.of)


def _whole(seconds: Any) -> int | None:
    return None if seconds is None else int(seconds)
