"""The desk of this process, and what it says of the present."""

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timezone
from functools import lru_cache, partial
from typing import TypeVar

import settings
from desk import Desk, DeskError, hours

Told = TypeVar("Told")

# A locked database is waited for: with asyncio's own threads, six such customers would keep all others waiting.
_WAITING = ThreadPoolExecutor(64, "desk")

logger = logging.getLogger(__name__)


async def apart(ask: Callable[..., Told], *told: object) -> Told:
    """What a call that may wait for the desk's database gives, other customers being served meanwhile."""
    return await asyncio.get_running_loop().run_in_executor(_WAITING, partial(ask, *told))


@lru_cache
def desk() -> Desk:
    """The desk of this process."""
    return Desk(settings.from_env())


def reply_by() -> dict[str, str]:
    """By when a person answers what is asked now, as customers read it: `dia` and `hora`."""
    return hours.reply_by(datetime.now(timezone.utc), settings.from_env())


def office_hours() -> str:
    """When persons answer, as customers read it."""
    return hours.office_hours(settings.from_env())


def suspended(id_: str) -> str | None:
    """What is said instead of an entry's answer during an incident, None in quiet times or if the desk cannot be asked."""
    try:
        incident = desk().incident()
    except DeskError:
        logger.exception("whether there is an incident could not be read: the entry is answered")
        return None
    return incident.instead if incident and id_ in incident.suspended else None


def attached(conversation: str) -> list[str]:
    """The names of the files that the next ticket takes along; none if the desk cannot be asked."""
    try:
        return [file.name for file in desk().attached(conversation) if file.request_id is None]
    except DeskError:
        logger.exception("the files of a conversation could not be read: the summary does not name them")
        return []


def office() -> dict[str, str]:
    """When persons answer, as customers read it: `horario` and its `zona`; and by when, as `reply_by` says."""
    here = settings.from_env()
    return {"horario": hours.office_hours(here), "zona": hours.zone(here), **reply_by()}


def judged(conversation: str, faq_id: str, *, helped: bool) -> None:
    """Keep with the turn that gave this entry, the last that gave any if none did, whether it helped.

    The conversation goes on where that cannot be kept.
    """
    try:
        answered = [turn for turn in desk().turns(conversation) if turn.faq_ids]
        about = [turn for turn in answered if faq_id in turn.faq_ids] or answered
        if about:
            desk().feedback(conversation, about[-1].id, helpful=helped)
    except DeskError:
        logger.exception("whether an answer helped could not be kept")
