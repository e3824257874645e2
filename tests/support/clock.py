"""Lets a test move the database's clock that counting goes by."""

from collections.abc import Callable

import pytest
from sqlalchemy import bindparam, text

from lms.db import session
from lms.db.base import BigId
from lms.db.prepared import Prepared
from lms.progress.queries import counting


def move_clock(monkeypatch: pytest.MonkeyPatch, read_ms: Callable[[], int]) -> None:
    """Make every statement that reads the database's clock for counting read this instead."""
    moved = bindparam("hands", callable_=read_ms, type_=BigId)
    monkeypatch.setattr(counting, "_LOCK", counting.lock_statement(moved))
    monkeypatch.setattr(counting, "_BEAT", Prepared(counting.beat_statement(moved)))


def move_days(monkeypatch: pytest.MonkeyPatch, days: int) -> None:
    """Let so many days pass on the database's clock, as every transaction reads it."""
    said = {
        "_SQLITE_NOW": f"SELECT strftime('%Y-%m-%dT%H:%M:%f', 'now', '+{days} days')",
        "_POSTGRESQL_NOW": f"SELECT clock_timestamp() + interval '{days} days'",
    }
    for name, sentence in said.items():
        monkeypatch.setattr(session, name, text(sentence))
