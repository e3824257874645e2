"""Reads who takes which course, in which version, in which class."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, false, func, or_, select, true
from sqlalchemy.orm import Session

from lms.catalog.models import Course, Revision, RevisionState
from lms.core.access import Scope, ScopeKind
from lms.enrollment.domain import LIVE, EnrollmentStatus
from lms.enrollment.models import Enrollment, TrainingClass

_AT_ONCE = 1_000


@dataclass(frozen=True, slots=True)
class Group:
    """Whose version is to change: a class, or people without one inside the scopes.

    Of those, either all who have a revision or a single enrollment.
    """

    course_id: int
    scopes: tuple[Scope, ...]
    training_class_id: int | None = None
    revision_id: int | None = None
    enrollment_id: int | None = None


@dataclass(frozen=True, slots=True)
class Share:
    """How many have a revision in a class, or without one where that is ``None``."""

    revision_id: int
    training_class_id: int | None
    active: int
    completed: int


def live(session: Session, *, person_id: int, course_id: int) -> Enrollment | None:
    """Return the person's active or completed enrollment in the course."""
    return session.scalar(
        select(Enrollment).where(
            Enrollment.person_id == person_id,
            Enrollment.course_id == course_id,
            Enrollment.status.in_(LIVE),
        )
    )


def locked_live(session: Session, *, person_id: int, course_id: int) -> Enrollment | None:
    """Lock and return the same as it stands now, whatever was read before."""
    return session.scalar(
        select(Enrollment)
        .where(
            Enrollment.person_id == person_id,
            Enrollment.course_id == course_id,
            Enrollment.status.in_(LIVE),
        )
        .with_for_update()
        .execution_options(populate_existing=True)
    )


def live_of_person(session: Session, person_id: int) -> list[Enrollment]:
    """Return the person's active and completed enrollments, newest first."""
    return list(
        session.scalars(
            select(Enrollment)
            .where(Enrollment.person_id == person_id, Enrollment.status.in_(LIVE))
            .order_by(Enrollment.id.desc())
        )
    )


def live_classes(session: Session, people: Sequence[int], course_id: int) -> dict[int, int | None]:
    """Return in which class, or without one, those of the people take the course who do."""
    found: dict[int, int | None] = {}
    for first in range(0, len(people), _AT_ONCE):
        rows = session.execute(
            select(Enrollment.person_id, Enrollment.training_class_id).where(
                Enrollment.person_id.in_(people[first : first + _AT_ONCE]),
                Enrollment.course_id == course_id,
                Enrollment.status.in_(LIVE),
            )
        )
        found.update((row[0], row[1]) for row in rows)
    return found


def in_scope(scopes: Iterable[Scope]) -> ColumnElement[bool]:
    """Return the condition that an enrollment lies inside any of the scopes."""
    return or_(false(), *(_scope(scope) for scope in scopes))


def _scope(scope: Scope) -> ColumnElement[bool]:
    if scope.kind is ScopeKind.PLATFORM:
        return true()
    if scope.kind is ScopeKind.COUNTY:
        return Enrollment.county_code == scope.id
    if scope.kind is ScopeKind.INSTITUTION and scope.id.isdecimal():
        return Enrollment.course_id.in_(
            select(Course.id).where(Course.institution_id == int(scope.id))
        )
    if scope.kind is ScopeKind.COURSE and scope.id.isdecimal():
        return Enrollment.course_id == int(scope.id)
    if scope.kind is ScopeKind.CLASS and scope.id.isdecimal():
        return Enrollment.training_class_id == int(scope.id)
    return false()


def class_in_scope(scopes: Iterable[Scope]) -> ColumnElement[bool]:
    """Return the condition that a class is run inside any of the scopes."""
    return or_(false(), *(_class_scope(scope) for scope in scopes))


def _class_scope(scope: Scope) -> ColumnElement[bool]:
    if scope.kind is ScopeKind.PLATFORM:
        return true()
    if scope.kind is ScopeKind.COUNTY:
        return TrainingClass.county_code == scope.id
    if not scope.id.isdecimal():
        return false()
    if scope.kind is ScopeKind.INSTITUTION:
        taught = select(Course.id).where(Course.institution_id == int(scope.id))
        return TrainingClass.course_id.in_(taught)
    column = TrainingClass.id if scope.kind is ScopeKind.CLASS else TrainingClass.course_id
    return column == int(scope.id)


def is_class_in_scope(session: Session, training_class_id: int, scopes: Iterable[Scope]) -> bool:
    """Tell whether a class is run inside any of the scopes."""
    found = select(TrainingClass.id).where(
        TrainingClass.id == training_class_id, class_in_scope(scopes)
    )
    return session.scalar(found) is not None


def published(session: Session, course_id: int) -> Revision | None:
    """Return the revision whoever enrolls now gets."""
    return session.scalar(
        select(Revision).where(
            Revision.course_id == course_id, Revision.state == RevisionState.PUBLISHED
        )
    )


def class_of_course(
    session: Session, *, training_class_id: int, course_id: int
) -> TrainingClass | None:
    """Lock and return a class of the course: its version and seats stand while somebody joins."""
    return session.scalar(
        select(TrainingClass)
        .where(TrainingClass.id == training_class_id, TrainingClass.course_id == course_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )


def classes(session: Session, course_id: int, scopes: Iterable[Scope]) -> Sequence[TrainingClass]:
    """Return the course's classes run inside the scopes, newest first."""
    return session.scalars(
        select(TrainingClass)
        .where(TrainingClass.course_id == course_id, class_in_scope(scopes))
        .order_by(TrainingClass.starts_on.desc(), TrainingClass.id.desc())
    ).all()


def shares(session: Session, course_id: int, scopes: tuple[Scope, ...]) -> list[Share]:
    """Return how many have which revision: by class run inside the scopes, or without a class."""
    own = select(TrainingClass.id).where(
        TrainingClass.course_id == course_id, class_in_scope(scopes)
    )
    active = func.count().filter(Enrollment.status == EnrollmentStatus.ACTIVE)
    completed = func.count().filter(Enrollment.status == EnrollmentStatus.COMPLETED)
    rows = session.execute(
        select(Enrollment.revision_id, Enrollment.training_class_id, active, completed)
        .where(
            Enrollment.course_id == course_id,
            Enrollment.status.in_(LIVE),
            or_(
                and_(Enrollment.training_class_id.is_(None), in_scope(scopes)),
                Enrollment.training_class_id.in_(own),
            ),
        )
        .group_by(Enrollment.revision_id, Enrollment.training_class_id)
    )
    return [Share(*row) for row in rows]


def count_to_move(session: Session, group: Group, revision_id: int) -> int:
    """Return how many of the group are active and have another revision."""
    wanted = select(func.count()).where(*_to_move(group, revision_id))
    return session.scalar(wanted) or 0


def revisions_to_move(session: Session, group: Group, revision_id: int) -> list[tuple[int, int]]:
    """Return which revisions those have, and how many each: the oldest revision first."""
    rows = session.execute(
        select(Enrollment.revision_id, func.count())
        .where(*_to_move(group, revision_id))
        .group_by(Enrollment.revision_id)
        .order_by(Enrollment.revision_id)
    )
    return [(row[0], row[1]) for row in rows]


def next_to_move(
    session: Session, group: Group, revision_id: int, *, after: int, limit: int
) -> Sequence[int]:
    """Return the next enrollments to move, by their ids."""
    return session.scalars(
        select(Enrollment.id)
        .where(*_to_move(group, revision_id), Enrollment.id > after)
        .order_by(Enrollment.id)
        .limit(limit)
    ).all()


def count_moved(session: Session, group: Group, revision_id: int, *, since: datetime) -> int:
    """Return how many of the group were moved to the revision since a moment."""
    moved = (
        *_of_group(group),
        Enrollment.revision_id == revision_id,
        Enrollment.moved_at >= since,
    )
    return session.scalar(select(func.count()).where(*moved)) or 0


def _to_move(group: Group, revision_id: int) -> list[ColumnElement[bool]]:
    found = [
        *_of_group(group),
        Enrollment.status == EnrollmentStatus.ACTIVE,
        Enrollment.revision_id != revision_id,
    ]
    if group.revision_id is not None:
        found.append(Enrollment.revision_id == group.revision_id)
    return found


def _of_group(group: Group) -> list[ColumnElement[bool]]:
    found = [Enrollment.course_id == group.course_id]
    if group.training_class_id is not None:
        # A class is moved as a whole, wherever its people live.
        return [*found, Enrollment.training_class_id == group.training_class_id]
    found += [Enrollment.training_class_id.is_(None), in_scope(group.scopes)]
    if group.enrollment_id is not None:
        found.append(Enrollment.id == group.enrollment_id)
    return found
