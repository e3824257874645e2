"""Locks a learner's clock and says what time it is for them."""

from dataclasses import dataclass
from functools import lru_cache
from random import SystemRandom
from typing import cast
from zoneinfo import ZoneInfo

from sqlalchemy import Table, bindparam, update
from sqlalchemy.orm import Session

from lms.core.clock import day_bounds, local_day, time_zone
from lms.db.upsert import insert_once
from lms.progress import queries
from lms.progress.domain.days import Day, split_days, steady_now
from lms.progress.domain.prompts import draw_interval
from lms.progress.domain.settings import CountingSettings
from lms.progress.domain.state import LearnerClock, Moment, Prompt
from lms.progress.domain.units import MS_PER_SECOND, datetime_to_ms, ms_to_datetime
from lms.progress.models import StudyClock
from lms.progress.queries import State

RANDOM = SystemRandom()
# Zones lie whole quarters of an hour apart, so no day begins within one.
_QUARTER_MS = 15 * 60 * MS_PER_SECOND
_CLOCKS = cast(Table, StudyClock.__table__)
_SET = update(_CLOCKS).where(_CLOCKS.c.person_id == bindparam("its_person"))
_NEW = {"credit_mark_ms": 0, "seen_mark_ms": 0, "day_used": {}, "read_at_ms": 0, "turn": 0}


@dataclass(frozen=True, slots=True)
class Locked:
    """A learner's clock under its lock, and the learner's now, milliseconds."""

    row: State
    now_ms: int


def open_clock(session: Session, person_id: int, settings: CountingSettings) -> Locked:
    """Lock the learner's clock, making it where there is none, ready to earn.

    What was written before entries were chained is chained here, once.
    """
    first = draw_interval(settings, RANDOM.random())
    _make_clock(session, person_id, first)
    locked = lock_clock(session, person_id, settings)
    if locked is None:
        raise LookupError("the learner has no clock")
    if locked.row.entries is None:
        seal(session, person_id)
    if locked.row.prompt_in_ms is None:
        write_clock(session, person_id, prompt_in_ms=first)
    return locked


def lock_or_make_clock(session: Session, person_id: int) -> Locked:
    """Lock the clock of a person whether they ever studied on line or not."""
    _make_clock(session, person_id, None)
    locked = lock_clock(session, person_id, CountingSettings())
    if locked is None:
        raise LookupError("the learner has no clock")
    return locked


def _make_clock(session: Session, person_id: int, prompt_in_ms: int | None) -> None:
    new = {**_NEW, "person_id": person_id, "prompt_in_ms": prompt_in_ms, "ahead_ms": 0}
    insert_once(session, StudyClock, new)


def lock_clock(session: Session, person_id: int, settings: CountingSettings) -> Locked | None:
    """Lock the learner's clock; ``None`` for one who never had a lease."""
    row = queries.lock_clock(session, person_id)
    if row is None:
        return None
    now_ms, ahead_ms = now_of(row, settings)
    write_clock(session, person_id, read_at_ms=row.read_ms, ahead_ms=ahead_ms)
    return Locked(row, now_ms)


def now_of(row: State, settings: CountingSettings) -> tuple[int, int]:
    """Return the learner's now and how far it is ahead of the database's clock, milliseconds."""
    return steady_now(row.read_ms, row.read_at_ms, row.ahead_ms, settings.gap_cap_ms)


def seal(session: Session, person_id: int) -> None:
    """Chain what was written before entries were chained."""
    entries, head = queries.ledger_head(session, person_id)
    write_clock(session, person_id, entries=entries, head=head)


def write_clock(session: Session, person_id: int, **values: int | str | None) -> None:
    """Set columns of the learner's clock that no ledger entry sets."""
    session.connection().execute(_SET, {"its_person": person_id, **values})


def clock_of(row: State) -> LearnerClock:
    """Return the clock of a row that holds the presence check that waits, if one does."""
    prompt = None
    if row.check_id is not None:
        prompt = Prompt(
            row.check_id,
            row.check_lease_id,
            row.check_shown_at_ms,
            has_more_time=row.check_more_time_at_ms is not None,
            is_missed=row.check_missed_at_ms is not None,
        )
    # Time in a room is spent like time on line, but no entry of the ledger says so.
    mark = max(row.credit_mark_ms, row.attended_until_ms)
    return LearnerClock(mark, row.seen_mark_ms, prompt, row.prompt_in_ms)


def moment_of(row: State, now_ms: int, settings: CountingSettings) -> Moment:
    """Return the learner's now with the days of the last ``gap_cap`` before it."""
    used = {int(day): int(ms) for day, ms in row.day_used.items()}
    parts = split_days(now_ms - settings.gap_cap_ms, now_ms, _day_of, used, settings.night)
    return Moment(now_ms, parts)


def _day_of(moment_ms: int) -> Day:
    return _day_of_quarter(time_zone(), moment_ms // _QUARTER_MS)


@lru_cache(maxsize=256)
def _day_of_quarter(_zone: ZoneInfo, quarter: int) -> Day:
    day = local_day(ms_to_datetime(quarter * _QUARTER_MS))
    begins, ends = day_bounds(day)
    return Day(day.toordinal(), datetime_to_ms(begins), datetime_to_ms(ends))
