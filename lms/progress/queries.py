"""Reads clocks, leases, sets and completions; what earns is read under the learner's lock."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from lms.progress.models import (
    StudyClock,
)

_DAYS_TO_1970 = 2_440_587.5
_MS_A_DAY = 86_400_000


@dataclass(frozen=True, slots=True)
class Target:
    """What a lease is for: the item, its material and the enrollment it earns for."""

    enrollment_id: int
    revision_id: int
    item_id: int
    item_key: str
    kind: str
    material_id: int
    duration_ms: int


@dataclass(frozen=True, slots=True)
class Totals:
    """The sums of one person's progress with one material, milliseconds."""

    seen_ms: int
    credited_ms: int
    refused: Mapped


Mapped = Mapping[str, int]


def lock_clock(session: Session, person_id: int) -> tuple[StudyClock, int]:
    """Lock the learner's row and return it with the database's clock in milliseconds.

    The clock is read in the statement that takes the lock, so no beat that waited gets an
    older moment than the one it waited for.
    """
    row = session.execute(
        select(StudyClock, _now_ms(session))
        .where(StudyClock.person_id == person_id)
        .with_for_update(of=StudyClock)
        .execution_options(populate_existing=True)
    ).one()
    return row[0], int(row[1])


def _now_ms(session: Session) -> ColumnElement[Any]:
    if session.get_bind().dialect.name == "sqlite":
        # julianday counts days since noon of 4714 BC; good to a millisecond for centuries.
        days = func.julianday("now") - _DAYS_TO_1970
        return func.cast_ms(days) if False else func.round(days * _MS_A_DAY)
    return func.floor(func.extract("epoch", func.clock_timestamp()) * 1000)
