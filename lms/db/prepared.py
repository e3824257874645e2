"""Statements handed straight to the driver: for the few the site runs with every request.

SQLAlchemy writes the SQL and converts the values, once a dialect; what it does beside that for each
execution costs several times what the database needs for a row found by its key.
"""

from collections import namedtuple
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Delete, Dialect, Engine, Insert, Select, Update
from sqlalchemy.engine import Compiled
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import PoolProxiedConnection

from lms.db import libpq

Statement = Select[*tuple[Any, ...]] | Insert | Update | Delete
Values = Mapping[str, Any]
Row = Sequence[Any]
_Execute = Callable[[PoolProxiedConnection, Values], list[Row]]


class Prepared:
    """A statement with the names of the values that come with each execution.

    Every value of it is a single one (no ``IN`` of a list). Rows have the columns' names.
    """

    def __init__(self, statement: Statement, *names: str) -> None:
        """``names`` are the columns an insert or update sets, where the statement names none."""
        self.statement = statement
        self._names = list(names) or None
        self._by_dialect: dict[str, _Spoken] = {}

    def run(self, connection: Connection, values: Values) -> list[Any]:
        """Return the rows, in the connection's transaction. Raises what SQLAlchemy raises."""
        dialect = connection.dialect
        try:
            return self._asked(connection, connection.connection, dialect, values)
        except dialect.loaded_dbapi.Error as error:
            raise told(error, self._spoken(dialect).sql, dialect) from error

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
        spoken = self._spoken(dialect)
        filled = {**spoken.constants, **values}
        for name, make in spoken.makers.items():
            filled[name] = make()
        for listen in heard_by.dispatch.before_cursor_execute:
            shown = spoken.as_sqlalchemy(filled)
            listen(heard_by, None, spoken.sql, shown, None, False)  # noqa: FBT003 (as SQLAlchemy calls it)
        return [spoken.row(each) for each in spoken.execute(pooled, filled)]

    def _spoken(self, dialect: Dialect) -> "_Spoken":
        """Return the statement as the database at hand reads it."""
        found = self._by_dialect.get(dialect.name)
        if found is None:
            found = self._by_dialect[dialect.name] = self._speak(dialect)
        return found

    def _speak(self, dialect: Dialect) -> "_Spoken":
        compiled = self._compiled(dialect)
        columns = [*self.statement.exported_columns] if _answers(self.statement) else []
        fill = _filler(compiled, dialect)
        if dialect.name == "postgresql":
            # The driver's own way to write values, which libpq's call does not know.
            speaks: Any = type(dialect)
            numbered = self._compiled(speaks(paramstyle="numeric_dollar"))
            execute = _by_libpq(numbered, columns, dialect)
        else:
            execute = _by_cursor(compiled, columns, dialect, fill)
        return _Spoken(
            sql=str(compiled),
            constants={
                name: bind.value for name, bind in compiled.binds.items() if not bind.required
            },
            makers={name: bind.callable for name, bind in compiled.binds.items() if bind.callable},
            as_sqlalchemy=fill,
            execute=execute,
            row=_row_of([str(each.key) for each in columns]),
        )

    def _compiled(self, dialect: Dialect) -> Any:  # noqa: ANN401 (SQLAlchemy's, half typed)
        compiled: Any = self.statement.compile(dialect=dialect, column_keys=self._names)
        if compiled.post_compile_params or compiled.literal_execute_params:
            raise ValueError("a prepared statement takes single values only")
        return compiled


@dataclass(frozen=True, slots=True)
class _Spoken:
    """What one engine is handed, and how."""

    sql: str
    constants: Values
    makers: Mapping[str, Callable[[], Any]]
    as_sqlalchemy: Callable[[Values], Any]
    execute: _Execute
    row: Callable[[Row], Any]


def _filler(compiled: Any, dialect: Dialect) -> Callable[[Values], Any]:  # noqa: ANN401 (as above)
    """Return what turns values into those the driver takes."""
    convert = {
        name: converted
        for name, bind in compiled.binds.items()
        if (converted := bind.type.dialect_impl(dialect).bind_processor(dialect))
    }
    order = tuple(compiled.positiontup or ()) if compiled.positional else None

    def fill(values: Values) -> Any:  # noqa: ANN401 (as the driver takes them)
        filled = dict(values)
        for name, into in convert.items():
            filled[name] = into(filled[name])
        return filled if order is None else tuple(filled[name] for name in order)

    return fill


def _by_cursor(
    compiled: Compiled, columns: Sequence[Any], dialect: Dialect, fill: Callable[[Values], Any]
) -> _Execute:
    sql, kept = str(compiled), object()
    out_of = [each.type.dialect_impl(dialect).result_processor(dialect, None) for each in columns]
    converted = [(place, convert) for place, convert in enumerate(out_of) if convert]

    def execute(pooled: PoolProxiedConnection, values: Values) -> list[Row]:
        # A cursor of its own knows the statement already.
        cursor = pooled.info.get(kept)
        if cursor is None:
            cursor = pooled.info[kept] = pooled.cursor()
        cursor.execute(sql, fill(values))
        if not columns:
            return []
        rows = [list(each) for each in cursor.fetchall()]
        for row in rows:
            for place, convert in converted:
                row[place] = convert(row[place])
        return list(rows)

    return execute


def _by_libpq(compiled: Any, columns: Sequence[Any], dialect: Dialect) -> _Execute:  # noqa: ANN401 (as above)
    name, sql = libpq.new_name(), str(compiled).encode()
    order = compiled.positiontup or ()
    puts = [(each, libpq.putter(compiled.binds[each].type, dialect)) for each in order]
    gets = [libpq.getter(each.type, dialect) for each in columns]

    def execute(pooled: PoolProxiedConnection, values: Values) -> list[Row]:
        driver: Any = pooled.dbapi_connection
        sent = [put(values[each]) for each, put in puts]
        result = libpq.execute(driver, name, sql, sent)
        return libpq.rows_of(result, gets) if gets else []

    return execute


def told(error: Exception, said: str, dialect: Dialect) -> BaseException:
    """Return the driver's error as SQLAlchemy tells it, without the values: those are people's."""
    known = dialect.loaded_dbapi.Error
    return DBAPIError.instance(said, None, error, known, hide_parameters=True, dialect=dialect)


def _row_of(names: Sequence[str]) -> Callable[[Row], Any]:
    made: Any = namedtuple("Row", names)  # type: ignore[misc]  # noqa: PYI024 (the statement says its columns)
    make: Callable[[Row], Any] = made._make
    return make


Ask = Callable[[Prepared, Values], list[Any]]


def _answers(statement: Statement) -> bool:
    return isinstance(statement, Select) or bool(statement.exported_columns)
