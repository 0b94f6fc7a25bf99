"""Statements that every turn runs, compiled once and run by the database's own driver."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import Column
from sqlalchemy.engine import Dialect
from sqlalchemy.sql import ClauseElement
from sqlalchemy.types import TypeEngine

Process = Callable[[Any], Any]


class Prepared:
    """A statement of one row, whose `columns` are told for their types.

    SQLAlchemy takes longer to execute a statement than the database does.
    """

    def __init__(self, statement: ClauseElement, dialect: Dialect, columns: Sequence[Column] = ()) -> None:
        compiled: Any = statement.compile(dialect=dialect)
        self._text = str(compiled)
        self._given = {name: _process(bind.type, "bind_processor", dialect) for name, bind in compiled.binds.items()}
        self._found = [_process(column.type, "result_processor", dialect, None) for column in columns]

    def row(self, cursor: Any, values: Mapping[str, Any]) -> list[Any] | None:
        """The row that is found with these values, by a cursor of the driver; None if there is none."""
        self._execute(cursor, values)
        found = cursor.fetchone()
        return found and [process(value) for process, value in zip(self._found, found)]

    def inserted(self, cursor: Any, values: Mapping[str, Any]) -> int:
        """The id under which these values are kept now."""
        self._execute(cursor, values)
        return int(cursor.fetchone()[0] if cursor.description else cursor.lastrowid)  # PostgreSQL returns it, SQLite has it

    def _execute(self, cursor: Any, values: Mapping[str, Any]) -> None:
        cursor.execute(self._text, {name: process(values[name]) for name, process in self._given.items()})


def _process(type_: TypeEngine, way: str, dialect: Dialect, *more: Any) -> Process:
    """What the type does to a value on its way to the database, or back."""
    return getattr(type_.dialect_impl(dialect), way)(dialect, *more) or _as_it_is


def _as_it_is(value: Any) -> Any:
    return value
