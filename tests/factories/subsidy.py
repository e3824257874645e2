"""Makes a course of a subsidised programme, dated facts, and study as beats leave it behind."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import count
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.accounts.models import Person, SignIn
from lms.catalog.models import Institution, Programme
from lms.catalog.service.registry import programme_for
from lms.core.ids import new_token
from lms.db.session import now
from lms.enrollment.models import Enrollment
from lms.progress.models import PlaybackLease, WatchSlice
from lms.subsidy import service
from lms.subsidy.domain.dated import FactKey, FactSource
from tests.factories.accounts import make_person, make_sign_in
from tests.factories.assessment import make_quiz
from tests.factories.catalog import (
    MadeCourse,
    lesson,
    make_course,
    make_institution,
    quiz,
    reading,
    video,
)
from tests.factories.enrollment import make_enrollment
from tests.factories.media import make_asset

CODE = "QZ-LSS-01"
JOINED = datetime(2026, 5, 1, 2, tzinfo=UTC)
TODAY = date(2026, 6, 1)
_MINUTE_MS = 60_000
_walls = count(1)


@dataclass(frozen=True, slots=True)
class Subsidised:
    """A learner of a course that leads to the subsidy of ``anchor-l5``."""

    person: Person
    course: MadeCourse
    enrollment: Enrollment
    programme: Programme


def make_subsidised_course(session: Session, *, programme: str = "anchor-l5") -> MadeCourse:
    """Make a course of two lessons with quizzes and a final test, in the county's catalogue."""
    row = programme_for(session, programme)
    # As the demo does; a county's own site has no such programme.
    programme_for(session, "demo-intro")
    institution = _institution(session)
    asset = make_asset(session, duration_ms=600_000)
    quizzes = [make_quiz(session) for _ in range(3)]
    return make_course(
        session,
        institution_id=institution,
        programme_id=row.id,
        lessons=[
            lesson(
                "A01",
                video(asset_id=asset.id, duration_ms=600_000),
                quiz(quiz_id=quizzes[0].id),
            ),
            lesson("A02", reading(minutes=30), quiz(quiz_id=quizzes[1].id)),
            lesson("FINAL", quiz("final", quiz_id=quizzes[2].id)),
        ],
    )


def _institution(session: Session) -> int:
    found = session.scalar(select(Institution.id).where(Institution.code == CODE))
    return found or make_institution(session, code=CODE).id


def make_subsidised(session: Session, *, programme: str = "anchor-l5", **values: Any) -> Subsidised:
    """Make a learner who joined such a course on 1 May 2026."""
    course = make_subsidised_course(session, programme=programme)
    person = make_person(session, name="林秀芳")
    enrollment = make_enrollment(
        session, course=course, person=person, **{"enrolled_at": JOINED, **values}
    )
    return Subsidised(person, course, enrollment, programme_for(session, programme))


def make_fact(
    session: Session, person: Person, key: FactKey, value: object, *, since: str = "2026-03-02"
) -> None:
    """Write a fact down as staff do."""
    fact = service.NewFact(key, value, FactSource.STAFF, date.fromisoformat(since))
    service.record_fact(session, person_id=person.id, fact=fact, now=now(session))


def make_known(session: Session, person: Person) -> None:
    """Write down what is known of every demo learner: name checked, sex, birthday."""
    make_fact(session, person, FactKey.REAL_NAME_VERIFIED, value=True)
    make_fact(session, person, FactKey.SEX, "F")
    make_fact(session, person, FactKey.BIRTH_DATE, "1988-05-20")


def make_watched(
    session: Session, own: Subsidised, name: str, *, minutes: float, day: str = "2026-05-02"
) -> None:
    """Write down that so many minutes of an item were credited on a day, as beats do."""
    item, material = own.course.items[name], own.course.materials[name]
    credited = round(minutes * _MINUTE_MS)
    wall = next(_walls) * 86_400_000
    lease = PlaybackLease(
        id=new_token(),
        person_id=own.person.id,
        sign_in_id=_sign_in(session, own.person),
        enrollment_id=own.enrollment.id,
        item_id=item.id,
        material_id=material.id,
        started_at_ms=wall,
        ended_at_ms=wall + credited,
        ended_by="lease_ended",
    )
    session.add(lease)
    session.flush()
    session.add(
        WatchSlice(
            person_id=own.person.id,
            material_id=material.id,
            lease_id=lease.id,
            seq=1,
            day=date.fromisoformat(day).toordinal(),
            wall_from_ms=wall,
            wall_to_ms=wall + credited,
            claimed=[[0, credited]],
            seen=[[0, credited]],
            credited=[[0, credited]],
            refused={},
            claimed_ms=credited,
            seen_ms=credited,
            credited_ms=credited,
            device_hash="a test",
        )
    )
    session.flush()


def _sign_in(session: Session, person: Person) -> int:
    found = session.scalar(select(SignIn.id).where(SignIn.person_id == person.id))
    return found or make_sign_in(session, person).id
