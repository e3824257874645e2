"""Plans the sessions of a class, and appoints who teaches it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lms.accounts.models import Person, RoleGrant
from lms.accounts.service.roles import grant_role, revoke_role
from lms.audit.service import record
from lms.catalog.models import Course
from lms.core.access import Actor, Grant, Role, Scope, ScopeKind
from lms.core.clock import local_day
from lms.core.errors import Conflict, InvalidInput, Message, NotFound
from lms.db.bus import emit
from lms.enrollment.domain import SessionKind, SessionState
from lms.enrollment.events import ClassChanged
from lms.enrollment.models import ClassSession, SessionAttendance, TrainingClass

_LONGEST = timedelta(hours=12)


@dataclass(frozen=True, slots=True)
class Meeting:
    """What is planned of one session."""

    title: str
    kind: SessionKind
    starts_at: datetime
    ends_at: datetime
    place: str
    required: bool = True


def add_session(
    session: Session,
    *,
    actor: Actor,
    training_class: TrainingClass,
    meeting: Meeting,
    now: datetime,
) -> ClassSession:
    """Plan one more session of a class, which is locked. Raises ``InvalidInput`` for its times."""
    _check(meeting)
    last = session.scalar(
        select(func.max(ClassSession.number)).where(
            ClassSession.training_class_id == training_class.id
        )
    )
    row = ClassSession(
        training_class_id=training_class.id, number=(last or 0) + 1, state=SessionState.PLANNED
    )
    _apply(row, meeting)
    session.add(row)
    session.flush()
    _record(session, actor, "class_session.planned", row, now)
    return row


def change_session(
    session: Session, *, actor: Actor, row: ClassSession, meeting: Meeting, now: datetime
) -> None:
    """Change what is planned of a session.

    Raises ``Conflict`` where its times would change though somebody was written down.
    """
    _check(meeting)
    times = (row.starts_at, row.ends_at)
    if times != (meeting.starts_at, meeting.ends_at) and _is_anybody_there(session, row.id):
        raise Conflict(
            "somebody_was_there",
            "Somebody was written down as present. Put that right first.",
        )
    _apply(row, meeting)
    session.flush()
    if row.state == SessionState.HELD:
        emit(session, ClassChanged(row.training_class_id, now))
    _record(session, actor, "class_session.changed", row, now)


def set_session_state(
    session: Session, *, actor: Actor, row: ClassSession, state: SessionState, now: datetime
) -> None:
    """Say whether a session was held or does not take place.

    Raises ``Conflict`` for cancelling one at which somebody was present.
    """
    if state is SessionState.CANCELLED and _is_anybody_there(session, row.id):
        raise Conflict(
            "somebody_was_there",
            "Somebody was written down as present. Put that right first.",
        )
    if state is SessionState.HELD and row.starts_at > now:
        raise Conflict("not_yet_held", "This session has not begun yet.")
    row.state = state
    session.flush()
    emit(session, ClassChanged(row.training_class_id, now))
    _record(session, actor, "class_session.state", row, now)


def instructors(session: Session, training_class_id: int) -> Sequence[tuple[RoleGrant, Person]]:
    """Return who teaches the class."""
    rows = session.execute(
        select(RoleGrant, Person)
        .join(Person, Person.id == RoleGrant.person_id)
        .where(
            RoleGrant.role == Role.INSTRUCTOR,
            RoleGrant.scope_kind == ScopeKind.CLASS,
            RoleGrant.scope_id == str(training_class_id),
            RoleGrant.revoked_at.is_(None),
        )
        .order_by(RoleGrant.id)
    )
    return [(row[0], row[1]) for row in rows]


def appoint(
    session: Session, *, actor: Actor, training_class: TrainingClass, phone: str, now: datetime
) -> None:
    """Let the person with the number teach the class. Raises ``InvalidInput``, ``Forbidden``."""
    person = session.scalar(select(Person).where(Person.phone == phone))
    if person is None:
        fault = Message(
            "phone_unknown",
            "Nobody signs in with this number. The person has to sign in once first.",
        )
        raise InvalidInput({"phone": fault})
    grant_role(
        session,
        actor,
        person_id=person.id,
        grant=Grant(Role.INSTRUCTOR, Scope(ScopeKind.CLASS, str(training_class.id))),
        around=_around(session, training_class),
        now=now,
    )


def dismiss(
    session: Session,
    *,
    actor: Actor,
    training_class: TrainingClass,
    grant_id: int,
    now: datetime,
) -> None:
    """Let somebody teach the class no longer. Raises ``NotFound`` for a role of elsewhere."""
    if grant_id not in {grant.id for grant, _ in instructors(session, training_class.id)}:
        raise NotFound
    around = _around(session, training_class)
    revoke_role(session, actor, grant_id=grant_id, around=around, now=now)


def _around(session: Session, training_class: TrainingClass) -> tuple[Scope, ...]:
    institution = session.scalars(
        select(Course.institution_id).where(Course.id == training_class.course_id)
    ).one()
    return (
        Scope(ScopeKind.INSTITUTION, str(institution)),
        Scope(ScopeKind.COUNTY, training_class.county_code),
    )


def _check(meeting: Meeting) -> None:
    fault = None
    if meeting.ends_at <= meeting.starts_at:
        fault = Message("session_times", "A session cannot end before it begins.")
    elif meeting.ends_at - meeting.starts_at > _LONGEST:
        fault = Message("session_long", "A session has 12 hours at most. Please plan several.")
    if fault:
        raise InvalidInput({"ends_at": fault})


def _apply(row: ClassSession, meeting: Meeting) -> None:
    row.title, row.kind, row.place = meeting.title, meeting.kind, meeting.place
    row.starts_at, row.ends_at, row.required = meeting.starts_at, meeting.ends_at, meeting.required
    row.held_on = local_day(meeting.starts_at)


def _is_anybody_there(session: Session, class_session_id: int) -> bool:
    found = select(SessionAttendance.person_id).where(
        SessionAttendance.class_session_id == class_session_id,
        SessionAttendance.from_at.is_not(None),
    )
    return session.scalar(found.limit(1)) is not None


def _record(session: Session, actor: Actor, action: str, row: ClassSession, now: datetime) -> None:
    record(
        session,
        actor_id=actor.person_id,
        action=action,
        subject=f"class_session:{row.id}",
        details={
            "class": row.training_class_id,
            "number": row.number,
            "state": str(row.state),
            "starts_at": row.starts_at.isoformat(),
            "ends_at": row.ends_at.isoformat(),
        },
        at=now,
    )
