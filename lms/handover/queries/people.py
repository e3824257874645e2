"""Reads whom a package is about: the learner, and what of them lies inside the reader's scopes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, select, true
from sqlalchemy.orm import Session

from lms.accounts.models import County, Identity, Person
from lms.catalog.models import Course, Programme, Revision
from lms.core.access import Scope, ScopeKind
from lms.credentials.models import Holder
from lms.enrollment.models import Enrollment, TrainingClass
from lms.enrollment.queries import in_scope
from lms.progress.models import StudyClock
from lms.subsidy.models import SubsidyClaim


@dataclass(frozen=True, slots=True)
class Subject:
    """A learner and their enrollments in reach, each as it is written into the package.

    ``claims`` are the subsidy claims in reach, each with its programme.
    """

    person_id: int
    name: str
    id_mask: str
    town: str
    county: Mapping[str, str]
    since: datetime
    holder: str
    entries: int | None
    head: str | None
    enrollments: Sequence[Mapping[str, Any]]
    claims: Mapping[int, int]

    @property
    def enrollment_ids(self) -> list[int]:
        """Return the enrollments in reach."""
        return [each["id"] for each in self.enrollments]

    @property
    def course_ids(self) -> set[int]:
        """Return the courses in reach: what was studied of others stays closed."""
        return {each["course"]["id"] for each in self.enrollments}

    @property
    def programme_ids(self) -> set[int]:
        """Return the programmes the courses lead to, and those of the claims."""
        found = (each["programme"] for each in self.enrollments)
        return {each["id"] for each in found if each["id"] is not None} | set(self.claims.values())


def subject_of(session: Session, person_id: int, scopes: Sequence[Scope]) -> Subject:
    """Return a learner who has something in reach."""
    row = session.execute(
        select(
            *(Person.name, Person.town, Person.created_at, County.name_zh, County.name_en),
            *(Identity.mask, Holder.number, StudyClock.entries, StudyClock.head),
        )
        .join(County, County.code == Person.county_code)
        .outerjoin(Identity, Identity.person_id == Person.id)
        .outerjoin(Holder, Holder.person_id == Person.id)
        .outerjoin(StudyClock, StudyClock.person_id == Person.id)
        .where(Person.id == person_id)
    ).one()
    return Subject(
        *(person_id, row.name, row.mask or "", row.town or ""),
        county={"zh": row.name_zh, "en": row.name_en},
        since=row.created_at,
        holder=row.number or "",
        entries=row.entries,
        head=row.head,
        enrollments=_enrollments(session, person_id, scopes),
        claims=_claims(session, person_id, scopes),
    )


def _claims(session: Session, person_id: int, scopes: Sequence[Scope]) -> dict[int, int]:
    """Return the claims of counties in reach; what was begun only is the learner's own."""
    claim = SubsidyClaim
    rows = session.execute(
        select(claim.id, claim.programme_id)
        .where(claim.person_id == person_id, claim.number.is_not(None), _of_counties(scopes))
        .order_by(claim.id)
    )
    return {row[0]: row[1] for row in rows}


def _of_counties(scopes: Sequence[Scope]) -> ColumnElement[bool]:
    """Return the condition that a claim lies in reach: claims belong to counties."""
    if any(scope.kind is ScopeKind.PLATFORM for scope in scopes):
        return true()
    counties = [scope.id for scope in scopes if scope.kind is ScopeKind.COUNTY]
    return SubsidyClaim.county_code.in_(counties)


def _enrollments(
    session: Session, person_id: int, scopes: Sequence[Scope]
) -> list[Mapping[str, Any]]:
    rows = session.execute(
        select(Enrollment, Course, Revision, Programme, TrainingClass)
        .join(Course, Course.id == Enrollment.course_id)
        .join(Revision, Revision.id == Enrollment.revision_id)
        .outerjoin(Programme, Programme.id == Course.programme_id)
        .outerjoin(TrainingClass, TrainingClass.id == Enrollment.training_class_id)
        .where(Enrollment.person_id == person_id, in_scope(scopes))
        .order_by(Enrollment.id.desc())
    )
    return [_enrollment(*row) for row in rows]


def _enrollment(
    own: Enrollment,
    course: Course,
    revision: Revision,
    programme: Programme | None,
    run: TrainingClass | None,
) -> Mapping[str, Any]:
    return {
        "id": own.id,
        "course": {
            "id": course.id,
            "slug": course.slug,
            "title": revision.title,
            "version": revision.number,
        },
        "programme": {
            "id": programme.id if programme else None,
            "slug": programme.slug if programme else None,
            "title": programme.title if programme else None,
        },
        "class": {
            "id": run.id if run else None,
            "title": run.title if run else None,
            "filing_no": run.filing_no if run else None,
        },
        "county_code": own.county_code,
        "status": own.status,
        "enrolled_at": own.enrolled_at,
        "completed_at": own.completed_at,
        "ended_at": own.ended_at,
    }
