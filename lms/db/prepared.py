"""Statements the site says all day, put together once and said straight to the driver.

What SQLAlchemy does with each execution (look the compiled text up, describe the result, wrap each
row) costs several times what the database needs for a beat. Here its own text, types and errors
are used, once a statement and engine; listeners on the engine hear these statements like any other.
"""

from collections import namedtuple
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Dialect, Executable, Select
from sqlalchemy.engine.interfaces import DBAPICursor
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.types import TypeEngine

Process = Callable[[Any], Any]
# A row by its names.
Found = Any


@dataclass(frozen=True, slots=True)
class _Text:
    """A statement as one engine reads it, and how its values travel."""

    sql: str
    # In the order the driver wants them, or by name where it wants names.
    names: tuple[str, ...]
    is_positional: bool
    given: Mapping[str, Any]
    makes: Mapping[str, Callable[[], Any]]
    binds: tuple[tuple[str, Process], ...]
    reads: tuple[tuple[int, Process], ...]
    row: Callable[..., Any] | None

    def values(self, params: Mapping[str, Any]) -> tuple[Any, ...] | dict[str, Any]:
        """Return the values as the driver takes them."""
        values = {**self.given, **params}
        for name, make in self.makes.items():
            values[name] = make()
        for name, process in self.binds:
            values[name] = process(values[name])
        return tuple(values[name] for name in self.names) if self.is_positional else values


class Prepared:
    """One statement of SQLAlchemy's; ``columns`` names the values an INSERT will be given."""

    def __init__(self, statement: Executable, *, columns: Iterable[str] | None = None) -> None:
        self._statement = statement
        self._columns = None if columns is None else list(columns)
        self._texts: dict[str, _Text] = {}

    def first(self, connection: Connection, params: Mapping[str, Any]) -> Found | None:
        """Execute a SELECT that finds one row at most; return it by its names, or ``None``."""
        text = self._text(connection.dialect)
        cursor = self._execute(connection, text, params)
        try:
            found = cursor.fetchone()
        finally:
            cursor.close()
        if found is None or text.row is None:
            return None
        row = list(found)
        for index, process in text.reads:
            row[index] = process(row[index])
        return text.row(*row)

    def run(self, connection: Connection, params: Mapping[str, Any]) -> None:
        """Execute what gives nothing back."""
        self._execute(connection, self._text(connection.dialect), params).close()

    def _execute(
        self, connection: Connection, text: _Text, params: Mapping[str, Any]
    ) -> DBAPICursor:
        values = text.values(params)
        cursor = connection.connection.cursor()
        for hear in connection.dispatch.before_cursor_execute:
            hear(connection, cursor, text.sql, values, None, False)  # noqa: FBT003 (its shape)
        dialect = connection.dialect
        try:
            cursor.execute(text.sql, values)
        except dialect.loaded_dbapi.Error as error:
            cursor.close()
            is_gone = dialect.is_disconnect(error, connection.connection.dbapi_connection, None)
            if is_gone:
                connection.invalidate(error)
            raise DBAPIError.instance(
                text.sql,
                values,
                error,
                dialect.loaded_dbapi.Error,
                connection_invalidated=is_gone,
                dialect=dialect,
            ) from error
        return cursor

    def _text(self, dialect: Dialect) -> _Text:
        text = self._texts.get(dialect.name)
        if text is None:
            text = self._texts[dialect.name] = self._compile(dialect)
        return text

    def _compile(self, dialect: Dialect) -> _Text:
        compiled = self._statement.compile(dialect=dialect, column_keys=self._columns)  # type: ignore[attr-defined]  # every executable clause compiles
        if not isinstance(compiled, SQLCompiler):
            raise TypeError(f"{self._statement} is no statement")
        names = tuple(compiled.positiontup or ()) if compiled.positional else tuple(compiled.binds)
        binds = {name: _to_driver(each.type, dialect) for name, each in compiled.binds.items()}
        reads = _readers(self._statement, dialect)
        return _Text(
            sql=compiled.string,
            names=names,
            is_positional=bool(compiled.positional),
            given={name: each.value for name, each in compiled.binds.items() if not each.callable},
            makes={name: each.callable for name, each in compiled.binds.items() if each.callable},
            binds=tuple((name, each) for name, each in binds.items() if each is not None),
            reads=tuple((at, each) for at, each in enumerate(reads) if each is not None),
            row=_row_type(self._statement),
        )


def _to_driver(kind: TypeEngine[Any], dialect: Dialect) -> Process | None:
    return kind.dialect_impl(dialect).bind_processor(dialect)


def _readers(statement: Executable, dialect: Dialect) -> list[Process | None]:
    if not isinstance(statement, Select):
        return []
    return [
        column.type.dialect_impl(dialect).result_processor(dialect, None)
        for column in statement.selected_columns
    ]


def _row_type(statement: Executable) -> Callable[..., Any] | None:
    if not isinstance(statement, Select):
        return None
    names = [str(column.key) for column in statement.selected_columns]
    # The names are known at run time only.
    row: Callable[..., Any] = namedtuple("Row", names)  # type: ignore[misc]  # noqa: PYI024
    return row
