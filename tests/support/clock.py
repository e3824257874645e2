"""Lets a test move the database's clock that counting goes by."""

from collections.abc import Callable

import pytest
from sqlalchemy import bindparam

from lms.db.base import BigId
from lms.db.prepared import Prepared
from lms.progress.queries import counting


def move_clock(monkeypatch: pytest.MonkeyPatch, read_ms: Callable[[], int]) -> None:
    """Make every statement that reads the database's clock for counting read this instead."""
    moved = bindparam("hands", callable_=read_ms, type_=BigId)
    monkeypatch.setattr(counting, "_LOCK", counting.lock_statement(moved))
    monkeypatch.setattr(counting, "_BEAT", Prepared(counting.beat_statement(moved)))
