"""Reads the pages of classes: the list, one class with its people and sessions, one session."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.accounts.models import Person, RoleGrant
from lms.catalog.models import Course, Institution, Programme
from lms.catalog.outline import CourseView, Words
from lms.catalog.tree import revision_tree
from lms.core.access import Actor, Permission, Scope, ScopeKind
from lms.core.errors import NotFound
from lms.enrollment import queries as enrollments
from lms.enrollment.domain import LIVE, SEATING, ClassState, class_steps
from lms.enrollment.models import (
    AttendanceEntry,
    ClassConfirmation,
    ClassObjection,
    ClassSession,
    ClassWait,
    Enrollment,
    TrainingClass,
)
from lms.enrollment.service import instructors
from lms.roster import queries as roster
from lms.roster.domain import Filters, Line, Status


@dataclass(frozen=True, slots=True)
class Member:
    """A learner of a class: hours on line and in person, and what they signed or said."""

    line: Line
    attended_ms: int
    confirmation: ClassConfirmation | None
    objections: Sequence[ClassObjection]


@dataclass(frozen=True, slots=True)
class ClassPage:
    """Everything the page of one class shows."""

    row: TrainingClass
    course: CourseView
    institution: Words
    steps: tuple[ClassState, ...]
    members: Sequence[Member]
    sessions: Sequence[ClassSession]
    present: Mapping[int, int]
    waiters: Sequence[tuple[ClassWait, Person]]
    instructors: Sequence[tuple[RoleGrant, Person]]

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


@dataclass(frozen=True, slots=True)
class MemberPage:
    """One learner of a class, and the classes they may go to."""

    row: TrainingClass
    member: Member
    course: CourseView
    others: Sequence[TrainingClass]


def class_in_reach(
    session: Session, actor: Actor, training_class_id: int, permission: Permission
) -> TrainingClass:
    """Return a class the actor may see by a permission. Raises ``NotFound``."""
    found = session.scalar(
        select(TrainingClass).where(
            TrainingClass.id == training_class_id,
            enrollments.class_in_scope(actor.scopes_for(permission)),
        )
    )
    if found is None:
        raise NotFound
    return found


def locked_class(
    session: Session, actor: Actor, training_class_id: int, permission: Permission
) -> TrainingClass:
    """Return a class in the actor's reach under its lock. Raises ``NotFound``."""
    class_in_reach(session, actor, training_class_id, permission)
    locked = enrollments.locked_class(session, training_class_id)
    if locked is None:
        raise NotFound
    return locked


def session_in_reach(
    session: Session, actor: Actor, class_session_id: int, permission: Permission
) -> ClassSession:
    """Return a session of a class in the actor's reach. Raises ``NotFound``."""
    row = enrollments.class_session(session, class_session_id)
    if row is None:
        raise NotFound
    class_in_reach(session, actor, row.training_class_id, permission)
    return row


def member_in_reach(
    session: Session, actor: Actor, training_class_id: int, enrollment_id: int
) -> Enrollment:
    """Return an enrollment of a class whose people the actor may move. Raises ``NotFound``."""
    class_in_reach(session, actor, training_class_id, Permission.ENROLLMENT_MOVE)
    found = session.get(Enrollment, enrollment_id)
    if found is None or found.training_class_id != training_class_id:
        raise NotFound
    return found


def class_page(session: Session, actor: Actor, training_class_id: int) -> ClassPage:
    """Return the page of a class the actor runs. Raises ``NotFound``."""
    row = class_in_reach(session, actor, training_class_id, Permission.CLASS_RUN)
    course = revision_tree(session, row.revision_id)
    return ClassPage(
        row=row,
        course=course,
        institution=course.institution,
        steps=class_steps(ClassState(row.state)),
        members=members(session, row),
        sessions=enrollments.sessions_of(session, row.id),
        present=enrollments.present_counts(session, row.id),
        waiters=enrollments.waiters(session, row.id),
        instructors=instructors(session, row.id),
    )


def members(session: Session, row: TrainingClass) -> list[Member]:
    """Return who is or was in the class, by name, with the hours every list shows."""
    of_class = Enrollment.training_class_id == row.id
    people = session.scalars(select(Enrollment.person_id).where(of_class)).all()
    only = (Scope(ScopeKind.CLASS, str(row.id)),)
    selection = roster.Selection(only, Filters(status=Status.ALL))
    lines = roster.lines_of(session, selection, people)
    attended = enrollments.attended_sums(session, row.id)
    mine = select(Enrollment.id).where(of_class)
    signed = {
        each.enrollment_id: each
        for each in session.scalars(
            select(ClassConfirmation).where(ClassConfirmation.enrollment_id.in_(mine))
        )
    }
    said = session.scalars(
        select(ClassObjection)
        .where(ClassObjection.enrollment_id.in_(mine))
        .order_by(ClassObjection.id)
    ).all()
    found = [
        Member(
            line,
            attended.get(line.person_id, 0),
            signed.get(line.enrollment_id),
            [each for each in said if each.enrollment_id == line.enrollment_id],
        )
        for line in lines
    ]
    return sorted(found, key=lambda each: (each.line.status not in LIVE, each.line.name))


def member_page(
    session: Session, actor: Actor, training_class_id: int, enrollment_id: int
) -> MemberPage:
    """Return a learner of a class, and where they may go. Raises ``NotFound``."""
    member_in_reach(session, actor, training_class_id, enrollment_id)
    row = session.get_one(TrainingClass, training_class_id)
    member = next(
        each for each in members(session, row) if each.line.enrollment_id == enrollment_id
    )
    scopes = actor.scopes_for(Permission.ENROLLMENT_MOVE)
    others = [
        each
        for each in enrollments.classes(session, row.course_id, scopes)
        if each.id != row.id and each.state in SEATING
    ]
    return MemberPage(row, member, revision_tree(session, row.revision_id), others)


def session_page(session: Session, actor: Actor, class_session_id: int) -> SessionPage:
    """Return the page of a session of a class the actor runs. Raises ``NotFound``."""
    row = session_in_reach(session, actor, class_session_id, Permission.CLASS_RUN)
    seats = enrollments.seats(session, row)
    return SessionPage(
        row,
        enrollments.class_of_session(session, row),
        seats,
        enrollments.entries_of(session, row.id),
        {each.person.id: each.person.name for each in seats},
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
