"""Statements handed straight to the driver: for the few the site runs with every request.

SQLAlchemy writes the SQL and converts the values, once a dialect; what it does beside that for each
execution costs several times what the database needs for a row found by its key.
"""

from collections import namedtuple
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Delete, Dialect, Engine, Insert, Select, Update
from sqlalchemy.engine.interfaces import DBAPICursor
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import PoolProxiedConnection

Statement = Select[*tuple[Any, ...]] | Insert | Update | Delete
Values = Mapping[str, Any]
_Convert = Callable[[Any], Any] | None


class Prepared:
    """A statement with the names of the values that come with each execution.

    Every value of it is a single one (no ``IN`` of a list). Rows have the columns' names.
    """

    def __init__(self, statement: Statement, *names: str) -> None:
        """``names`` are the columns an insert or update sets, where the statement names none."""
        self.statement = statement
        self._names = names
        self._by_dialect: dict[str, _Spoken] = {}

    def run(self, connection: Connection, values: Values) -> list[Any]:
        """Return the rows, in the connection's transaction. Raises what SQLAlchemy raises."""
        dialect = connection.dialect
        try:
            return self._asked(connection, connection.connection, dialect, values)
        except dialect.loaded_dbapi.Error as error:
            raise told(error, self.spoken(dialect).sql, dialect) from error

    def run_alone(self, engine: Engine, pooled: PoolProxiedConnection, values: Values) -> list[Any]:
        """Return the rows, outside of any transaction. Raises what the driver raises."""
        return self._asked(engine, pooled, engine.dialect, values)

    def _asked(
        self,
        heard_by: Connection | Engine,
        pooled: PoolProxiedConnection,
        dialect: Dialect,
        values: Values,
    ) -> list[Any]:
        spoken = self.spoken(dialect)
        cursor = self.cursor(pooled)
        filled = spoken.fill(values)
        for listen in heard_by.dispatch.before_cursor_execute:
            listen(heard_by, cursor, spoken.sql, filled, None, False)  # noqa: FBT003 (as SQLAlchemy calls it)
        return spoken.rows(cursor, filled)

    def cursor(self, pooled: PoolProxiedConnection) -> DBAPICursor:
        """Return this statement's own cursor of the connection, which knows it already."""
        kept: DBAPICursor | None = pooled.info.get(self)
        if kept is None:
            kept = pooled.info[self] = pooled.cursor()
        return kept

    def spoken(self, dialect: Dialect) -> "_Spoken":
        """Return the statement as the database at hand reads it."""
        found = self._by_dialect.get(dialect.name)
        if found is None:
            found = self._by_dialect[dialect.name] = _speak(self.statement, self._names, dialect)
        return found


@dataclass(frozen=True, slots=True)
class _Spoken:
    """What one driver is handed."""

    sql: str
    # Where the driver takes values by their place, their order.
    order: tuple[str, ...] | None
    constants: Mapping[str, Any]
    makers: Mapping[str, Callable[[], Any]]
    into: Mapping[str, Callable[[Any], Any]]
    out_of: Sequence[_Convert]
    row: Callable[[Sequence[Any]], Any]

    def fill(self, values: Mapping[str, Any]) -> Any:  # noqa: ANN401 (as the driver takes them)
        filled = {**self.constants, **values}
        for name, make in self.makers.items():
            filled[name] = make()
        for name, convert in self.into.items():
            filled[name] = convert(filled[name])
        return filled if self.order is None else tuple(filled[name] for name in self.order)

    def rows(self, cursor: DBAPICursor, filled: Any) -> list[Any]:  # noqa: ANN401 (as above)
        cursor.execute(self.sql, filled)
        if not self.out_of:
            return []
        found = cursor.fetchall()
        if any(self.out_of):
            found = [self._converted(each) for each in found]
        return [self.row(each) for each in found]

    def _converted(self, found: Sequence[Any]) -> list[Any]:
        return [
            convert(value) if convert else value
            for convert, value in zip(self.out_of, found, strict=True)
        ]


def told(error: Exception, said: str, dialect: Dialect) -> BaseException:
    """Return the driver's error as SQLAlchemy tells it, without the values: those are people's."""
    known = dialect.loaded_dbapi.Error
    return DBAPIError.instance(said, None, error, known, hide_parameters=True, dialect=dialect)


def _speak(statement: Statement, names: Sequence[str], dialect: Dialect) -> _Spoken:
    compiled = statement.compile(dialect=dialect, column_keys=list(names) or None)
    if compiled.post_compile_params or compiled.literal_execute_params:
        raise ValueError("a prepared statement takes single values only")
    converters = {
        name: bind.type.dialect_impl(dialect).bind_processor(dialect)
        for name, bind in compiled.binds.items()
    }
    columns = [*statement.exported_columns] if _answers(statement) else []
    return _Spoken(
        sql=str(compiled),
        order=tuple(compiled.positiontup or ()) if compiled.positional else None,
        constants={name: bind.value for name, bind in compiled.binds.items() if not bind.required},
        makers={name: bind.callable for name, bind in compiled.binds.items() if bind.callable},
        into={name: convert for name, convert in converters.items() if convert},
        out_of=[
            each.type.dialect_impl(dialect).result_processor(dialect, None) for each in columns
        ],
        row=_row_of([str(each.key) for each in columns]),
    )


def _row_of(names: Sequence[str]) -> Callable[[Sequence[Any]], Any]:
    made: Any = namedtuple("Row", names)  # type: ignore[misc]  # noqa: PYI024 (the statement says its columns)
    make: Callable[[Sequence[Any]], Any] = made._make
    return make


Ask = Callable[[Prepared, Values], list[Any]]


def _answers(statement: Statement) -> bool:
    return isinstance(statement, Select) or bool(statement.exported_columns)
