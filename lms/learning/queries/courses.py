"""Reads the courses of a page: all there are, and where the person stands in their own."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from operator import attrgetter
from typing import Any, cast

from sqlalchemy import Row, Table, and_, bindparam, case, or_, select
from sqlalchemy.orm import Session

from lms.catalog.models import Course, Item, Revision, RevisionState
from lms.catalog.outline import CourseView
from lms.catalog.tree import published_revisions, revision_tree
from lms.db.base import Localized
from lms.enrollment.domain import LIVE, EnrollmentStatus
from lms.enrollment.models import Enrollment
from lms.learning.domain import CourseStanding, standing
from lms.progress import queries as progress_queries
from lms.progress.domain.totals import Studied
from lms.progress.models import ItemCompletion
from lms.progress.queries import SetsRow


@dataclass(frozen=True, slots=True)
class EnrolledCourse:
    """A course a person takes, and where they stand in it."""

    enrollment_id: int
    status: str
    enrolled_at: datetime
    completed_at: datetime | None
    standing: CourseStanding
    sets: SetsRow | None = None  # of the material asked for
    moved_at: datetime | None = None

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


# Every lesson page asks these: put together once, columns instead of mapped objects.
_E, _COURSE, _D = (cast(Table, each.__table__).c for each in (Enrollment, Course, ItemCompletion))
_OWN_COURSES = (
    select(
        *(_E.id, _E.status, _E.enrolled_at, _E.completed_at, _E.moved_at, _E.revision_id),
        *(_D.lesson_key, _D.item_key),
    )
    .join_from(Enrollment.__table__, Course.__table__, _COURSE.id == _E.course_id)
    .outerjoin(ItemCompletion.__table__, _D.enrollment_id == _E.id)
    .where(_E.person_id == bindparam("person_id"), _E.status.in_(LIVE))
)
_OWN_COURSE = _OWN_COURSES.where(_COURSE.slug == bindparam("slug"))
_NEWEST_FIRST = _OWN_COURSES.order_by(_E.id.desc())


def own_course(
    session: Session, *, slug: str, person_id: int, item: str = ""
) -> EnrolledCourse | None:
    """Return the course the person takes under the slug, with their standing.

    With ``item`` (an address as ``A01.video``) the sets of its material come with it.
    """
    rows = session.execute(_OWN_COURSE, {"slug": slug, "person_id": person_id}).all()
    if not rows:
        return None
    tree = revision_tree(session, rows[0].revision_id)
    shown = tree.item(item)
    material_id = shown.material_id if shown else None
    studied, sets = progress_queries.totals_of(session, person_id, sets_of=material_id)
    return _enrolled(rows, tree, studied, sets)


def own_courses(session: Session, person_id: int) -> list[EnrolledCourse]:
    """Return every course the person takes, newest first, with the standing in each."""
    rows = session.execute(_NEWEST_FIRST, {"person_id": person_id}).all()
    if not rows:
        return []
    studied, _ = progress_queries.totals_of(session, person_id)
    return [
        _enrolled(own, revision_tree(session, own[0].revision_id), studied)
        for own in (list(group) for _, group in groupby(rows, key=attrgetter("id")))
    ]


def body_of(session: Session, item_id: int) -> Localized | None:
    """Return the text of a reading or practice item."""
    return session.scalar(select(Item.body).where(Item.id == item_id))


def _enrolled(
    rows: Sequence[Row[*tuple[Any, ...]]],
    tree: CourseView,
    studied: Studied,
    sets: SetsRow | None = None,
) -> EnrolledCourse:
    """Return one enrollment from its rows: one for each completed item, at least one."""
    own = rows[0]
    done = {(row.lesson_key, row.item_key) for row in rows if row.lesson_key}
    where = standing(tree, done, studied)
    return EnrolledCourse(
        *(own.id, own.status, own.enrolled_at, own.completed_at),
        *(where, sets, own.moved_at),
    )
