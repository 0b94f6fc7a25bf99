"""Opens the desk's database, SQLite or PostgreSQL, and brings its tables up to date."""

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine, event
from sqlalchemy.engine import Engine, make_url
from sqlalchemy.exc import InterfaceError, InternalError, OperationalError, TimeoutError
from sqlalchemy.orm import Session, sessionmaker

from desk.errors import DeskUnavailable
from settings import Settings

OWNER_ONLY = 0o600
FAILURES = (OperationalError, InterfaceError, InternalError, TimeoutError)  # of the database, not of what it was asked
_KINDS = ("sqlite", "postgresql")
_LOCK = 20260801  # any number that nobody else locks in the same PostgreSQL database


class Database:
    """Sessions whose failures are the desk's own errors."""

    def __init__(self, settings: Settings) -> None:
        """Open the database and bring its tables up to date; several processes may open an empty one at once.

        Raises:
            ValueError: the URL names another kind of database.
            DeskUnavailable: the database cannot be opened.
        """
        with _failures():
            self._sessions = _open(settings.database_url, settings.database_timeout)

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session to read with.

        Raises:
            DeskUnavailable: the database cannot be read.
        """
        with _failures(), self._sessions() as session:
            yield session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """A session whose changes are kept together at the end, or none of them.

        Raises:
            DeskUnavailable: the database cannot be written; nothing was changed.
        """
        with _failures(), self._sessions.begin() as session:
            yield session


@contextmanager
def _failures() -> Iterator[None]:
    try:
        yield
    except FAILURES as error:
        reason = str(getattr(error, "orig", None) or error).strip()
        raise DeskUnavailable(f"expected to use the database, got {reason}: see DATABASE_URL and the disk") from error


def _open(database_url: str, timeout: float) -> sessionmaker:
    url = make_url(database_url)
    if url.get_backend_name() not in _KINDS:
        got = url.get_backend_name()
        raise ValueError(f"DATABASE_URL: expected {' or '.join(_KINDS)}, got {got}: use a URL of one of these")
    # hide_parameters: an error's text must not carry what customers wrote into the log
    engine = create_engine(url, future=True, hide_parameters=True, pool_pre_ping=True)
    milliseconds = int(timeout * 1000)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _executes(f"PRAGMA busy_timeout = {milliseconds}", "PRAGMA foreign_keys = ON"))
        with _alone_with(Path(url.database or "")):
            _execute(engine, "PRAGMA journal_mode = WAL")
            _migrate(engine, "BEGIN IMMEDIATE")  # else SQLite commits each table by itself
    else:
        event.listen(engine, "connect", _executes(f"SET lock_timeout = {milliseconds}"))
        _migrate(engine, f"SELECT pg_advisory_xact_lock({_LOCK})")
    return sessionmaker(engine, future=True, expire_on_commit=False)


def _execute(engine: Engine, statement: str) -> None:
    with engine.begin() as connection:
        connection.exec_driver_sql(statement)


def _migrate(engine: Engine, preparation: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    with engine.begin() as connection:
        connection.exec_driver_sql(preparation)
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def _executes(*statements: str) -> Callable[[Any, object], None]:
    def configure(connection: Any, _record: object) -> None:
        cursor = connection.cursor()
        for statement in statements:
            cursor.execute(statement)
        cursor.close()
        connection.commit()

    return configure


@contextmanager
def _alone_with(path: Path) -> Iterator[None]:
    # SQLite itself does not wait when two switch to WAL at once: one fails with "database is locked".
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle = os.open(path.parent, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        path.touch(mode=OWNER_ONLY)  # SQLite makes its log files as open as this one
        path.chmod(OWNER_ONLY)
        yield
    finally:
        os.close(handle)
