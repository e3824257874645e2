"""Writes the history of many enrollments by a few statements a batch, all figures consistent."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    FromClause,
    Insert,
    Integer,
    MetaData,
    String,
    Table,
    and_,
    case,
    cast,
    func,
    insert,
    literal,
    literal_column,
    select,
)
from sqlalchemy import Column as SqlColumn
from sqlalchemy.orm import Session

from lms.assessment.models import Attempt
from lms.db.base import Base
from lms.demo.domain import HALF_WAY_PERCENT
from lms.progress.domain.ledger import EntryKind
from lms.progress.domain.state import LeaseEnd
from lms.progress.models import (
    ItemCompletion,
    MaterialProgress,
    PlaybackLease,
    StudyClock,
    WatchSlice,
)

_DEVICE_HASH = "demo"
_scratch = MetaData()
_STEP = Table(
    "demo_step",
    _scratch,
    SqlColumn("number", Integer, primary_key=True),
    SqlColumn("day", Integer),
    SqlColumn("offset_ms", BigInteger),
    SqlColumn("duration_ms", BigInteger),
    SqlColumn("is_watched", Integer),
    SqlColumn("item_id", BigInteger),
    SqlColumn("material_id", BigInteger),
    SqlColumn("lesson_key", String),
    SqlColumn("item_key", String),
    SqlColumn("quiz_id", BigInteger),
    SqlColumn("asked", Integer),
    SqlColumn("pass_percent", Integer),
    prefixes=["TEMPORARY"],
)
_NEW = Table(
    "demo_new",
    _scratch,
    SqlColumn("enrollment_id", BigInteger, primary_key=True),
    SqlColumn("person_id", BigInteger),
    SqlColumn("sign_in_id", BigInteger),
    SqlColumn("first_day", Integer),
    SqlColumn("started_ms", BigInteger),
    SqlColumn("done", Integer),
    SqlColumn("share_percent", Integer),
    prefixes=["TEMPORARY"],
)


class StepRow(NamedTuple):
    """A step of the course with the rows it refers to; ``is_watched`` is 1 where it has time."""

    number: int
    day: int
    offset_ms: int
    duration_ms: int
    is_watched: int
    item_id: int
    material_id: int | None
    lesson_key: str
    item_key: str
    quiz_id: int | None
    asked: int | None
    pass_percent: int | None


class NewRow(NamedTuple):
    """A new enrollment: from when, how many steps are done, and the share seen of each."""

    enrollment_id: int
    person_id: int
    sign_in_id: int
    first_day: int
    started_ms: int
    done: int
    share_percent: int


def open_batch(session: Session, steps: Sequence[StepRow], rows: Sequence[NewRow]) -> None:
    """Put steps and enrollments where the statements below find them."""
    connection = session.connection()
    _scratch.create_all(connection)
    connection.execute(insert(_STEP), [step._asdict() for step in steps])
    connection.execute(insert(_NEW), [row._asdict() for row in rows])


def close_batch(session: Session) -> None:
    """Take the scratch tables away."""
    _scratch.drop_all(session.connection())


def write_study(session: Session) -> None:
    """Write leases, slices, sets, clocks and item completions of the batch."""
    words = _words(session)
    for statement in (_leases(), _slices(words), _sets(words), _clocks(words), _completions(words)):
        session.execute(statement)


def write_attempts(session: Session) -> None:
    """Write a passed attempt for each quiz that is done; its questions are not drawn."""
    words = _words(session)
    begins = _NEW.c.started_ms + _STEP.c.offset_ms
    luck = (_NEW.c.enrollment_id * 7 + _STEP.c.number) % 1000
    needed = (_STEP.c.asked * _STEP.c.pass_percent + 99) // 100
    points = needed + luck % (_STEP.c.asked - needed + 1)
    quizzes = _NEW.join(_STEP, and_(_is_done(), _STEP.c.quiz_id.is_not(None)))
    values = {
        "quiz_id": _STEP.c.quiz_id,
        "item_id": _STEP.c.item_id,
        "enrollment_id": _NEW.c.enrollment_id,
        "person_id": _NEW.c.person_id,
        "number": literal(1),
        "state": literal("submitted"),
        "seed": _NEW.c.enrollment_id,
        "started_at": words.moment(begins),
        "submitted_at": words.moment(begins + _STEP.c.duration_ms),
        "points": points,
        "max_points": _STEP.c.asked,
        "percent": points * 100 // _STEP.c.asked,
        "passed": literal_column("1" if words.is_sqlite else "true"),
    }
    session.execute(_filled(Attempt, quizzes, values))


@dataclass(frozen=True, slots=True)
class _Words:
    """What the two engines write differently."""

    is_sqlite: bool

    def intervals(self, ms: ColumnElement[int]) -> ColumnElement[Any]:
        """Return the JSON of one interval from the start."""
        if self.is_sqlite:
            return literal("[[0, ").concat(cast(ms, String)).concat(literal("]]"))
        return func.jsonb_build_array(func.jsonb_build_array(0, ms))

    def nothing(self) -> ColumnElement[Any]:
        """Return the JSON of an empty object."""
        return literal_column("'{}'" if self.is_sqlite else "'{}'::jsonb")

    def no_intervals(self) -> ColumnElement[Any]:
        """Return the JSON of an empty list."""
        return literal_column("'[]'" if self.is_sqlite else "'[]'::jsonb")

    def moment(self, ms: ColumnElement[int]) -> ColumnElement[Any]:
        """Return milliseconds since 1970 as the engine stores moments."""
        if self.is_sqlite:
            return func.strftime("%Y-%m-%d %H:%M:%f000", ms / literal(1000.0), "unixepoch")
        return func.to_timestamp(ms / literal(1000.0))


def _words(session: Session) -> _Words:
    return _Words(is_sqlite=session.get_bind().dialect.name == "sqlite")


def _is_done() -> ColumnElement[bool]:
    return _STEP.c.number <= _NEW.c.done


def _watched() -> tuple[FromClause, ColumnElement[int], ColumnElement[int]]:
    """Return the watched steps, how many milliseconds were, and when that began.

    The step after the last finished one was begun: it is how a learner is in the middle.
    """
    watched = _NEW.join(_STEP, and_(_STEP.c.is_watched == 1, _STEP.c.number <= _NEW.c.done + 1))
    share = case((_is_done(), _NEW.c.share_percent), else_=HALF_WAY_PERCENT)
    return watched, _STEP.c.duration_ms * share // 100, _NEW.c.started_ms + _STEP.c.offset_ms


def _filled(
    model: type[Base], source: FromClause, values: Mapping[str, ColumnElement[Any]]
) -> Insert:
    """Return the statement that writes a row with these values for each row of the source."""
    return insert(model).from_select(list(values), select(*values.values()).select_from(source))


def _lease_id() -> ColumnElement[str]:
    enrollment, number = cast(_NEW.c.enrollment_id, String), cast(_STEP.c.number, String)
    return literal("demo-").concat(enrollment).concat(literal("-")).concat(number)


def _leases() -> Insert:
    watched, ms, begins = _watched()
    values = {
        "id": _lease_id(),
        "person_id": _NEW.c.person_id,
        "sign_in_id": _NEW.c.sign_in_id,
        "enrollment_id": _NEW.c.enrollment_id,
        "item_id": _STEP.c.item_id,
        "material_id": _STEP.c.material_id,
        "started_at_ms": begins,
        "ended_at_ms": begins + ms,
        "ended_by": literal(str(LeaseEnd.RELEASED)),
    }
    return _filled(PlaybackLease, watched, values)


def _slices(words: _Words) -> Insert:
    watched, ms, begins = _watched()
    interval = words.intervals(ms)
    values = {
        "person_id": _NEW.c.person_id,
        "material_id": _STEP.c.material_id,
        "kind": literal(str(EntryKind.BEAT)),
        "lease_id": _lease_id(),
        "seq": literal(1),
        "part": literal(0),
        "day": _NEW.c.first_day + _STEP.c.day,
        "wall_from_ms": begins,
        "wall_to_ms": begins + ms,
        "claimed": interval,
        "seen": interval,
        "credited": interval,
        "held": words.no_intervals(),
        "refused": words.nothing(),
        "claimed_ms": ms,
        "seen_ms": ms,
        "credited_ms": ms,
        "held_ms": literal(0),
        "device_hash": literal(_DEVICE_HASH),
    }
    return _filled(WatchSlice, watched, values)


def _sets(words: _Words) -> Insert:
    watched, ms, begins = _watched()
    interval = words.intervals(ms)
    values = {
        "person_id": _NEW.c.person_id,
        "material_id": _STEP.c.material_id,
        "seen": interval,
        "credited": interval,
        "held": words.no_intervals(),
        "refused": words.nothing(),
        "seen_ms": ms,
        "credited_ms": ms,
        "granted_ms": literal(0),
        "position_ms": ms,
        "updated_at_ms": begins + ms,
    }
    return _filled(MaterialProgress, watched, values)


def _clocks(words: _Words) -> Insert:
    watched, ms, begins = _watched()
    last = func.max(begins + ms)
    known = select(StudyClock.person_id).where(StudyClock.person_id == _NEW.c.person_id)
    rows = (
        select(_NEW.c.person_id, last, last, words.nothing(), literal(0), literal(0), literal(0))
        .select_from(watched)
        .where(~known.correlate(_NEW).exists())
        .group_by(_NEW.c.person_id)
    )
    columns = ["person_id", "credit_mark_ms", "seen_mark_ms", "day_used"]
    columns += ["read_at_ms", "ahead_ms", "turn"]
    return insert(StudyClock).from_select(columns, rows)


def _completions(words: _Words) -> Insert:
    ends = _NEW.c.started_ms + _STEP.c.offset_ms + _STEP.c.duration_ms
    values = {
        "enrollment_id": _NEW.c.enrollment_id,
        "lesson_key": _STEP.c.lesson_key,
        "item_key": _STEP.c.item_key,
        "completed_at": words.moment(ends),
    }
    return _filled(ItemCompletion, _NEW.join(_STEP, _is_done()), values)
