"""The figures of what was said and what came of it: as charts, as the tables that those are drawn from, and as CSV."""

import csv
import io
import logging
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import astuple, dataclass
from datetime import date, datetime, timedelta, timezone
from functools import cached_property
from typing import Any

from flask import Blueprint, Response, abort, render_template, request

from bot.client import BotError
from desk.figures import DayFigures
from webchat import here
from webchat.agents import guard
from webchat.agents.accounts import AGENT

logger = logging.getLogger(__name__)

pages = guard.for_roles(Blueprint("report", __name__), AGENT)

_DAY = timedelta(days=1)
_USUAL = 29 * _DAY
_CHANNELS = ("chat", "mail", "agent")
_OUTCOMES = ("answer", "clarify", "out_of_scope", "person")
_SHOWN = 20  # entries and themes
_MINUTE, _HOUR = 60, 3600


@dataclass
class Period:
    """The days from `first` to `last`."""

    first: date
    last: date

    @property
    def bounds(self) -> tuple[datetime, datetime]:
        """When the first begins and the last ends."""
        begin, end = (datetime(day.year, day.month, day.day, tzinfo=timezone.utc) for day in (self.first, self.last + _DAY))
        return begin, end

    @cached_property
    def said(self) -> list[DayFigures]:
        """What was said on each of them."""
        return here.desk().days(*self.bounds)


@dataclass(frozen=True)
class Table:
    """Figures by day, entry or theme: the first column names the row."""

    columns: tuple[str, ...]
    rows: Sequence[tuple[Any, ...]]

    def total(self, column: str) -> int:
        """The sum of a column."""
        return sum(row[self.columns.index(column)] for row in self.rows)


@pages.get("/agente/informe")
def report() -> str:
    """The figures of a range of days, the last thirty if none is named."""
    period = _period()
    return render_template(
        "agents/report.html",
        tables={name: make(period) for name, make in _TABLES.items()},
        models=here.desk().models_used(*period.bounds),
        complaints=here.desk().thumbed_down(*period.bounds, most=10),
        median=here.desk().median_wait(*period.bounds),
        first=period.first,
        last=period.last,
    )


@pages.get("/agente/informe/<name>.csv")
def download(name: str) -> Response:
    """One of the tables as CSV."""
    if name not in _TABLES:
        abort(404)
    period = _period()
    table, text = _TABLES[name](period), io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(table.columns)
    rows.writerows(table.rows)
    response = Response(text.getvalue(), mimetype="text/csv")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}-{period.first}-{period.last}.csv"'
    return response


def _volume(period: Period) -> Table:
    rows = {(day.day, day.channel): day.conversations for day in period.said}
    days = _days(day for day, _ in rows)
    return Table(("day", *_CHANNELS), [(day, *(rows.get((day, channel), 0) for channel in _CHANNELS)) for day in days])


def _chats(period: Period) -> Table:
    rows = {chat.day: (chat.solved, chat.handed, chat.conversations) for chat in here.desk().chats(*period.bounds)}
    counted = [(day, solved, handed, every - solved - handed) for day, solved, handed, every in _filled(rows, (0, 0, 0))]
    return Table(("day", "solved", "handed", "other"), counted)


def _mails(period: Period) -> Table:
    rows = {mails.day: astuple(mails)[1:] for mails in here.desk().mail_days(*period.bounds)}
    found = _filled(rows, (0, 0, 0, 0, 0, None))
    counted = [(day, *counts, None if seconds is None else round(seconds / _MINUTE, 1)) for day, *counts, seconds in found]
    return Table(("day", "reply", "left", "ignore", "moved", "failed", "minutes"), counted)


def _outcomes(period: Period) -> Table:
    return _summed(period, _OUTCOMES)


def _satisfaction(period: Period) -> Table:
    return _summed(period, ("helped", "not_helped"))


def _summed(period: Period, columns: tuple[str, ...]) -> Table:
    """These columns of what customers said, by day."""
    sums: defaultdict[str, list[int]] = defaultdict(lambda: [0] * len(columns))
    for day in period.said:
        if day.channel != "agent":
            sums[day.day] = [total + getattr(day, column) for total, column in zip(sums[day.day], columns)]
    return Table(("day", *columns), [(day, *sums[day]) for day in _days(list(sums))])


def _entries(period: Period) -> Table:
    given = here.desk().entries_given(*period.bounds)[:_SHOWN]
    questions = _questions()
    rows = [(entry.id, questions.get(entry.id, ""), *astuple(entry)[1:]) for entry in given]
    return Table(("entry", "question", "given", "helped", "not_helped"), rows)


def _themes(period: Period) -> Table:
    return Table(("theme", "met"), here.desk().themes_met(*period.bounds)[:_SHOWN])


def _waits(period: Period) -> Table:
    rows = {wait.day: (wait.opened, wait.answered, wait.seconds) for wait in here.desk().waits(*period.bounds)}
    found = _filled(rows, (0, 0, None))
    counted = [(day, *counts, None if seconds is None else round(seconds / _HOUR, 2)) for day, *counts, seconds in found]
    return Table(("day", "opened", "answered", "hours"), counted)


_TABLES = {
    "conversaciones": _volume,
    "chats": _chats,
    "correos": _mails,
    "mensajes": _outcomes,
    "satisfaccion": _satisfaction,
    "solicitudes": _waits,
    "preguntas": _entries,
    "temas": _themes,
}


def _days(known: Iterable[str]) -> list[str]:
    """All days from the first of these to the last: a chart without its quiet days would tell lies."""
    days = sorted(date.fromisoformat(day) for day in known)
    if not days:
        return []
    return [(days[0] + number * _DAY).isoformat() for number in range((days[-1] - days[0]).days + 1)]


def _filled(rows: Mapping[str, tuple[Any, ...]], empty: tuple[Any, ...]) -> list[tuple[Any, ...]]:
    """The rows of all days, those of the quiet ones empty, each after its day."""
    return [(day, *rows.get(day, empty)) for day in _days(rows)]


def _questions() -> dict[str, str]:
    """The questions by entry; none while the assistant is away, which has them."""
    try:
        return {entry["id"]: entry["question"] for entry in here.bot().faq()}
    except BotError as error:
        logger.error("%s", error)
        return {}


def _period() -> Period:
    """The days that the address names; ends with 400 where they are none."""
    today = datetime.now(timezone.utc).date()
    try:
        last = date.fromisoformat(request.args.get("hasta") or today.isoformat())
        first = date.fromisoformat(request.args.get("desde") or (last - _USUAL).isoformat())
    except (ValueError, OverflowError):
        abort(400, "Expected days such as 2026-08-01 under 'desde' and 'hasta'.")
    if first > last or last == date.max:
        abort(400, "Expected 'desde' not to be after 'hasta'.")
    return Period(first, last)
