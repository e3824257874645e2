"""What a beat costs with ten million ledger entries stored, beside what it costs with few."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from statistics import median
from typing import Any

from sqlalchemy import Connection, text

from bench import rates
from bench.figures import Figure
from bench.world import LEARNERS, World
from lms.db.session import Database

_FEW, _MANY = 10_000, 10_000_000
_AT_ONCE = 1_000_000
# Of the speed with few entries, so much should be left; the rest is what two runs differ by anyhow.
_WANTED = 0.8
# Long ago, a beat each 15 seconds; numbered downwards, so that none meets one that is sent now.
_FILL = """
WITH RECURSIVE beats(n) AS (
    SELECT CAST(:first AS BIGINT) UNION ALL SELECT n + 1 FROM beats WHERE n < :last
)
INSERT INTO watch_slice (
    person_id, material_id, kind, lease_id, seq, part, day, wall_from_ms, wall_to_ms,
    claimed, seen, credited, held, refused, claimed_ms, seen_ms, credited_ms, held_ms,
    device_hash, received_at_ms, state, rate_percent, answer
)
SELECT
    person_id, material_id, 'beat', id, -n, 0, 700000 + n / 240,
    1500000000000 + n * 15000, 1500000015000 + n * 15000,
    '[[0, 15000]]', '[[0, 15000]]', '[[0, 15000]]', '[]', '{}', 15000, 15000, 15000, 0,
    '0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef',
    1500000015000 + n * 15000, 'playing', 100, '{"credited_seconds": 15, "prompt": null}'
FROM playback_lease CROSS JOIN beats ORDER BY playback_lease.id, n
"""
_INDEXES = {
    "sqlite": (
        "SELECT 'DROP ' || type || ' ' || name, sql FROM sqlite_master "
        "WHERE tbl_name = 'watch_slice' AND type IN ('index', 'trigger') AND sql IS NOT NULL"
    ),
    "postgresql": (
        "SELECT 'ALTER TABLE watch_slice DROP CONSTRAINT ' || conname, "
        "'ALTER TABLE watch_slice ADD CONSTRAINT ' || conname || ' ' || pg_get_constraintdef(oid) "
        "FROM pg_constraint WHERE conrelid = 'watch_slice'::regclass AND contype IN ('u', 'x') "
        "UNION ALL SELECT 'DROP INDEX ' || indexname, indexdef FROM pg_indexes "
        "WHERE tablename = 'watch_slice' "
        "AND indexname NOT IN (SELECT conname FROM pg_constraint)"
    ),
}
_SETTLE = {"sqlite": "PRAGMA wal_checkpoint(TRUNCATE)", "postgresql": "CHECKPOINT"}
_UNBOUND = (
    "SET LOCAL session_replication_role = replica",
    "SET LOCAL statement_timeout = 0",
    "SET LOCAL maintenance_work_mem = '512MB'",
)


def of_stored(database: Database, world: World, *, port: int, bare_port: int) -> Iterator[Figure]:
    """Yield how fast beats are with few entries stored, and what of it is left with many.

    Both are taken beside the bare upsert of the same moment, which has nothing stored.
    """
    shares: list[float] = []
    for stored in (_FEW, _MANY):
        print(f"storing {stored:,} ledger entries ...", file=sys.stderr, flush=True)
        _store(database, stored // LEARNERS)
        # The first round of all learners finds their pages; the next is what a day is made of.
        for after in (stored, stored + rates.BODIES):
            beats, bare = rates.of_beats(world, port=port, bare_port=bare_port, after_seq=after)
        shares.append(median(one / other for one, other in zip(beats, bare, strict=True)))
        left = shares[-1] / shares[0]
        name = f"beats_with_{stored}_stored"
        yield Figure(name, round(median(beats), 1), "requests/s", left, _WANTED, at_least=True)


def _store(database: Database, number: int) -> None:
    """Bring every lease to so many entries of long ago."""
    with database.engine.connect() as connection:
        lowest = connection.execute(text("SELECT min(seq) FROM watch_slice")).scalar_one()
    first = 1 - min(0, lowest)
    with _bare_table(database):
        step = max(1, _AT_ONCE // LEARNERS)
        for begin in range(first, number + 1, step):
            last = min(number, begin + step - 1)
            with database.transaction() as session:
                _unbind(session.connection())
                session.execute(text(_FILL), {"first": begin, "last": last})
    _settle(database)


def _settle(database: Database) -> None:
    pooled = database.engine.raw_connection()
    driver: Any = pooled.driver_connection
    if not database.is_sqlite:
        driver.autocommit = True
    for each in ("ANALYZE", _SETTLE[database.engine.name]):
        driver.execute(each)
    pooled.invalidate()
    # Nor shall the disk still be busy with what was stored.
    os.sync()


@contextmanager
def _bare_table(database: Database) -> Iterator[None]:
    """Take away what is dear to keep in step row by row, and make it anew from all of them."""
    with database.transaction() as session:
        found = session.execute(text(_INDEXES[database.engine.name])).all()
        for drop, _make in found:
            session.execute(text(drop))
    yield
    with database.transaction() as session:
        _unbind(session.connection())
        for _drop, make in found:
            session.connection().exec_driver_sql(make)


def _unbind(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        for each in _UNBOUND:
            connection.execute(text(each))
