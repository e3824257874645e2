"""Lets others begin while a transaction is open, and goes on once the database makes them wait."""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from sqlalchemy import text

from lms.db.session import Database

_PATIENCE = 30


@contextmanager
def waiting(database: Database, works: Sequence[Callable[[], object]]) -> Iterator[None]:
    """Let the works begin, wait until the database makes all of them wait, and join them."""
    threads = [threading.Thread(target=work) for work in works]
    for thread in threads:
        thread.start()
    ends = time.monotonic() + _PATIENCE
    held = text(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
        "AND wait_event_type = 'Lock'"
    )
    while time.monotonic() < ends:
        with database.snapshot() as session:
            if session.scalar(held) == len(threads):
                break
    else:
        raise AssertionError("they did not wait")
    yield
    for thread in threads:
        thread.join(_PATIENCE)
        assert not thread.is_alive()
