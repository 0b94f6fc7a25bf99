"""Counts what one address, conversation or client asks for, in the caller's transaction."""

from collections.abc import Iterable
from datetime import timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from desk.errors import TooMany
from desk.records import Clock, Use
from settings import Settings

WINDOW = timedelta(days=1)


class Limits:
    """How much is allowed in a day of each kind of subject."""

    def __init__(self, settings: Settings, clock: Clock) -> None:
        """Read the limits from the settings."""
        self._clock = clock
        self._most = {
            "address": settings.limit_address,
            "conversation": settings.limit_conversation,
            "client": settings.limit_client,
        }

    def count(self, session: Session, kind: str, names: Iterable[str]) -> None:
        """Count one use by each name of this kind: `address`, `conversation` or `client`.

        Raises:
            TooMany: one of them is over its limit; the caller's transaction must end without a change.
        """
        for subject in sorted({f"{kind}:{_canonical(name)}" for name in names}):
            if self._uses(session, subject) > self._most[kind]:
                setting = f"LIMIT_{kind.upper()}"
                raise TooMany(f"{kind}: expected at most {self._most[kind]} requests in a day, got more: see {setting}")

    def _uses(self, session: Session, subject: str) -> int:
        now = self._clock()
        if session.get_bind().dialect.name == "postgresql":  # SQLite has one writer at a time, and we write first
            session.execute(select(func.pg_advisory_xact_lock(func.hashtext(subject))))
        session.add(Use(subject=subject, created_at=now))
        session.flush()
        of_subject = Use.subject == subject
        session.execute(delete(Use).where(of_subject, Use.created_at <= now - WINDOW))
        return int(session.scalar(select(func.count(Use.id)).where(of_subject)))


def _canonical(name: str) -> str:
    """One name for the mailbox that `Ana+1@example.com` and `ana@example.com` lead to."""
    local, at, domain = name.casefold().partition("@")
    return local.partition("+")[0] + at + domain if at else name
