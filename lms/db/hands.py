"""Connections for statements that stand alone: always ready, never in a transaction.

SQLAlchemy's pool looks after each connection whenever it changes hands. Between two statements that
leave nothing behind there is nothing to look after, and that costs as much as the statement itself.
"""

from collections import deque
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Engine
from sqlalchemy.pool import PoolProxiedConnection

from lms.db.prepared import Prepared, Values


class Hands:
    """The connections of one engine; as many as threads ever asked at the same time."""

    def __init__(self, engine: Engine, begin: str | None) -> None:
        """``begin`` opens a transaction where the engine needs several statements for one write."""
        self._engine = engine
        self._begin = begin
        # The one used last comes first: it knows the most.
        self._free: deque[PoolProxiedConnection] = deque()

    def ask(self, prepared: Prepared, values: Values) -> list[Any]:
        """Return the rows of a reading statement. Raises what the driver raises."""
        hand = self._take()
        try:
            rows = prepared.run_alone(self._engine, hand, values)
        except BaseException:
            _drop(hand)
            raise
        self._free.append(hand)
        return rows

    def write(self, statements: Sequence[Prepared], values: Values) -> bool:
        """Write all or nothing: nothing, and False, where the first gives no row.

        Raises what the driver raises; then nothing stands.
        """
        hand = self._take()
        try:
            is_written = self._written(hand, statements, values)
        except BaseException:
            # With the connection goes what it had begun.
            _drop(hand)
            raise
        self._free.append(hand)
        return is_written

    def close(self) -> None:
        """Close all that rest."""
        while self._free:
            _drop(self._free.pop())

    def _written(
        self, hand: PoolProxiedConnection, statements: Sequence[Prepared], values: Values
    ) -> bool:
        driver: Any = hand.dbapi_connection
        if self._begin:
            driver.execute(self._begin)
        first, *others = statements
        is_written = bool(first.run_alone(self._engine, hand, values))
        if is_written:
            for each in others:
                each.run_alone(self._engine, hand, values)
        if self._begin:
            driver.execute("COMMIT" if is_written else "ROLLBACK")
        return is_written

    def _take(self) -> PoolProxiedConnection:
        try:
            return self._free.pop()
        except IndexError:
            hand = self._engine.raw_connection()
            hand.detach()
            if not self._begin:
                driver: Any = hand.dbapi_connection
                driver.autocommit = True
            return hand


def _drop(hand: PoolProxiedConnection) -> None:
    driver: Any = hand.dbapi_connection
    driver.close()
