"""Reads the list of classes somebody may read, newest first, a page at a time."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from lms.catalog.models import Course, Revision
from lms.core.access import Actor, Permission, Scope
from lms.db.base import Localized
from lms.enrollment import queries as enrollments
from lms.enrollment.domain import LIVE, WaitState
from lms.enrollment.models import ClassWait, Enrollment, TrainingClass
from lms.roster import queries as roster
from lms.staff.domain import ClassFilters, Part


@dataclass(frozen=True, slots=True)
class ClassLine:
    """One class in the list, with how many sit in it and wait for it."""

    row: TrainingClass
    slug: str
    course: Localized
    taken: int
    waiting: int


@dataclass(frozen=True, slots=True)
class ClassBoard:
    """A part of the list of classes, newest first, and what its filters offer."""

    lines: Sequence[ClassLine]
    newer: int | None
    older: int | None
    courses: Sequence[roster.Choice]


def class_board(session: Session, actor: Actor, filters: ClassFilters, window: Part) -> ClassBoard:
    """Return a part of the classes the actor may read."""
    scopes = actor.scopes_for(Permission.CLASS_READ)
    within = enrollments.class_in_scope(scopes)
    statement = _filtered(_lines().where(within), filters)
    back = window.before is not None
    if window.before is not None:
        statement = statement.where(TrainingClass.id > window.before).order_by(TrainingClass.id)
    else:
        if window.after is not None:
            statement = statement.where(TrainingClass.id < window.after)
        statement = statement.order_by(TrainingClass.id.desc())
    found = session.execute(statement.limit(window.limit + 1))
    rows = [ClassLine(*each) for each in found]
    more, lines = len(rows) > window.limit, rows[: window.limit]
    if back:
        lines = lines[::-1]
    older = lines[-1].row.id if lines and (more or back) else None
    newer = lines[0].row.id if lines and (window.after is not None or (back and more)) else None
    return ClassBoard(lines, newer, older, _courses(session, scopes))


def _lines() -> Select[TrainingClass, str, Localized, int, int]:
    taken = (
        select(func.count())
        .where(Enrollment.training_class_id == TrainingClass.id, Enrollment.status.in_(LIVE))
        .correlate(TrainingClass)
        .scalar_subquery()
    )
    waiting = (
        select(func.count())
        .where(
            ClassWait.training_class_id == TrainingClass.id, ClassWait.state == WaitState.WAITING
        )
        .correlate(TrainingClass)
        .scalar_subquery()
    )
    return (
        select(TrainingClass, Course.slug, Revision.title, taken, waiting)
        .join(Course, Course.id == TrainingClass.course_id)
        .join(Revision, Revision.id == TrainingClass.revision_id)
    )


def _filtered(
    statement: Select[TrainingClass, str, Localized, int, int], filters: ClassFilters
) -> Select[TrainingClass, str, Localized, int, int]:
    if filters.state is not None:
        statement = statement.where(TrainingClass.state == filters.state)
    if filters.course is not None:
        statement = statement.where(Course.slug == filters.course)
    if filters.q is not None:
        named = (
            TrainingClass.title.contains(filters.q, autoescape=True),
            TrainingClass.filing_no.contains(filters.q, autoescape=True),
        )
        statement = statement.where(or_(*named))
    return statement


def _courses(session: Session, scopes: Sequence[Scope]) -> list[roster.Choice]:
    """Return the courses that have classes in reach."""
    rows = session.execute(
        select(Course.slug, func.max(TrainingClass.revision_id))
        .join(TrainingClass, TrainingClass.course_id == Course.id)
        .where(enrollments.class_in_scope(scopes))
        .group_by(Course.slug)
        .order_by(Course.slug)
    ).all()
    titles = {
        each.id: each.title
        for each in session.scalars(select(Revision).where(Revision.id.in_([r[1] for r in rows])))
    }
    return [roster.Choice(slug, titles[revision_id]) for slug, revision_id in rows]
