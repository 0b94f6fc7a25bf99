"""Times as agents read and write them: in the office's zone."""

from datetime import datetime
from zoneinfo import ZoneInfo

from webchat import here


def zone() -> ZoneInfo:
    """The zone of the office."""
    return ZoneInfo(here.settings().time_zone)


def local_time(time: datetime) -> str:
    """Day and time, such as `26/11/2026 16:05`."""
    return time.astimezone(zone()).strftime("%d/%m/%Y %H:%M")
