"""Opens the desk's database, SQLite or PostgreSQL, and creates its tables."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, event
from sqlalchemy.engine import Engine, make_url
from sqlalchemy.orm import sessionmaker

from desk.records import Base

_KINDS = ("sqlite", "postgresql")


def open_database(database_url: str) -> sessionmaker:
    """A factory of sessions on this database, whose tables exist; several processes may open an empty one at once.

    Raises:
        ValueError: the URL names another kind of database.
        sqlalchemy.exc.SQLAlchemyError: the database cannot be opened.
    """
    url = make_url(database_url)
    if url.get_backend_name() not in _KINDS:
        got = url.get_backend_name()
        raise ValueError(f"DATABASE_URL: expected {' or '.join(_KINDS)}, got {got}: use a URL of one of these")
    # hide_parameters: an error's text must not carry what customers wrote into the log
    engine = create_engine(url, future=True, hide_parameters=True, pool_pre_ping=True)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _configure_sqlite)
        with _alone_in(Path(url.database or "").parent):
            _make_tables(engine, "PRAGMA journal_mode = WAL")
    else:
        _make_tables(engine, "SELECT pg_advisory_xact_lock(20260801)")
    return sessionmaker(engine, future=True, expire_on_commit=False)


def _make_tables(engine: Engine, preparation: str) -> None:
    with engine.begin() as connection:
        connection.exec_driver_sql(preparation)
        Base.metadata.create_all(connection)


def _configure_sqlite(connection: Any, _record: object) -> None:
    connection.execute("PRAGMA busy_timeout = 10000")
    connection.execute("PRAGMA foreign_keys = ON")


@contextmanager
def _alone_in(folder: Path) -> Iterator[None]:
    # SQLite itself does not wait when two switch to WAL at once: one fails with "database is locked".
    folder.mkdir(parents=True, exist_ok=True)
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
