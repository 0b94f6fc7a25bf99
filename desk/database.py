"""Opens the desk's database, SQLite or PostgreSQL, and brings its tables up to date."""

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from sqlalchemy import Column, create_engine, event, func, select, text
from sqlalchemy.engine import URL, Engine, make_url
from sqlalchemy.exc import InterfaceError, InternalError, OperationalError, TimeoutError
from sqlalchemy.orm import Session, sessionmaker
from sqlalchemy.pool import QueuePool
from sqlalchemy.sql import ClauseElement

from desk.errors import DeskUnavailable
from desk.prepared import Prepared
from settings import Settings

OWNER_ONLY = 0o600
FAILURES = (OperationalError, InterfaceError, InternalError, TimeoutError)  # of the database, not of what it was asked
_KINDS = ("sqlite", "postgresql")
_POOL = 10  # connections kept open: as many as the web process has threads
_LOCK, _ALONE = 20260801, 20260802  # any numbers that nobody else locks in the same PostgreSQL database


class Database:
    """Sessions whose failures are the desk's own errors."""

    def __init__(self, settings: Settings) -> None:
        """Open the database and bring its tables up to date; several processes may open an empty one at once.

        Raises:
            ValueError: the URL names another kind of database.
            DeskUnavailable: the database cannot be opened.
        """
        url, timeout = _checked(settings.database_url), settings.database_timeout
        self._url = url
        with _failures():
            _bring_up_to_date(_engine(url, timeout))
        self._engine = _engine(url, timeout)
        self._sessions = sessionmaker(self._engine, future=True, expire_on_commit=False)
        # For what was only said: no commit waits for the disk. A killed process still loses nothing, a power cut the last turns.
        self._hurried = _engine(url, timeout, hurried=True)
        driver = self._hurried.dialect.dbapi
        self.refusal: type[Exception] = driver.IntegrityError  # what a cursor raises of a row that is already there
        self._failures = (driver.OperationalError, driver.InterfaceError, driver.InternalError)

    def prepared(self, statement: ClauseElement, *columns: Column) -> Prepared:
        """The statement as the cursors of `noting` run it; `columns` are those of the row that it finds."""
        return Prepared(statement, self._hurried.dialect, columns)

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
    def noting(self) -> Iterator[Any]:
        """A cursor of the driver for what is asked and kept at each turn, where nobody was promised anything.

        Each statement is a transaction of its own and waits for no disk.

        Raises:
            DeskUnavailable: the database cannot be used; the statement changed nothing.
        """
        with (
            _failures(*self._failures),
            closing(self._hurried.raw_connection()) as connection,
            closing(connection.cursor()) as cursor,
        ):
            yield cursor

    @contextmanager
    def alone(self) -> Iterator[None]:
        """A time that nobody else spends so, in whatever process; it ends with the process, however that ends.

        Raises:
            DeskUnavailable: the database cannot be used.
        """
        if self._url.get_backend_name() == "sqlite":
            with _locked(os.open(f"{self._url.database}.alone", os.O_RDWR | os.O_CREAT, OWNER_ONLY)):
                yield
            return
        with self.reading() as session:
            session.execute(text("SET LOCAL lock_timeout = 0"))  # it may take as long as a mail takes
            session.execute(select(func.pg_advisory_xact_lock(_ALONE)))
            yield


@contextmanager
def _failures(*of_driver: type[Exception]) -> Iterator[None]:
    try:
        yield
    except (*FAILURES, *of_driver) as error:
        reason = str(getattr(error, "orig", None) or error).strip()
        raise DeskUnavailable(f"expected to use the database, got {reason}: see DATABASE_URL and the disk") from error


def _checked(database_url: str) -> URL:
    url = make_url(database_url)
    if url.get_backend_name() not in _KINDS:
        got = url.get_backend_name()
        raise ValueError(f"DATABASE_URL: expected {' or '.join(_KINDS)}, got {got}: use a URL of one of these")
    return url


def _engine(url: URL, timeout: float, *, hurried: bool = False) -> Engine:
    milliseconds = int(timeout * 1000)
    # hide_parameters: an error's text must not carry what customers wrote into the log
    options: dict[str, Any] = {"future": True, "hide_parameters": True, "pool_size": _POOL}
    if hurried:
        options.update(isolation_level="AUTOCOMMIT", pool_reset_on_return=None)  # nothing is left to roll back
    if url.get_backend_name() == "sqlite":
        options.update(paramstyle="named")  # as PostgreSQL's driver has it
        # SQLAlchemy 1.4 opens a file anew for each session, and the last one to close it copies the log back: 20 ms each.
        engine = create_engine(url, poolclass=QueuePool, connect_args={"check_same_thread": False}, **options)
        synchronous = "NORMAL" if hurried else "FULL"
        pragmas = (f"busy_timeout = {milliseconds}", "foreign_keys = ON", f"synchronous = {synchronous}")
        event.listen(engine, "connect", _executes(*(f"PRAGMA {pragma}" for pragma in pragmas)))
    else:
        engine = create_engine(url, pool_pre_ping=True, **options)
        commit = "off" if hurried else "on"
        event.listen(engine, "connect", _executes(f"SET lock_timeout = {milliseconds}", f"SET synchronous_commit = {commit}"))
    return engine


def _bring_up_to_date(engine: Engine) -> None:
    if engine.dialect.name == "sqlite":
        with _alone_with(Path(engine.url.database or "")):
            _execute(engine, "PRAGMA journal_mode = WAL")
            _migrate(engine, "BEGIN IMMEDIATE")  # else SQLite commits each table by itself
    else:
        _migrate(engine, f"SELECT pg_advisory_xact_lock({_LOCK})")
    engine.dispose()


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
    with _locked(os.open(path.parent, os.O_RDONLY)):
        path.touch(mode=OWNER_ONLY)  # SQLite makes its log files as open as this one
        path.chmod(OWNER_ONLY)
        yield


@contextmanager
def _locked(handle: int) -> Iterator[None]:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
