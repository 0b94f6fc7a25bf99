"""Figures of what was said, counted by the database: each group of turns with its number, and each set of entries given."""

import json
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from statistics import median
from typing import Any

from sqlalchemy import Text, and_, cast, desc, distinct, func, select

from desk.database import Database
from desk.records import Interaction, MailFate


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


@dataclass(frozen=True)
class MailFigures:
    """A day (UTC) of the mailbox: mails by decision, those that an agent moved elsewhere, and those that failed.

    `seconds` is the time within which half of them were decided, from their arrival on; None where that is known of none.
    """

    day: str
    reply: int
    person: int
    ignore: int
    moved: int
    failed: int
    seconds: float | None


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

    def mail_days(self, since: datetime, until: datetime) -> list[MailFigures]:
        """The days from `since` up to and without `until` on which mails were begun, the oldest first.

        Raises:
            DeskUnavailable: the database cannot be read.
        """
        mail = MailFate.__table__.c
        within = and_(mail.created_at >= since, mail.created_at < until)
        found = select(func.date(mail.created_at), mail.fate, mail.moved_to, mail.failure).where(within).order_by(mail.created_at)
        days: defaultdict[str, list[Any]] = defaultdict(list)
        for day, *mail_of_day in self._rows(found):
            days[str(day)].append(mail_of_day)
        return [_mails(day, mails) for day, mails in days.items()]

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


def _mails(day: str, mails: Sequence[Any]) -> MailFigures:
    """The figures of a day, of each mail of which its fate, where it was moved to and its failure are known."""
    fates = [fate for fate, _, _ in mails if fate]
    decided = Counter(fate["decision"] for fate in fates)
    waited = [fate["waited"] for fate in fates if fate.get("waited") is not None]
    moved, failed = (sum(bool(values[place]) for values in mails) for place in (1, 2))
    seconds = median(waited) if waited else None
    return MailFigures(day, decided["reply"], decided["person"], decided["ignore"], moved, failed, seconds)


def _within(since: datetime, until: datetime) -> Any:
    said = Interaction.__table__.c
    return and_(said.created_at >= since, said.created_at < until)
