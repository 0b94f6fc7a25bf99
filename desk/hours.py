"""When persons answer: the office hours of the settings, and the reply time moved into them."""

import re
from datetime import datetime, time, timedelta
from itertools import groupby
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_time, get_timezone_location
from babel.lists import format_list

from settings import Settings

LOCALE = "es"
_DAY = re.sub(r"\s*(?:'[^']*')?\s*y+$", "", Locale(LOCALE).date_formats["full"].pattern)  # the locale's own, without the year


def reply_by(now: datetime, here: Settings) -> dict[str, str]:
    """The latest time of an answer to a request made now, as customers read it: `dia` and `hora`."""
    latest = due(now.astimezone(ZoneInfo(here.time_zone)), here)
    return {"dia": day(latest), "hora": format_time(latest, "short", locale=LOCALE)}


def office_hours(here: Settings) -> str:
    """When persons answer, as customers read it: days in a row as a span."""
    names = Locale(LOCALE).days["stand-alone"]["wide"]
    days = sorted(here.office_days)
    runs = [list(run) for _, run in groupby(days, key=lambda day: day - days.index(day))]
    spans = [f"de {names[run[0] - 1]} a {names[run[-1] - 1]}" if len(run) > 1 else names[run[0] - 1] for run in runs]
    opens, closes = (format_time(time(hour), "short", locale=LOCALE) for hour in (here.office_opens, here.office_closes))
    return f"{format_list(spans, locale=LOCALE)}, de {opens} a {closes}"


def zone(here: Settings) -> str:
    """Whose time these hours are, as customers read it."""
    return str(get_timezone_location(ZoneInfo(here.time_zone), locale=LOCALE))


def day(when: datetime) -> str:
    """A day as customers read it."""
    return format_date(when, _DAY, locale=LOCALE)


def due(now: datetime, here: Settings) -> datetime:
    """The reply time after `now`, a whole hour; where it is out of office hours, the end of the next office day."""
    latest = (now + timedelta(hours=here.reply_hours, minutes=59)).replace(minute=0, second=0, microsecond=0)
    opens, closes = time(here.office_opens), time(here.office_closes)
    if latest.isoweekday() in here.office_days and opens <= latest.time() <= closes:
        return latest
    day = latest if latest.time() <= closes else latest + timedelta(days=1)
    coming = (day + timedelta(days=days) for days in range(7))
    return next((d for d in coming if d.isoweekday() in here.office_days), day).replace(hour=closes.hour)
