"""Joins what a learner's page shows: the course, the enrollment and the progress."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, cast

from sqlalchemy import Row, Table, and_, bindparam, case, func, or_, select
from sqlalchemy.orm import Session

from lms.accounts.domain.people import masked_phone
from lms.accounts.models import Person
from lms.assessment.models import Attempt, Quiz
from lms.catalog.models import Course, Item, Lesson, Material, Revision, RevisionState
from lms.catalog.outline import CourseView, Words
from lms.catalog.tree import published_revisions, revision_tree
from lms.db.base import Localized
from lms.enrollment.domain import LIVE, EnrollmentStatus
from lms.enrollment.models import Enrollment
from lms.learning.domain import CourseStanding, standing
from lms.progress import queries as progress_queries
from lms.progress.models import StudyClock, WatchSlice


@dataclass(frozen=True, slots=True)
class EnrolledCourse:
    """A course a person takes, and where they stand in it."""

    enrollment_id: int
    status: str
    enrolled_at: datetime
    completed_at: datetime | None
    standing: CourseStanding

    @property
    def is_completed(self) -> bool:
        """Tell whether the course is completed."""
        return self.status == EnrollmentStatus.COMPLETED


def menu(session: Session) -> list[CourseView]:
    """Return all published courses."""
    return [revision_tree(session, each) for each in published_revisions(session)]


def visible_course(
    session: Session, *, slug: str, person_id: int | None
) -> tuple[CourseView, Enrollment | None] | None:
    """Return a course as the person sees it: their own revision, else the published one."""
    mine = and_(
        Enrollment.course_id == Course.id,
        Enrollment.person_id == (person_id or 0),
        Enrollment.status.in_(LIVE),
    )
    row = session.execute(
        select(
            case((Enrollment.id.is_not(None), Enrollment.revision_id), else_=Revision.id),
            Enrollment,
        )
        .select_from(Course)
        .outerjoin(Enrollment, mine)
        .outerjoin(
            Revision,
            and_(Revision.course_id == Course.id, Revision.state == RevisionState.PUBLISHED),
        )
        .where(Course.slug == slug, or_(Enrollment.id.is_not(None), Revision.id.is_not(None)))
    ).one_or_none()
    return (revision_tree(session, row[0]), row[1]) if row else None


# Every lesson page asks these two: put together once, columns instead of mapped objects.
_E, _W, _COURSE = (cast(Table, each.__table__).c for each in (Enrollment, WatchSlice, Course))
_OWN_COURSE = (
    select(_E.id, _E.status, _E.enrolled_at, _E.completed_at, _E.revision_id)
    .join_from(Enrollment.__table__, Course.__table__, _COURSE.id == _E.course_id)
    .where(
        _COURSE.slug == bindparam("slug"),
        _E.person_id == bindparam("person_id"),
        _E.status.in_(LIVE),
    )
)
_REFUSALS = (
    select(_W.refused)
    .where(
        _W.person_id == bindparam("person_id"),
        _W.material_id == bindparam("material_id"),
    )
    .order_by(_W.id)
)


def own_course(session: Session, *, slug: str, person_id: int) -> EnrolledCourse | None:
    """Return the course the person takes under the slug, with their standing."""
    found = {"slug": slug, "person_id": person_id}
    enrollment = session.execute(_OWN_COURSE, found).one_or_none()
    if enrollment is None:
        return None
    done = progress_queries.completed_items(session, enrollment.id)
    totals = progress_queries.totals_of(session, person_id)
    tree = revision_tree(session, enrollment.revision_id)
    return _enrolled(enrollment, standing(tree, done, totals))


def own_courses(session: Session, person_id: int) -> list[EnrolledCourse]:
    """Return every course the person takes, newest first, with the standing in each."""
    enrollments = session.scalars(
        select(Enrollment)
        .where(Enrollment.person_id == person_id, Enrollment.status.in_(LIVE))
        .order_by(Enrollment.id.desc())
    ).all()
    if not enrollments:
        return []
    done = progress_queries.completed_of_enrollments(session, [each.id for each in enrollments])
    totals = progress_queries.totals_of(session, person_id)
    return [
        _enrolled(each, standing(revision_tree(session, each.revision_id), done[each.id], totals))
        for each in enrollments
    ]


def verified_on(session: Session, *, person_id: int, day: date) -> int:
    """Return what was counted for the person on a calendar day, milliseconds."""
    used = session.scalar(select(StudyClock.day_used).where(StudyClock.person_id == person_id))
    return int((used or {}).get(str(day.toordinal()), 0))


def body_of(session: Session, item_id: int) -> Localized | None:
    """Return the text of a reading or practice item."""
    return session.scalar(select(Item.body).where(Item.id == item_id))


def refusals(
    session: Session, *, person_id: int, material_id: int
) -> list[Mapping[str, Sequence[Sequence[int]]]]:
    """Return the refused intervals of one video, oldest first."""
    wanted = {"person_id": person_id, "material_id": material_id}
    return list(session.scalars(_REFUSALS, wanted))


@dataclass(frozen=True, slots=True)
class LedgerRow:
    """What one day brought in one lesson, milliseconds."""

    day: date
    title: Words
    credited_ms: int
    refused_ms: int


def _enrolled(
    enrollment: Enrollment | Row[*tuple[Any, ...]], where: CourseStanding
) -> EnrolledCourse:
    return EnrolledCourse(
        enrollment.id, enrollment.status, enrollment.enrolled_at, enrollment.completed_at, where
    )


@dataclass(frozen=True, slots=True)
class OwnPerson:
    """What a person's own pages say of them."""

    name: str
    masked_phone: str
    town: str | None


def own_person(session: Session, person_id: int) -> OwnPerson:
    """Return the signed-in person's own facts, the number masked."""
    row = session.execute(
        select(Person.name, Person.phone, Person.town).where(Person.id == person_id)
    ).one()
    return OwnPerson(row.name, masked_phone(row.phone), row.town)


def ledger(session: Session, person_id: int, *, limit: int) -> list[LedgerRow]:
    """Return what each day brought in each lesson, newest first."""
    claimed = func.sum(WatchSlice.claimed_ms)
    credited = func.sum(WatchSlice.credited_ms)
    rows = session.execute(
        select(WatchSlice.day, Material.course_id, Material.lesson_key, credited, claimed)
        .join(Material, Material.id == WatchSlice.material_id)
        .where(WatchSlice.person_id == person_id)
        .group_by(WatchSlice.day, Material.course_id, Material.lesson_key)
        .order_by(WatchSlice.day.desc(), func.max(WatchSlice.id).desc())
        .limit(limit)
    ).all()
    titles = lesson_titles(session, {row.course_id for row in rows})
    return [
        LedgerRow(
            date.fromordinal(row.day),
            titles.get((row.course_id, row.lesson_key), {"zh": row.lesson_key}),
            int(row[3]),
            int(row[4]) - int(row[3]),
        )
        for row in rows
    ]


def lesson_titles(session: Session, course_ids: Collection[int]) -> dict[tuple[int, str], Words]:
    """Return the newest title of each lesson of the courses, whatever the revision."""
    rows = session.execute(
        select(Revision.course_id, Lesson.key, Lesson.title)
        .join(Revision, Revision.id == Lesson.revision_id)
        .where(Revision.course_id.in_(course_ids), Revision.state != RevisionState.DRAFT)
        .order_by(Revision.number)
    )
    return {(row.course_id, row.key): row.title for row in rows}


@dataclass(frozen=True, slots=True)
class OwnAttempt:
    """A quiz the person handed in."""

    id: int
    title: Words
    number: int
    percent: int
    passed: bool
    submitted_at: datetime


def own_attempts(session: Session, person_id: int, *, limit: int) -> list[OwnAttempt]:
    """Return the person's graded attempts, newest first."""
    rows = session.execute(
        select(
            Attempt.id,
            Quiz.title,
            Attempt.number,
            Attempt.percent,
            Attempt.passed,
            Attempt.submitted_at,
        )
        .join(Quiz, Quiz.id == Attempt.quiz_id)
        .where(Attempt.person_id == person_id, Attempt.submitted_at.is_not(None))
        .order_by(Attempt.submitted_at.desc())
        .limit(limit)
    )
    return [
        OwnAttempt(each[0], each[1], each[2], each[3] or 0, bool(each[4]), each[5])
        for each in rows
        if each[5] is not None
    ]


@dataclass(frozen=True, slots=True)
class QuizFacts:
    """What a learner should know before starting a quiz."""

    draw: int
    pass_percent: int
    max_attempts: int | None
    time_limit_s: int | None
    attempts: tuple[OwnAttempt, ...]
    has_open: bool

    @property
    def tries_left(self) -> int | None:
        """Return how many tries are left; ``None`` where there is no limit."""
        if self.max_attempts is None:
            return None
        return max(0, self.max_attempts - len(self.attempts) - self.has_open)

    @property
    def may_try(self) -> bool:
        """Tell whether there is a quiz to start or go on with; a capped one ends with a pass."""
        if self.has_open or self.tries_left is None:
            return True
        return self.tries_left > 0 and not any(attempt.passed for attempt in self.attempts)


def quiz_facts(session: Session, *, person_id: int, item_id: int) -> QuizFacts:
    """Return the rules of a quiz item and the person's tries at it."""
    quiz = session.execute(
        select(Quiz.draw, Quiz.pass_percent, Quiz.max_attempts, Quiz.time_limit_s, Quiz.title)
        .join(Item, Item.quiz_id == Quiz.id)
        .where(Item.id == item_id)
    ).one()
    tries = session.execute(
        select(Attempt.id, Attempt.number, Attempt.percent, Attempt.passed, Attempt.submitted_at)
        .where(Attempt.person_id == person_id, Attempt.item_id == item_id)
        .order_by(Attempt.number)
    ).all()
    handed_in = tuple(
        OwnAttempt(each.id, quiz.title, each.number, each.percent, each.passed, each.submitted_at)
        for each in tries
        if each.submitted_at is not None
    )
    return QuizFacts(
        draw=quiz.draw,
        pass_percent=quiz.pass_percent,
        max_attempts=quiz.max_attempts,
        time_limit_s=quiz.time_limit_s,
        attempts=handed_in,
        has_open=len(handed_in) < len(tries),
    )
