"""Rasa's memory of conversations: its own tables, by connections that stay open."""

from typing import Any

from rasa.core.tracker_store import SQLTrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.trackers import DialogueStateTracker
from sqlalchemy import create_engine, event
from sqlalchemy.engine import Engine
from sqlalchemy.orm import sessionmaker
from sqlalchemy.pool import QueuePool

_CONNECTIONS = 10  # kept open
_THREADS = {"check_same_thread": False}


class Trackers(SQLTrackerStore):
    """Rasa's store in SQL, which opens an SQLite file anew for each step of a turn and waits for the disk three times."""

    engine: Engine

    def __init__(self, domain: Domain | None = None, **options: Any) -> None:
        """The store that endpoints.yml describes."""
        super().__init__(domain, **options)
        if self.engine.dialect.name == "sqlite":
            self.engine.dispose()
            self.engine = create_engine(self.engine.url, poolclass=QueuePool, pool_size=_CONNECTIONS, connect_args=_THREADS)
            event.listen(self.engine, "connect", _write_ahead)
            self.sessionmaker = sessionmaker(self.engine)

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Keeps what is new in the conversation (see parent class for full docstring)."""
        if tracker.events:  # Rasa saves each new conversation before anything was said
            await super().save(tracker)


def _write_ahead(connection: Any, _record: object) -> None:
    connection.execute("PRAGMA journal_mode = WAL")
