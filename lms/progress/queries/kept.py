"""Adds up again what is kept ready of each course and each final test, and names what differs."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from lms.accounts.models import Person
from lms.assessment.models import Attempt
from lms.catalog.models import Item, Lesson, Material
from lms.catalog.outline import FINAL_LESSON
from lms.enrollment.models import Enrollment
from lms.progress.models import CourseTime, FinalResult, MaterialProgress, WatchSlice


@dataclass(frozen=True, slots=True)
class WrongSum:
    """A sum that is not what its parts add up to; ``counted`` is empty where there are none.

    The key is person and course of a time, the enrollment of a final test. ``column`` is what of
    the row differs.
    """

    person_id: int
    model: type[CourseTime | FinalResult]
    key: tuple[int, ...]
    column: str
    kept: int | None
    counted: int | None


def last_person(session: Session) -> int:
    """Return the greatest id of a person."""
    return session.scalar(select(func.max(Person.id))) or 0


def wrong_sums(session: Session, first: int, last: int) -> Iterator[WrongSum]:
    """Yield each sum of the people between two ids that differs from its parts."""
    pairs: tuple[tuple[type[CourseTime | FinalResult], str, Any, Any], ...] = (
        (CourseTime, "verified_ms", _times(first, last), _kept_times(first, last)),
        (CourseTime, "last_day", _days(first, last), _kept_days(first, last)),
        (FinalResult, "percent", _tests(first, last), _kept_tests(first, last)),
    )
    for model, column, counted, kept in pairs:
        right, stored = _by_key(session, counted), _by_key(session, kept)
        for person_id, *key in sorted(right.keys() | stored.keys()):
            place = (person_id, *key)
            if right.get(place) != stored.get(place):
                own = tuple(key) if model is FinalResult else place
                values = stored.get(place), right.get(place)
                yield WrongSum(person_id, model, own, column, *values)


def _kept_times(first: int, last: int) -> Select[*tuple[Any, ...]]:
    """Return the sums of courses; none is as good as nothing."""
    return select(CourseTime.person_id, CourseTime.course_id, CourseTime.verified_ms).where(
        CourseTime.person_id.between(first, last), CourseTime.verified_ms > 0
    )


def _kept_days(first: int, last: int) -> Select[*tuple[Any, ...]]:
    return select(CourseTime.person_id, CourseTime.course_id, CourseTime.last_day).where(
        CourseTime.person_id.between(first, last), CourseTime.last_day.is_not(None)
    )


def _kept_tests(first: int, last: int) -> Select[*tuple[Any, ...]]:
    return (
        select(Enrollment.person_id, FinalResult.enrollment_id, FinalResult.percent)
        .join(Enrollment, Enrollment.id == FinalResult.enrollment_id)
        .where(Enrollment.person_id.between(first, last))
    )


def _times(first: int, last: int) -> Select[*tuple[Any, ...]]:
    key = (MaterialProgress.person_id, Material.course_id)
    return (
        select(*key, func.sum(MaterialProgress.credited_ms))
        .join(Material, Material.id == MaterialProgress.material_id)
        .where(MaterialProgress.person_id.between(first, last))
        .group_by(*key)
        .having(func.sum(MaterialProgress.credited_ms) > 0)
    )


def _days(first: int, last: int) -> Select[*tuple[Any, ...]]:
    key = (WatchSlice.person_id, Material.course_id)
    return (
        select(*key, func.max(WatchSlice.day))
        .join(Material, Material.id == WatchSlice.material_id)
        .where(
            WatchSlice.person_id.between(first, last),
            WatchSlice.credited_ms > 0,
            WatchSlice.request_id.is_(None),
        )
        .group_by(*key)
    )


def _tests(first: int, last: int) -> Select[*tuple[Any, ...]]:
    return (
        select(Attempt.person_id, Attempt.enrollment_id, func.max(Attempt.percent))
        .join(Item, Item.id == Attempt.item_id)
        .join(Lesson, Lesson.id == Item.lesson_id)
        .where(
            Attempt.person_id.between(first, last),
            Attempt.percent.is_not(None),
            Lesson.key == FINAL_LESSON,
        )
        .group_by(Attempt.person_id, Attempt.enrollment_id)
    )


def _by_key(session: Session, statement: Select[*tuple[Any, ...]]) -> dict[tuple[int, ...], int]:
    rows = session.execute(statement)
    return {tuple(row[:-1]): int(row[-1]) for row in rows}
