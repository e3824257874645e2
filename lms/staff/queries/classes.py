"""Reads the pages of classes: one class with its people and sessions, one session, one learner."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, literal, select, union_all
from sqlalchemy.orm import Session

from lms.accounts.models import Person, RoleGrant
from lms.catalog.models import Course, Institution, Programme
from lms.catalog.outline import CourseView
from lms.catalog.tree import revision_tree
from lms.core.access import Actor, Permission, Role, Scope, ScopeKind
from lms.enrollment import queries as enrollments
from lms.enrollment.domain import LIVE, SEATING, ClassState, WaitState, class_steps
from lms.enrollment.models import (
    AttendanceEntry,
    ClassConfirmation,
    ClassObjection,
    ClassSession,
    ClassWait,
    Enrollment,
    TrainingClass,
)
from lms.roster import queries as roster
from lms.roster.domain.filters import Filters, Status
from lms.roster.domain.lines import Line
from lms.staff.queries.class_reach import (
    ClassPowers,
    class_to_read,
    member_in_reach,
    session_to_read,
)

_WAITS, _TEACHES = "waits", "teaches"


@dataclass(frozen=True, slots=True)
class Member:
    """A learner of a class: hours on line and in person, and what they signed or said."""

    line: Line
    attended_ms: int
    confirmation: ClassConfirmation | None
    objections: Sequence[ClassObjection]


@dataclass(frozen=True, slots=True)
class Beside:
    """Somebody who waits for a seat since a moment, or teaches: ``id`` is of the wait or role."""

    id: int
    name: str
    since: datetime


@dataclass(frozen=True, slots=True)
class ClassPage:
    """Everything the page of one class shows, and what its reader may do there."""

    row: TrainingClass
    course: CourseView
    steps: tuple[ClassState, ...]
    members: Sequence[Member]
    sessions: Sequence[tuple[ClassSession, int]]
    waiters: Sequence[Beside]
    instructors: Sequence[Beside]
    powers: ClassPowers

    @property
    def taken(self) -> int:
        """Return how many seats are taken."""
        return sum(each.line.status in LIVE for each in self.members)


@dataclass(frozen=True, slots=True)
class SessionPage:
    """One session with everybody of the class, and all that was written down."""

    row: ClassSession
    training_class: TrainingClass
    seats: Sequence[enrollments.Seat]
    entries: Sequence[tuple[AttendanceEntry, Person]]
    names: Mapping[int, str]
    powers: ClassPowers


@dataclass(frozen=True, slots=True)
class MemberPage:
    """One learner of a class, and the classes they may go to."""

    row: TrainingClass
    member: Member
    course: CourseView
    others: Sequence[TrainingClass]


def class_page(session: Session, actor: Actor, training_class_id: int) -> ClassPage:
    """Return the page of a class the actor may read. Raises ``NotFound``."""
    row, powers = class_to_read(session, actor, training_class_id)
    beside = _beside(session, row.id)
    return ClassPage(
        row=row,
        course=revision_tree(session, row.revision_id),
        steps=class_steps(ClassState(row.state)),
        members=_members(session, row.id, Enrollment.training_class_id == row.id),
        sessions=enrollments.sessions_with_presence(session, row.id),
        waiters=beside[_WAITS],
        instructors=beside[_TEACHES],
        powers=powers,
    )


def _members(
    session: Session, class_id: int, which: ColumnElement[bool], people: list[int] | None = None
) -> list[Member]:
    """Return who is or was in the class, by name, with the hours every list shows."""
    only = (Scope(ScopeKind.CLASS, str(class_id)),)
    rows = session.execute(
        select(Enrollment.id, enrollments.attended_of_class(), ClassConfirmation, ClassObjection)
        .outerjoin(ClassConfirmation, ClassConfirmation.enrollment_id == Enrollment.id)
        .outerjoin(ClassObjection, ClassObjection.enrollment_id == Enrollment.id)
        .where(which)
        .order_by(ClassObjection.id)
    ).all()
    attended = {row[0]: int(row[1]) for row in rows}
    signed = {row[0]: row[2] for row in rows}
    said: dict[int, list[ClassObjection]] = {row[0]: [] for row in rows}
    for row in rows:
        if row[3] is not None:
            said[row[0]].append(row[3])
    lines = roster.lines_of(session, roster.Selection(only, Filters(status=Status.ALL)), people)
    found = [
        Member(line, attended[key], signed[key], said[key])
        for line in lines
        if (key := line.enrollment_id) in attended
    ]
    return sorted(found, key=lambda each: (each.line.status not in LIVE, each.line.name))


def _beside(session: Session, class_id: int) -> dict[str, list[Beside]]:
    """Return who waits for a seat of a class, the first one first, and who teaches it."""
    waits = (
        _named(_WAITS, ClassWait.id, ClassWait.asked_at)
        .join(Person, Person.id == ClassWait.person_id)
        .where(ClassWait.training_class_id == class_id, ClassWait.state == WaitState.WAITING)
    )
    teaches = (
        _named(_TEACHES, RoleGrant.id, RoleGrant.granted_at)
        .join(Person, Person.id == RoleGrant.person_id)
        .where(
            RoleGrant.role == Role.INSTRUCTOR,
            RoleGrant.scope_kind == ScopeKind.CLASS,
            RoleGrant.scope_id == str(class_id),
            RoleGrant.revoked_at.is_(None),
        )
    )
    found: dict[str, list[Beside]] = {_WAITS: [], _TEACHES: []}
    for row in session.execute(union_all(waits, teaches).order_by("id")):
        found[row.kind].append(Beside(row.id, row.name, row.since))
    return found


def _named(kind: str, key: Any, since: Any) -> Select[Any]:  # noqa: ANN401 (columns)
    columns: tuple[Any, ...] = (
        literal(kind).label("kind"),
        key.label("id"),
        Person.name.label("name"),
        since.label("since"),
    )
    return select(*columns)


def member_page(
    session: Session, actor: Actor, training_class_id: int, enrollment_id: int
) -> MemberPage:
    """Return a learner of a class, and where they may go. Raises ``NotFound``."""
    row, own = member_in_reach(session, actor, training_class_id, enrollment_id)
    [member] = _members(session, row.id, Enrollment.id == own.id, [own.person_id])
    scopes = actor.scopes_for(Permission.ENROLLMENT_MOVE)
    others = [
        each
        for each in enrollments.classes(session, row.course_id, scopes)
        if each.id != row.id and each.state in SEATING
    ]
    return MemberPage(row, member, revision_tree(session, row.revision_id), others)


def session_page(session: Session, actor: Actor, class_session_id: int) -> SessionPage:
    """Return the page of a session of a class the actor may read. Raises ``NotFound``."""
    row, training_class, powers = session_to_read(
        session, actor, class_session_id, Permission.CLASS_READ
    )
    seats = enrollments.seats(session, row)
    return SessionPage(
        row,
        training_class,
        seats,
        enrollments.entries_of(session, row.id),
        {each.person.id: each.person.name for each in seats},
        powers,
    )


def naming(session: Session, course: CourseView) -> tuple[str, str, int]:
    """Return what the usual name of a class is made of: institution, work type, level."""
    found = session.execute(
        select(Institution.name, Programme.title, Programme.level)
        .join(Course, Course.institution_id == Institution.id)
        .outerjoin(Programme, Programme.id == Course.programme_id)
        .where(Course.id == course.course_id)
    ).one()
    title = found.title["zh"] if found.title else course.title["zh"]
    # 互联网营销师·直播销售员 五级: the work type stands between the dot and the level.
    return found.name["zh"], title.partition("·")[2].split(" ")[0] or title, found.level or 0
