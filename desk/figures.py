"""Figures of what was said, counted by the database: each group of turns with its number, and each set of entries given."""

import json
from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Text, and_, cast, distinct, func, select

from desk.database import Database
from desk.records import Interaction


@dataclass(frozen=True)
class DayFigures:
    """A day (UTC) of one mouth: conversations, turns, turns by outcome; `helped` and `not_helped` are customers' words."""

    day: str
    channel: str
    conversations: int
    turns: int
    answer: int
    clarify: int
    out_of_scope: int
    person: int
    helped: int
    not_helped: int


class Figures:
    """The figures of one database; part of `Desk`."""

    _database: Database

    def days(self, since: datetime, until: datetime) -> list[DayFigures]:
        """The days from `since` up to and without `until` on which something was said, by mouth; the oldest first.

        Raises:
            DeskUnavailable: the database cannot be read.
        """
        said = Interaction.__table__.c
        outcomes = ("answer", "clarify", "out_of_scope", "person")
        day = func.date(said.created_at)
        counted = [func.count().filter(said.outcome == outcome) for outcome in outcomes]
        judged = [func.count().filter(said.helpful.is_(helpful)) for helpful in (True, False)]
        columns = (day, said.channel, func.count(distinct(said.conversation)), func.count(), *counted, *judged)
        found = select(*columns).where(_within(since, until)).group_by(day, said.channel).order_by(day, said.channel)
        with self._database.reading() as session:
            return [DayFigures(str(row[0]), *row[1:]) for row in session.execute(found)]

    def entries_given(self, since: datetime, until: datetime) -> list[tuple[str, int]]:
        """How often each FAQ entry was given in this time, the most frequent first.

        Raises:
            DeskUnavailable: the database cannot be read.
        """
        given = cast(Interaction.__table__.c.faq_ids, Text)
        counts: Counter[str] = Counter()
        with self._database.reading() as session:
            for ids, number in session.execute(select(given, func.count()).where(_within(since, until)).group_by(given)):
                counts.update(dict.fromkeys(json.loads(ids), number))
        return counts.most_common()


def _within(since: datetime, until: datetime) -> object:
    said = Interaction.__table__.c
    return and_(said.created_at >= since, said.created_at < until)
