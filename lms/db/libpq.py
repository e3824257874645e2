"""Runs a statement by libpq's one call that sends it and waits for the rows.

psycopg's cursors ask the socket in turns, so that much else can go on meanwhile: a thread of this
site waits for its rows anyway, and what it asks all day costs a third this way.
"""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from itertools import count
from typing import Any

from psycopg import Connection, errors, pq
from psycopg.abc import PQGen
from psycopg.rows import tuple_row
from pydantic_core import from_json, to_json
from sqlalchemy import JSON, Boolean, Date, DateTime, Dialect, Integer, String, TypeDecorator
from sqlalchemy.types import TypeEngine

Bytes = bytes | None
Put = Callable[[Any], Bytes]
Got = Callable[[bytes], Any]
_NAMES = count(1)
_OK = (pq.ExecStatus.TUPLES_OK, pq.ExecStatus.COMMAND_OK)


class Wire(Connection[Any]):
    """A connection that knows which statements the server was told under a name.

    psycopg has the server forget all of them when a transaction rolls back or a table is changed.
    """

    def __init__(self, pgconn: pq.abc.PGconn, row_factory: Any = tuple_row) -> None:  # noqa: ANN401 (psycopg's, overloaded)
        super().__init__(pgconn, row_factory)
        self.known: set[bytes] = set()
        # What is made where a cursor of the server is asked for, should it be another.
        self.server_cursor: Callable[[Connection[Any]], Any] | None = None

    def cursor(self, name: str = "", **how: Any) -> Any:  # noqa: ANN401 (overloaded)
        """Return a cursor of the server where it has a name."""
        if name and self.server_cursor is not None:
            return self.server_cursor(self)
        return super().cursor(name, **how)

    def _deallocate(self, name: bytes | None) -> PQGen[None]:
        if name is None:
            self.known.clear()
        return super()._deallocate(name)


def new_name() -> bytes:
    """Return a name for a statement to prepare."""
    return b"lms_%d" % next(_NAMES)


def execute(driver: Wire, name: bytes, sql: bytes, values: list[Any]) -> pq.abc.PGresult:
    """Return the result, in the transaction the driver would have begun.

    Raises what the driver raises.
    """
    wire = driver.pgconn
    if not driver.autocommit and wire.transaction_status == pq.TransactionStatus.IDLE:
        _checked(wire, wire.exec_(b"BEGIN"))
    if name not in driver.known:
        _checked(wire, wire.prepare(name, sql))
        driver.known.add(name)
    return _checked(wire, wire.exec_prepared(name, values))


def rows_of(result: pq.abc.PGresult, converts: Sequence[Got]) -> list[Sequence[Any]]:
    """Return the rows with each column's bytes converted."""
    value, columns = result.get_value, list(enumerate(converts))
    return [
        [None if (got := value(row, place)) is None else convert(got) for place, convert in columns]
        for row in range(result.ntuples)
    ]


def putter(type_: TypeEngine[Any], dialect: Dialect) -> Put:
    """Return what writes a value of the type as the server reads it.

    Raises ``TypeError`` for a type that nothing here writes.
    """
    process = type_.dialect_impl(dialect).bind_processor(dialect)
    kind = _kind(type_, dialect)
    if isinstance(kind, JSON):
        none = None if kind.none_as_null else b"null"
        return lambda value: none if value is None else to_json(value)
    if isinstance(kind, Integer):
        # Most of what is written; a call in a call would cost as much again.
        return lambda value: None if value is None else b"%d" % value
    write = next((write for each, write in _WRITE if isinstance(kind, each)), None)
    if write is None:
        raise TypeError(f"a prepared statement takes no {kind!r}")
    if not isinstance(type_, TypeDecorator) or process is None:
        return lambda value: None if value is None else write(value)
    return lambda value: None if value is None else write(process(value))


def getter(type_: TypeEngine[Any], dialect: Dialect) -> Got:
    """Return what reads a value of the type. Raises ``TypeError`` as above."""
    kind = _kind(type_, dialect)
    read = next((read for each, read in _READ if isinstance(kind, each)), None)
    if read is None:
        raise TypeError(f"a prepared statement gives no {kind!r}")
    process = type_.dialect_impl(dialect).result_processor(dialect, None)
    if not isinstance(type_, TypeDecorator) or process is None:
        return read
    return lambda value: process(read(value))


def _kind(type_: TypeEngine[Any], dialect: Dialect) -> TypeEngine[Any]:
    own = type_.dialect_impl(dialect)
    return own.impl_instance if isinstance(own, TypeDecorator) else own


def _of_boolean(value: bool) -> bytes:  # noqa: FBT001 (a value)
    return b"t" if value else b"f"


def _of_moment(value: date) -> bytes:
    return value.isoformat().encode()


_WRITE: Sequence[tuple[type[TypeEngine[Any]], Callable[[Any], bytes]]] = (
    (Boolean, _of_boolean),
    (String, str.encode),
    (DateTime, _of_moment),
    (Date, _of_moment),
)
_READ: Sequence[tuple[type[TypeEngine[Any]], Got]] = (
    (Boolean, lambda got: got == b"t"),
    (Integer, int),
    (String, bytes.decode),
    (JSON, from_json),
    (DateTime, lambda got: datetime.fromisoformat(got.decode())),
    (Date, lambda got: date.fromisoformat(got.decode())),
)


def _checked(wire: pq.abc.PGconn, result: pq.abc.PGresult) -> pq.abc.PGresult:
    if result.status in _OK:
        return result
    if not result.error_field(pq.DiagnosticField.SQLSTATE):
        # The server says a state with all it says: this is libpq, which lost the server.
        raise errors.OperationalError(wire.get_error_message())
    raise errors.error_from_result(result)
