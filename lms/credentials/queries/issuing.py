"""Reads what is to be signed: pending badges, what each says, keys and lists."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, exists, select
from sqlalchemy.orm import Session

from lms.assessment.models import Quiz
from lms.catalog.gateway import known_programmes
from lms.catalog.models import Course, Institution, Programme
from lms.catalog.outline import CourseView, Words
from lms.catalog.tree import revision_tree
from lms.credentials.domain.states import Aim, CredentialState, KeyState, Ruling
from lms.credentials.domain.value import Award, BadgeValue, Evidence, Training
from lms.credentials.models import BadgeRequest, Credential, Holder, IssuerKey, StatusList
from lms.enrollment.domain import EnrollmentStatus
from lms.enrollment.models import Enrollment
from lms.payments.queries import is_seat_lost
from lms.progress import queries as progress


@dataclass(frozen=True, slots=True)
class Due:
    """A pending badge with its place reserved: what it will say and how long it is good for."""

    id: str
    person_id: int
    course_id: int
    value: BadgeValue
    serial: str
    holder_number: str
    status_list: int
    status_index: int
    badge_months: int | None

    def award(self, *, subject_id: str, salt: str, at: datetime, until: datetime | None) -> Award:
        """Return what makes the value this person's badge."""
        return Award(
            id=self.id,
            subject_id=subject_id,
            serial=self.serial,
            holder_number=self.holder_number,
            salt=salt,
            issued_at=at,
            valid_until=until,
            status_list=self.status_list,
            status_index=self.status_index,
        )


def pending_ids(session: Session, *, limit: int) -> list[str]:
    """Return the badges that wait to be signed, oldest first."""
    return list(
        session.scalars(
            select(Credential.id)
            .where(
                Credential.state == CredentialState.PENDING,
                ~is_seat_lost(Credential.enrollment_id),
            )
            .order_by(Credential.created_at, Credential.id)
            .limit(limit)
        )
    )


def unbadged_completions(
    session: Session, *, after: int = 0, limit: int
) -> Sequence[Row[int, int, int]]:
    """Return the next completed enrollments (id, person, course) that never led to a badge."""
    badge = exists().where(
        Credential.person_id == Enrollment.person_id,
        Credential.course_id == Enrollment.course_id,
    )
    return session.execute(
        select(Enrollment.id, Enrollment.person_id, Enrollment.course_id)
        .where(
            Enrollment.id > after,
            Enrollment.status == EnrollmentStatus.COMPLETED,
            ~badge,
            ~is_seat_lost(Enrollment.id),
        )
        .order_by(Enrollment.id)
        .limit(limit)
    ).all()


def is_withheld(session: Session, person_id: int, course_id: int) -> bool:
    """Tell whether a revoked badge stands in the way that nobody decided to issue anew."""
    reissue = exists().where(
        BadgeRequest.credential_id == Credential.id,
        BadgeRequest.aim == Aim.REISSUE,
        BadgeRequest.ruling == Ruling.CONFIRMED,
    )
    revoked = exists().where(
        Credential.person_id == person_id,
        Credential.course_id == course_id,
        Credential.state == CredentialState.REVOKED,
        ~reissue,
    )
    return session.scalar(select(revoked)) is True


def due(session: Session, ids: Sequence[str]) -> list[Due]:
    """Return the pending badges among the ids whose places are reserved, with what they say."""
    rows = session.execute(
        select(
            *(Credential.id, Credential.person_id, Credential.course_id, Credential.serial),
            *(Credential.status_list, Credential.status_index, Holder.number),
            *(Enrollment.revision_id, Enrollment.enrolled_at, Enrollment.completed_at),
            *(Course.badge_months, Institution.slug, Institution.name),
            Programme.slug.label("programme"),
            progress.verified_ms().label("verified_ms"),
            progress.final_percent().label("final_percent"),
        )
        .join(Enrollment, Enrollment.id == Credential.enrollment_id)
        .join(Holder, Holder.person_id == Credential.person_id)
        .join(Course, Course.id == Credential.course_id)
        .join(Institution, Institution.id == Course.institution_id)
        .outerjoin(Programme, Programme.id == Course.programme_id)
        .where(
            Credential.id.in_(ids),
            Credential.state == CredentialState.PENDING,
            Credential.status_index.is_not(None),
            ~is_seat_lost(Credential.enrollment_id),
        )
    ).all()
    trees = {row.revision_id: revision_tree(session, row.revision_id) for row in rows}
    passes = {key: _pass_percent(session, tree) for key, tree in trees.items()}
    return [
        Due(
            id=row.id,
            person_id=row.person_id,
            course_id=row.course_id,
            value=_value(session, row, trees[row.revision_id], passes[row.revision_id]),
            serial=row.serial,
            holder_number=row.number,
            status_list=row.status_list,
            status_index=row.status_index,
            badge_months=row.badge_months,
        )
        for row in rows
    ]


def standing_keys(session: Session, controller: str) -> Sequence[IssuerKey]:
    """Return the keys whose signatures stand, the signing ones first."""
    return session.scalars(
        select(IssuerKey)
        .where(IssuerKey.controller == controller, IssuerKey.state != KeyState.WITHDRAWN)
        .order_by(IssuerKey.state, IssuerKey.kind, IssuerKey.created_at.desc())
    ).all()


def active_keys(session: Session, controller: str) -> dict[str, IssuerKey]:
    """Return the keys that sign, by kind."""
    rows = session.scalars(
        select(IssuerKey).where(
            IssuerKey.controller == controller, IssuerKey.state == KeyState.ACTIVE
        )
    )
    return {row.kind: row for row in rows}


def other_names(session: Session, controller: str) -> list[str]:
    """Return the names the site signed under before, but for this one."""
    rows = select(IssuerKey.controller).where(IssuerKey.controller != controller).distinct()
    return list(session.scalars(rows.order_by(IssuerKey.controller)))


def revoked_places(session: Session, number: int) -> list[int]:
    """Return the places of a list whose badges are revoked."""
    return [
        place
        for place in session.scalars(
            select(Credential.status_index).where(
                Credential.status_list == number, Credential.state == CredentialState.REVOKED
            )
        )
        if place is not None
    ]


def list_numbers(session: Session) -> list[int]:
    """Return the numbers of all status lists."""
    return list(session.scalars(select(StatusList.number).order_by(StatusList.number)))


def _value(
    session: Session, row: Row[*tuple[Any, ...]], tree: CourseView, pass_percent: int | None
) -> BadgeValue:
    entries, head = progress.ledger_head(session, row.person_id)
    return BadgeValue(
        course_slug=tree.slug,
        course_title=dict(tree.title),
        course_summary=dict(tree.summary),
        course_version=tree.number,
        cover=tree.cover,
        institution_slug=row.slug,
        institution=dict(row.name),
        class_name=None,
        training=_training(row.programme),
        verified_ms=int(row.verified_ms),
        # An earlier version may have been longer, or have had lessons that are taught no more.
        planned_ms=max(tree.duration_ms, int(row.verified_ms)),
        score_percent=row.final_percent,
        pass_percent=pass_percent,
        started_at=row.enrolled_at,
        completed_at=row.completed_at,
        evidence=Evidence(entries, head),
    )


def _training(slug: str | None) -> Training | None:
    known = known_programmes().get(slug) if slug else None
    if known is None or known.standard is None:
        return None
    title: Words = known.title
    return Training(
        title=dict(title),
        occupation_code=known.occupation_code,
        work_type=known.work_type,
        level=known.level,
        standard_name=known.standard.name,
        standard_code=known.standard.code,
    )


def _pass_percent(session: Session, tree: CourseView) -> int | None:
    finals = [item.quiz_id for lesson in tree.lessons if lesson.is_final for item in lesson.items]
    if not finals:
        return None
    return session.scalar(select(Quiz.pass_percent).where(Quiz.id == finals[0]))
