"""Reads who may be put into a class by hand: people found by name or phone, with what they are."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.accounts.gateway import BlindIndex
from lms.accounts.models import PersonState
from lms.catalog.outline import CourseView
from lms.catalog.tree import revision_tree
from lms.core.access import Actor, Permission
from lms.enrollment import queries as enrollments
from lms.enrollment.domain import LIVE, SEATING, EnrollmentStatus, WaitState
from lms.enrollment.models import ClassWait, Enrollment, TrainingClass
from lms.staff.domain import PeopleSearch, Standing, may_be_given
from lms.staff.queries.class_reach import class_in_reach
from lms.staff.queries.people import PersonLine, found_people


@dataclass(frozen=True, slots=True)
class Found:
    """Somebody who was found, what they are in the course, and in which class of the actor's."""

    line: PersonLine
    standing: Standing
    class_title: str | None
    may_be_given: bool


@dataclass(frozen=True, slots=True)
class SeatPage:
    """A class with the seats it has left (``None``: any number), and who was found for it."""

    row: TrainingClass
    course: CourseView
    free: int | None
    found: Sequence[Found]
    has_more: bool

    @property
    def takes_in(self) -> bool:
        """Tell whether the class takes anybody in as it stands."""
        return self.row.state in SEATING

    @property
    def is_full(self) -> bool:
        """Tell whether whoever comes now has to wait."""
        return self.free is not None and self.free <= 0


@dataclass(frozen=True, slots=True)
class _Taken:
    """How somebody takes the course; ``title`` is empty for a class out of reach."""

    status: str
    class_id: int | None
    title: str | None


def seat_page(
    session: Session, actor: Actor, training_class_id: int, words: str | None, *, index: BlindIndex
) -> SeatPage:
    """Return the class and those in reach whom the words find. Raises ``NotFound``."""
    row = class_in_reach(session, actor, training_class_id, Permission.ENROLLMENT_MOVE)
    course = revision_tree(session, row.revision_id)
    free = None
    if row.capacity is not None:
        free = max(row.capacity - enrollments.taken_seats(session, row.id), 0)
    shown = SeatPage(row, course, free, (), has_more=False)
    if words is None or not shown.takes_in:
        return shown
    scopes = actor.scopes_for(Permission.ENROLLMENT_MOVE)
    lines, more = found_people(session, scopes, PeopleSearch(words=words), index)
    people = [each.id for each in lines]
    taken = _taken(session, actor, row, people)
    waits = _waits(session, row, people)
    found = [
        _found(each, _standing(actor, each, row, taken, waits), taken.get(each.id), shown)
        for each in lines
    ]
    return SeatPage(row, course, free, found, more)


def _found(line: PersonLine, standing: Standing, taken: _Taken | None, page: SeatPage) -> Found:
    may = may_be_given(standing, is_full=page.is_full, price_fen=page.course.price_fen)
    return Found(line, standing, taken.title if taken else None, may)


def _taken(
    session: Session, actor: Actor, row: TrainingClass, people: Sequence[int]
) -> dict[int, _Taken]:
    near = enrollments.class_in_scope(actor.scopes_for(Permission.ENROLLMENT_MOVE))
    rows = session.execute(
        select(
            Enrollment.person_id,
            Enrollment.status,
            Enrollment.training_class_id,
            TrainingClass.title,
            near.label("is_near"),
        )
        .outerjoin(TrainingClass, TrainingClass.id == Enrollment.training_class_id)
        .where(
            Enrollment.person_id.in_(people),
            Enrollment.course_id == row.course_id,
            Enrollment.status.in_(LIVE),
        )
    )
    return {each[0]: _Taken(each[1], each[2], each[3] if each[4] else None) for each in rows}


def _waits(session: Session, row: TrainingClass, people: Sequence[int]) -> set[int]:
    wanted = select(ClassWait.person_id).where(
        ClassWait.training_class_id == row.id,
        ClassWait.state == WaitState.WAITING,
        ClassWait.person_id.in_(people),
    )
    return set(session.scalars(wanted))


def _standing(
    actor: Actor,
    line: PersonLine,
    row: TrainingClass,
    taken: Mapping[int, _Taken],
    waits: set[int],
) -> Standing:
    own = taken.get(line.id)
    if own is not None and own.class_id == row.id:
        return Standing.HERE
    if line.id == actor.person_id:
        return Standing.ONESELF
    if line.state != PersonState.ACTIVE:
        return Standing.LOCKED
    standing = _in_course(own)
    is_waiting = line.id in waits and standing in (Standing.NEW, Standing.ALONE)
    return Standing.WAITS if is_waiting else standing


def _in_course(own: _Taken | None) -> Standing:
    if own is None:
        return Standing.NEW
    if own.status == EnrollmentStatus.COMPLETED:
        return Standing.COMPLETED
    if own.class_id is None:
        return Standing.ALONE
    return Standing.ELSEWHERE if own.title else Standing.WITH_OTHERS
