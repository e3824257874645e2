"""Makes a history of everything figures count, as random as a seed."""

from datetime import UTC, date, datetime, timedelta
from random import Random

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.accounts.models import Person
from lms.catalog.models import Course
from lms.enrollment.domain import EnrollmentStatus
from lms.enrollment.models import Enrollment
from lms.subsidy.domain.dated import FactKey, FactSource
from lms.subsidy.models import CertificateEntry, ExternalCertificate, LearnerFact
from tests.factories.accounts import make_county, make_person
from tests.factories.assessment import make_graded_attempt, make_quiz
from tests.factories.catalog import MadeCourse, lesson, make_course, make_programme, quiz, reading
from tests.factories.enrollment import make_enrollment
from tests.factories.progress import Entry, make_day

TOWNS = ("何家乡", "芳村镇", None)
NEIGHBOUR = "330881"
FIRST = datetime(2026, 1, 31, 15, 30, tzinfo=UTC)
_GROUPS = (["rural_transfer"], ["veteran", "hardship"], [], None)
_REASONS = ("gap", "prompt_missed", "superseded")


def dice(seed: int) -> Random:
    """Return what falls the same way each time."""
    return Random(seed)  # noqa: S311 (no secret)


def make_courses(session: Session) -> list[MadeCourse]:
    """Make two courses of one programme and one of none."""
    programme = make_programme(session)
    return [_course(session, each) for each in (programme.id, programme.id, None)]


def _course(session: Session, programme_id: int | None) -> MadeCourse:
    made = make_course(
        session,
        lessons=[
            lesson("A01", reading(minutes=500)),
            lesson("FINAL", quiz("final", quiz_id=make_quiz(session).id)),
        ],
    )
    made.course.programme_id = programme_id
    session.flush()
    return made


def make_history(session: Session, random: Random, courses: list[MadeCourse]) -> list[Person]:
    """Make a few people who take some of the courses, come so far, and are known so well."""
    make_county(session, NEIGHBOUR)
    people = []
    for _ in range(random.randint(3, 5)):
        person = make_person(session, town=random.choice(TOWNS))
        people.append(person)
        for made in random.sample(courses, random.randint(1, len(courses))):
            take(session, random, person, made)
        for _fact in range(random.randint(0, 2)):
            make_groups(session, random, person)
        if random.random() < 0.5:
            certify(session, random, person)
    return people


def take(session: Session, random: Random, person: Person, made: MadeCourse) -> Enrollment:
    """Let somebody take a course: nothing yet, some time, a test, the end."""
    enrolled_at = FIRST + timedelta(hours=random.randint(0, 24 * 90))
    is_done = random.random() < 0.5
    taken = make_enrollment(
        session,
        course=made,
        person=person,
        enrolled_at=enrolled_at,
        status=EnrollmentStatus.COMPLETED if is_done else EnrollmentStatus.ACTIVE,
        completed_at=enrolled_at + timedelta(days=random.randint(1, 40)) if is_done else None,
        **({"county_code": NEIGHBOUR} if random.random() < 0.2 else {}),
    )
    if random.random() < 0.7:
        study(session, random, taken, made)
    if random.random() < 0.5:
        make_graded_attempt(session, taken, made, "FINAL/final", percent=90, points=9)
    return taken


def study(session: Session, random: Random, taken: Enrollment, made: MadeCourse) -> None:
    """Let somebody study on a day on which they did not before."""
    _Days.last += 1
    day = date(2026, 2, 1) + timedelta(days=_Days.last)
    lost = {random.choice(_REASONS): random.randint(1, 90)}
    make_day(
        session,
        taken,
        made,
        "A01/text",
        day,
        [Entry(credited=random.randint(1, 3600), refused=lost)],
    )


class _Days:
    last = 0


def make_groups(session: Session, random: Random, person: Person) -> None:
    """Write down of which groups somebody is, since some day, perhaps until another."""
    since = FIRST.date() + timedelta(days=random.randint(-30, 120))
    session.add(
        LearnerFact(
            person_id=person.id,
            key=FactKey.GROUPS,
            value=random.choice(_GROUPS),
            source=random.choice((FactSource.DECLARED, FactSource.STAFF)),
            valid_from=since,
            valid_to=since + timedelta(days=30) if random.random() < 0.3 else None,
            recorded_at=FIRST,
        )
    )
    session.flush()


def change_something(session: Session, random: Random, courses: list[MadeCourse]) -> None:
    """Let one more thing happen to somebody."""
    by_id = {made.course.id: made for made in courses}
    taken = random.choice(
        session.scalars(select(Enrollment).where(Enrollment.course_id.in_(by_id))).all()
    )
    person, made = session.get_one(Person, taken.person_id), by_id[taken.course_id]
    act = random.choice(("move", "end", "again", "group", "programme", "study"))
    if act == "move":
        person.town = random.choice(("何家乡", "芳村镇", "招贤镇"))
    elif act == "end" and taken.status == EnrollmentStatus.ACTIVE:
        taken.status = EnrollmentStatus.COMPLETED
        taken.completed_at = taken.enrolled_at + timedelta(days=70)
    elif act == "again" and taken.status == EnrollmentStatus.ACTIVE:
        taken.status, taken.ended_at = EnrollmentStatus.WITHDRAWN, taken.enrolled_at
        session.flush()
        take(session, random, person, made)
    elif act == "group":
        make_groups(session, random, person)
    elif act == "programme":
        course = session.get_one(Course, courses[2].course.id)
        course.programme_id = None if course.programme_id else courses[0].course.programme_id
    else:
        study(session, random, taken, made)


def certify(session: Session, random: Random, person: Person) -> None:
    """Record a state certificate that fits the programme, or another one."""
    certificate = ExternalCertificate(
        person_id=person.id,
        type="skill_level",
        number=f"S{person.id:08d}",
        created_at=FIRST,
    )
    session.add(certificate)
    session.flush()
    session.add(
        CertificateEntry(
            certificate_id=certificate.id,
            occupation_code=random.choice(("4-01-06-02", "4-01-06-01")),
            level=random.choice((5, None)),
            issued_on=date(2026, 6, random.randint(1, 28)),
            issuer="衢州市",
            status="issued",
            source=FactSource.STAFF,
            recorded_by_id=person.id,
            recorded_at=FIRST,
        )
    )
    session.flush()
