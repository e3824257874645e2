"""Joins what a learner's page shows: the course, the enrollment and the progress."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import and_, case, or_, select
from sqlalchemy.orm import Session

from lms.catalog.models import Course, Item, Revision, RevisionState
from lms.catalog.outline import CourseView
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


def own_course(session: Session, *, slug: str, person_id: int) -> EnrolledCourse | None:
    """Return the course the person takes under the slug, with their standing."""
    enrollment = session.scalar(
        select(Enrollment)
        .join(Course, Course.id == Enrollment.course_id)
        .where(
            Course.slug == slug,
            Enrollment.person_id == person_id,
            Enrollment.status.in_(LIVE),
        )
    )
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
    return list(
        session.scalars(
            select(WatchSlice.refused)
            .where(WatchSlice.person_id == person_id, WatchSlice.material_id == material_id)
            .order_by(WatchSlice.id)
        )
    )


@dataclass(frozen=True, slots=True)
class LedgerRow:
    """What one day brought in one lesson, milliseconds."""

    day: date
    material_id: int
    credited_ms: int
    refused_ms: int


def _enrolled(enrollment: Enrollment, where: CourseStanding) -> EnrolledCourse:
    return EnrolledCourse(
        enrollment.id, enrollment.status, enrollment.enrolled_at, enrollment.completed_at, where
    )
