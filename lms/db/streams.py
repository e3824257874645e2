"""Reads very many rows of one statement while the same session asks other things in between.

PostgreSQL makes a cursor's rows when they are fetched, and never with more than one process. A
plain statement may use several, and goes on making rows while those that came are worked on; but
it needs a connection for itself. That one sees the very moment the session sees.
"""

from collections.abc import Generator, Iterator
from contextlib import contextmanager
from itertools import islice
from sys import maxsize
from typing import Any, cast

from psycopg import Connection as PgConnection
from psycopg import Cursor
from sqlalchemy import Connection, func, select
from sqlalchemy.orm import Session

from lms.db.session import connection_of

# So many rows come in one piece: what is held here of rows nobody asked for yet.
_PIECE = 500


@contextmanager
def stream_beside(session: Session) -> Iterator[Connection]:
    """Yield a connection whose rows, read with ``yield_per``, come while they are worked on.

    It sees what the session sees. SQLite has nothing to gain, and what a writing session has not
    committed is seen by nobody else: there it is the session's own.
    """
    own = connection_of(session)
    if own.dialect.name == "sqlite" or own.get_execution_options().get("lms_write"):
        yield own
        return
    moment = own.scalar(select(func.pg_export_snapshot()))
    with own.engine.connect() as other:
        other.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        other.exec_driver_sql(f"SET TRANSACTION SNAPSHOT '{moment}'")
        # It takes as long as its rows are worked on.
        other.exec_driver_sql("SET LOCAL statement_timeout = 0")
        driver: Any = other.connection.dbapi_connection
        made: list[_Streamed] = []

        def streamed(connection: PgConnection[Any]) -> _Streamed:
            made.append(_Streamed(connection))
            return made[-1]

        driver.server_cursor = streamed
        try:
            yield other
        finally:
            driver.server_cursor = None
            # While rows may come nothing else is asked there, not even to end the transaction.
            for cursor in made:
                cursor.close()


class _Streamed(Cursor[Any]):
    """What stands in for a cursor of the server: its statement runs by itself."""

    _coming: Generator[Any, None, None] | None = None

    def execute(self, query: Any, params: Any = None, **_how: Any) -> "_Streamed":  # noqa: ANN401 (the driver's)
        """Send the statement and wait for its first row."""
        # It is one: closed early, it has the server stop.
        self._coming = cast(Generator[Any, None, None], self.stream(query, params, size=_PIECE))
        # The first row tells what the columns are, and a result that is there at once.
        self._came = self._next(1)
        if not self._came:
            super().execute(query, params)
        return self

    def fetchmany(self, size: int = 0) -> list[Any]:
        """Return the next rows; none: there are no more."""
        came, self._came = self._came, []
        return came + self._next((size or self.arraysize) - len(came))

    def fetchall(self) -> list[Any]:
        """Return all that is left: the driver's own knows the last piece alone."""
        return self.fetchmany(maxsize)

    def _next(self, most: int) -> list[Any]:
        return list(islice(self._coming or (), most))

    def close(self) -> None:
        """Let go of the rows that were not read."""
        if self._coming is not None:
            self._coming.close()
        super().close()
