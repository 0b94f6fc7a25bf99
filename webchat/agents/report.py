"""The figures of what was said, with what each of them counts, as tables and as CSV."""

import csv
import io
from dataclasses import astuple, fields
from datetime import date, datetime, timedelta, timezone

from flask import Blueprint, Response, abort, current_app, render_template, request

from desk import Desk
from desk.figures import DayFigures
from webchat.agents import guard
from webchat.agents.accounts import AGENT

pages = guard.for_roles(Blueprint("report", __name__), AGENT)

_USUAL = timedelta(days=30)


@pages.get("/agente/informe")
def report() -> str:
    """The figures of a range of days, the last thirty if none is named."""
    first, last = _range()
    desk: Desk = current_app.config["DESK"]
    entries = desk.entries_given(*_bounds(first, last))
    return render_template("agents/report.html", days=_days(first, last), entries=entries, first=first, last=last)


@pages.get("/agente/informe.csv")
def download() -> Response:
    """The same days as CSV."""
    first, last = _range()
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow([field.name for field in fields(DayFigures)])
    rows.writerows(astuple(day) for day in _days(first, last))
    response = Response(text.getvalue(), mimetype="text/csv")
    response.headers["Content-Disposition"] = f'attachment; filename="informe-{first}-{last}.csv"'
    return response


def _days(first: date, last: date) -> list[DayFigures]:
    desk: Desk = current_app.config["DESK"]
    return desk.days(*_bounds(first, last))


def _range() -> tuple[date, date]:
    today = datetime.now(timezone.utc).date()
    try:
        last = date.fromisoformat(request.args.get("hasta") or today.isoformat())
        first = date.fromisoformat(request.args.get("desde") or (last - _USUAL).isoformat())
    except (ValueError, OverflowError):
        abort(400, "Expected days such as 2026-08-01 under 'desde' and 'hasta'.")
    if first > last or last == date.max:
        abort(400, "Expected 'desde' not to be after 'hasta'.")
    return first, last


def _bounds(first: date, last: date) -> tuple[datetime, datetime]:
    begin, end = (datetime(day.year, day.month, day.day, tzinfo=timezone.utc) for day in (first, last + timedelta(days=1)))
    return begin, end
