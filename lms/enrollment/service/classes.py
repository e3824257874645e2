"""Opens, plans and moves on classes: dated runs of a course, pinned to a version of it."""

from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from lms.audit.service import record
from lms.catalog.outline import CourseView
from lms.core.access import Actor
from lms.core.errors import Conflict, InvalidInput, Message
from lms.db.bus import emit
from lms.db.session import savepoint
from lms.enrollment import queries
from lms.enrollment.domain import ClassState, HostKind, class_may_become
from lms.enrollment.events import ClassChanged
from lms.enrollment.models import TrainingClass
from lms.enrollment.service.seats import close_line, seat_waiting


@dataclass(frozen=True, slots=True)
class NewClass:
    """What an administrator types to open a class."""

    title: str
    county_code: str
    starts_on: date
    ends_on: date | None


@dataclass(frozen=True, slots=True)
class Plan:
    """All an administrator may say of a class besides where it is."""

    title: str
    starts_on: date
    ends_on: date | None = None
    filing_no: str | None = None
    plan: str | None = None
    capacity: int | None = None
    host_kind: HostKind = HostKind.INSTITUTION
    host_name: str | None = None
    host_uscc: str | None = None
    theory_minutes: int = 0
    practice_minutes: int = 0


def open_class(
    session: Session, *, actor: Actor, course: CourseView, new: NewClass, now: datetime
) -> TrainingClass:
    """Open a class of the course's published version.

    The caller looked whether the county and the course are the actor's. Raises ``InvalidInput``
    for one that ends before it begins.
    """
    _check_days(new.starts_on, new.ends_on)
    made = _make(course, new.county_code, ClassState.OPEN, now)
    made.title, made.starts_on, made.ends_on = new.title, new.starts_on, new.ends_on
    session.add(made)
    session.flush()
    _record(session, actor, "class.opened", made, _of_course(course, made), now)
    return made


def draft_class(
    session: Session,
    *,
    actor: Actor,
    course: CourseView,
    county_code: str,
    plan: Plan,
    now: datetime,
) -> TrainingClass:
    """Write down a class nobody sees yet. Raises ``InvalidInput`` as ``change_class`` does."""
    made = _make(course, county_code, ClassState.DRAFT, now)
    _apply(session, made, plan)
    _record(session, actor, "class.drafted", made, _of_course(course, made), now)
    return made


def change_class(
    session: Session, *, actor: Actor, training_class: TrainingClass, plan: Plan, now: datetime
) -> None:
    """Change what is planned of a class; more seats go to those who wait.

    The class is locked. Raises ``InvalidInput`` for days the wrong way round, a filing number
    another class of the county has and fewer seats than are taken.
    """
    before = {name: getattr(training_class, name) for name in asdict(plan)}
    _apply(session, training_class, plan)
    changed = {
        name: [_plain(value), _plain(getattr(training_class, name))]
        for name, value in before.items()
        if value != getattr(training_class, name)
    }
    if changed:
        _record(session, actor, "class.changed", training_class, changed, now)
    if "starts_on" in changed:
        emit(session, ClassChanged(training_class.id, now))
    seat_waiting(session, training_class, now=now)


def move_on(
    session: Session,
    *,
    actor: Actor | None,
    training_class: TrainingClass,
    state: ClassState,
    now: datetime,
) -> None:
    """Move a class to another state; one that is over sends home who waits for it.

    The class is locked. Raises ``Conflict`` where there is no way from where it stands.
    """
    before = ClassState(training_class.state)
    if not class_may_become(before, state):
        raise Conflict("class_step", "The class cannot go there from where it stands now.")
    training_class.state = state
    session.flush()
    if state in (ClassState.ENDED, ClassState.ARCHIVED):
        close_line(session, training_class.id, now=now)
    details = {"from": before.value, "to": state.value}
    _record(session, actor, "class.moved_on", training_class, details, now)


def count_of_year(session: Session, *, county_code: str, course_id: int, year: int) -> int:
    """Return how many classes of the course begin in the year in the county."""
    return (
        session.scalar(
            select(func.count()).where(
                TrainingClass.county_code == county_code,
                TrainingClass.course_id == course_id,
                TrainingClass.starts_on.between(date(year, 1, 1), date(year, 12, 31)),
            )
        )
        or 0
    )


def _make(course: CourseView, county: str, state: ClassState, now: datetime) -> TrainingClass:
    return TrainingClass(
        course_id=course.course_id,
        revision_id=course.revision_id,
        county_code=county,
        state=state,
        created_at=now,
        host_kind=HostKind.INSTITUTION,
        theory_minutes=0,
        practice_minutes=0,
    )


def _apply(session: Session, training_class: TrainingClass, plan: Plan) -> None:
    _check_days(plan.starts_on, plan.ends_on)
    if plan.capacity is not None and training_class.id is not None:
        taken = queries.taken_seats(session, training_class.id)
        if plan.capacity < taken:
            fault = Message(
                "seats_taken",
                "%(taken)s people have a seat already. It cannot be fewer.",
                {"taken": taken},
            )
            raise InvalidInput({"capacity": fault})
    for name, value in asdict(plan).items():
        setattr(training_class, name, value)
    try:
        with savepoint(session):
            session.add(training_class)
            session.flush()
    except IntegrityError as error:
        if "filing" not in str(error.orig):
            raise
        fault = Message("filing_taken", "Another class of the county has this filing number.")
        raise InvalidInput({"filing_no": fault}) from error


def _check_days(starts_on: date, ends_on: date | None) -> None:
    if ends_on is not None and ends_on < starts_on:
        fault = Message("class_dates", "A class cannot end before it begins.")
        raise InvalidInput({"ends_on": fault})


def _of_course(course: CourseView, made: TrainingClass) -> dict[str, Any]:
    return {"course": course.slug, "revision": course.number, "county": made.county_code}


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, date) else value


def _record(
    session: Session,
    actor: Actor | None,
    action: str,
    training_class: TrainingClass,
    details: dict[str, Any],
    now: datetime,
) -> None:
    record(
        session,
        actor_id=actor.person_id if actor else None,
        action=action,
        subject=f"class:{training_class.id}",
        details=details,
        at=now,
    )
