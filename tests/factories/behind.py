"""Makes people of the small county who are behind, and others who are not, by day."""

from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session

from lms.accounts.models import Person
from lms.core.clock import day_bounds
from lms.enrollment.domain import ClassState, EnrollmentStatus, SessionState
from lms.enrollment.models import AttendanceEntry, Enrollment, SessionAttendance, TrainingClass
from tests.factories.accounts import make_person
from tests.factories.enrollment import make_class, make_enrollment, make_session
from tests.factories.progress import Entry, make_day
from tests.factories.roster import NEIGHBOUR, Small

HOUR = timedelta(hours=9)


def moment(day: date) -> datetime:
    """Return nine in the morning of the day."""
    return day_bounds(day)[0] + HOUR


def make_learner(
    session: Session,
    small: Small,
    name: str,
    *,
    enrolled: date,
    studied: date | None = None,
    ends: date | None = None,
    **given: Any,
) -> Enrollment:
    """Enroll somebody who last studied on a day, in a class of theirs where it ends on one."""
    state = given.pop("class_state", ClassState.RUNNING)
    county = given.pop("county_code", None)
    if ends is not None:
        dates = {"starts_on": min(ends, enrolled), "ends_on": ends}
        given["training_class_id"] = make_class(session, small.course, state=state, **dates).id
    person = make_person(session, name=name, **({"county_code": county} if county else {}))
    made = make_enrollment(
        session, course=small.course, person=person, enrolled_at=moment(enrolled), **given
    )
    if studied is not None:
        make_day(session, made, small.course, "A01/text", studied, [Entry(credited=600)])
    return made


def make_behind(session: Session, small: Small, today: date) -> dict[str, Enrollment]:
    """Make four who are behind, in the order of their calls, and those who are not.

    The half-way learner of the small county is silent the longest.
    """

    def ago(days: int) -> date:
        return today - timedelta(days=days)

    made = {
        name: make_learner(session, small, name, **given)
        for name, given in {
            "过期": {"enrolled": ago(60), "studied": ago(1), "ends": ago(2)},
            "快了": {"enrolled": ago(60), "studied": today, "ends": ago(-3)},
            "没声": {"enrolled": ago(60), "studied": ago(20)},
            "没学": {"enrolled": ago(10)},
            "在学": {"enrolled": ago(60), "studied": ago(1)},
            "新来": {"enrolled": ago(2)},
            "学完": {"enrolled": ago(60), "status": EnrollmentStatus.COMPLETED},
            "退了": {"enrolled": ago(60), "status": EnrollmentStatus.WITHDRAWN},
            "归档": {"enrolled": ago(60), "ends": ago(30), "class_state": ClassState.ARCHIVED},
            "销号": {"enrolled": ago(60)},
            "上课": {"enrolled": ago(60), "ends": ago(-40)},
            "邻县": {"enrolled": ago(60), "county_code": NEIGHBOUR},
        }.items()
    }
    _sit(session, made["上课"], moment(ago(2)))
    closed = update(Person).where(Person.id == made["销号"].person_id)
    session.execute(closed.values(state="closed", phone=None, closed_at=moment(ago(5))))
    return made


def _sit(session: Session, who: Enrollment, at: datetime) -> None:
    """Let somebody sit in their class from a moment on, for an hour."""
    training_class = session.get_one(TrainingClass, who.training_class_id)
    meeting = make_session(session, training_class, starts_at=at, state=SessionState.HELD)
    period = {"from_at": at, "until_at": at + timedelta(hours=1), "attended_ms": 3_600_000}
    own = {"class_session_id": meeting.id, "person_id": who.person_id}
    how = {"status": "present", "source": "staff", "recorded_by_id": who.person_id}
    entry = AttendanceEntry(**own, **period, **how, number=1, recorded_at=at)
    session.add(entry)
    session.flush()
    session.add(SessionAttendance(**own, **period, entry_id=entry.id))
    session.flush()
