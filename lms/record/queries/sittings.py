"""Reads quiz attempts, presence checks and badges of a file, in one statement."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    ColumnElement,
    Row,
    Select,
    String,
    case,
    cast,
    func,
    literal,
    null,
    select,
    union_all,
)
from sqlalchemy.orm import InstrumentedAttribute, Session

from lms.assessment.models import Attempt, Quiz
from lms.catalog.models import Material
from lms.core.clock import day_bounds
from lms.credentials.models import Credential
from lms.db.base import Json, UtcDateTime
from lms.progress.domain.units import datetime_to_ms
from lms.progress.models import PresenceCheck
from lms.record.domain.courses import CourseLine
from lms.record.domain.ledger import Window
from lms.record.domain.sittings import AttemptLine, BadgeLine, CheckLine, Checks, Sittings
from lms.record.queries.people import Holder, Lessons

# Parts of different shape share these columns; a part leaves empty what it has no use for.
_COLUMNS: Mapping[str, Any] = {
    **dict.fromkeys(("n1", "n2", "n3", "n4", "n5"), BigInteger()),
    **dict.fromkeys(("t1", "t2", "t3"), String()),
    **dict.fromkeys(("at1", "at2", "at3"), UtcDateTime()),
    "yes": Boolean(),
    "title": Json,
}
_Column = ColumnElement[Any] | InstrumentedAttribute[Any]


def sittings(session: Session, holder: Holder, window: Window) -> Sittings:
    """Return what was asked of the person in the window's period, newest first."""
    courses = [each for each in holder.courses if window.course in (None, each.course.slug)]
    parts = (
        _attempts(holder, courses, window),
        _checks(holder, courses, window),
        _badges(holder, courses),
    )
    rows = session.execute(union_all(*(select(part.subquery()) for part in parts))).all()
    by_part: dict[str, list[Row[Any]]] = {"attempt": [], "check": [], "badge": []}
    for row in rows:
        by_part[row.part].append(row)
    attempts, checks = by_part["attempt"], by_part["check"]
    known = holder.lessons()
    return Sittings(
        attempts=tuple(_attempt(row) for row in attempts),
        attempts_in_all=attempts[0].n4 if attempts else 0,
        checks=Checks(
            lines=tuple(_check(row, known) for row in checks),
            asked=checks[0].n4 if checks else 0,
            missed=checks[0].n5 if checks else 0,
        ),
        badges=tuple(_badge(row) for row in by_part["badge"]),
    )


def _part(tag: str, **given: _Column) -> Select[*tuple[Any, ...]]:
    empty = {name: cast(null(), kind) for name, kind in _COLUMNS.items()}
    columns = [column.label(name) for name, column in {**empty, **given}.items()]
    return select(literal(tag).label("part"), *columns)


def _attempts(
    holder: Holder, courses: list[CourseLine], window: Window
) -> Select[*tuple[Any, ...]]:
    return (
        _part(
            "attempt",
            n1=Attempt.id,
            n2=Attempt.number,
            n3=Attempt.percent,
            n4=func.count().over(),
            at1=Attempt.submitted_at,
            yes=Attempt.passed,
            title=Quiz.title,
        )
        .join(Quiz, Quiz.id == Attempt.quiz_id)
        .where(
            Attempt.person_id == holder.person_id,
            Attempt.submitted_at.is_not(None),
            Attempt.enrollment_id.in_([each.enrollment_id for each in courses]),
            *_moments(Attempt.submitted_at, window),
        )
        .order_by(Attempt.submitted_at.desc(), Attempt.id.desc())
        .limit(window.limit)
    )


def _checks(holder: Holder, courses: list[CourseLine], window: Window) -> Select[*tuple[Any, ...]]:
    check = PresenceCheck
    is_missed = case((check.missed_at_ms.is_not(None), 1), else_=0)
    bounds = [
        check.shown_at_ms >= datetime_to_ms(day_bounds(window.first)[0]) if window.first else None,
        check.shown_at_ms < datetime_to_ms(day_bounds(window.last)[1]) if window.last else None,
    ]
    return (
        _part(
            "check",
            n1=check.shown_at_ms,
            n2=check.answered_at_ms,
            n3=check.missed_at_ms,
            n4=func.count().over(),
            n5=func.sum(is_missed).over(),
            t1=check.kind,
            t2=Material.lesson_key,
            t3=cast(Material.course_id, String()),
            yes=check.is_right,
        )
        .join(Material, Material.id == check.material_id)
        .where(
            check.person_id == holder.person_id,
            Material.course_id.in_([each.course.course_id for each in courses]),
            *(bound for bound in bounds if bound is not None),
        )
        .order_by(check.id.desc())
        .limit(window.limit)
    )


def _badges(holder: Holder, courses: list[CourseLine]) -> Select[*tuple[Any, ...]]:
    return (
        _part(
            "badge",
            t1=Credential.id,
            t2=Credential.serial,
            t3=Credential.state,
            at1=Credential.issued_at,
            at2=Credential.valid_until,
            at3=Credential.revoked_at,
            title=Credential.value["course_title"],
        )
        .where(
            Credential.person_id == holder.person_id,
            Credential.enrollment_id.in_([each.enrollment_id for each in courses]),
        )
        .order_by(Credential.created_at.desc(), Credential.id)
    )


def _moments(column: InstrumentedAttribute[Any], window: Window) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if window.first:
        found.append(column >= day_bounds(window.first)[0])
    if window.last:
        found.append(column < day_bounds(window.last)[1])
    return found


def _attempt(row: Row[Any]) -> AttemptLine:
    return AttemptLine(row.n1, row.title, row.n2, row.n3 or 0, bool(row.yes), row.at1)


def _check(row: Row[Any], known: Lessons) -> CheckLine:
    _, title = known.of(int(row.t3), row.t2)
    right = None if row.yes is None else bool(row.yes)
    return CheckLine(row.t1, title, row.n1, row.n2, row.n3, right)


def _badge(row: Row[Any]) -> BadgeLine:
    return BadgeLine(row.t1, row.t2, row.t3, row.title, row.at1, row.at2, row.at3)
