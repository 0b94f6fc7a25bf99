"""Figures of what was said, counted by the database: each group of turns with its number, and each set of entries given."""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Text, and_, cast, desc, distinct, func, select

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


@dataclass(frozen=True)
class EntryFigures:
    """How often an FAQ entry was given, and what customers said of that."""

    id: str
    given: int
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
        return [DayFigures(str(row[0]), *row[1:]) for row in self._rows(found)]

    def entries_given(self, since: datetime, until: datetime) -> list[EntryFigures]:
        """The FAQ entries that were given in this time, the most frequent first.

        Raises:
            DeskUnavailable: the database cannot be read.
        """
        said = Interaction.__table__.c
        given = cast(said.faq_ids, Text)
        counts: dict[bool | None, Counter[str]] = {None: Counter(), True: Counter(), False: Counter()}
        grouped = select(given, said.helpful, func.count()).where(_within(since, until)).group_by(given, said.helpful)
        for ids, helpful, number in self._rows(grouped):
            counts[helpful].update(dict.fromkeys(json.loads(ids), number))
        every = counts[None] + counts[True] + counts[False]
        return [EntryFigures(id_, number, counts[True][id_], counts[False][id_]) for id_, number in every.most_common()]

    def themes_met(self, since: datetime, until: datetime) -> list[tuple[str, int]]:
        """How often each theme outside of the FAQ was met in this time, the most frequent first.

        Raises:
            DeskUnavailable: the database cannot be read.
        """
        theme, number = Interaction.__table__.c.theme, func.count()
        met = select(theme, number).where(_within(since, until), theme.is_not(None)).group_by(theme)
        return [tuple(row) for row in self._rows(met.order_by(desc(number), theme))]

    def models_used(self, since: datetime, until: datetime) -> list[tuple[str, str]]:
        """The models that answered in this time, each with the day (UTC) on which it was first used, the oldest first.

        Raises:
            DeskUnavailable: the database cannot be read.
        """
        said = Interaction.__table__.c
        first = func.min(said.created_at)
        used = select(said.model, func.date(first)).where(_within(since, until), said.model.is_not(None)).group_by(said.model)
        return [(model, str(day)) for model, day in self._rows(used.order_by(first))]

    def thumbed_down(self, since: datetime, until: datetime, most: int = 20) -> list[Interaction]:
        """The latest turns of this time that did not help.

        Raises:
            DeskUnavailable: the database cannot be read.
        """
        said = Interaction.__table__.c
        found = select(Interaction).where(_within(since, until), said.helpful.is_(False)).order_by(desc(said.id)).limit(most)
        with self._database.reading() as session:
            return list(session.scalars(found))

    def _rows(self, statement: Any) -> Sequence[Any]:
        with self._database.reading() as session:
            return list(session.execute(statement))


def _within(since: datetime, until: datetime) -> Any:
    said = Interaction.__table__.c
    return and_(said.created_at >= since, said.created_at < until)
