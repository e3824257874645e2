"""Reads what a desk shows beside a line: groups, class, attendance, certificate, claim, flags."""

from typing import Any

from sqlalchemy import ColumnElement, Row, func, select
from sqlalchemy.orm import aliased

from lms.accounts.models import Identity
from lms.catalog.models import Course
from lms.enrollment.domain import SessionState
from lms.enrollment.models import ClassSession, Enrollment, SessionAttendance, TrainingClass
from lms.progress.models import StudyFlag
from lms.roster.domain.groups import groups_of
from lms.roster.domain.lines import Beside
from lms.roster.models import RosterCell, RosterLine
from lms.subsidy.domain.papers import CertificateState
from lms.subsidy.models import ExternalCertificate, SubsidyClaim


def columns_beside() -> tuple[ColumnElement[Any], ...]:
    """Return what is read beside each enrollment; of a page alone, never of a whole list."""
    held = (
        select(func.count())
        .where(
            ClassSession.training_class_id == Enrollment.training_class_id,
            ClassSession.state == SessionState.HELD,
        )
        .correlate(Enrollment)
    )
    seat = aliased(ClassSession)
    attended = (
        select(func.count())
        .select_from(SessionAttendance)
        .join(seat, seat.id == SessionAttendance.class_session_id)
        .where(
            SessionAttendance.person_id == Enrollment.person_id,
            SessionAttendance.from_at.is_not(None),
            seat.training_class_id == Enrollment.training_class_id,
            seat.state == SessionState.HELD,
        )
        .correlate(Enrollment)
    )
    return (
        _mask(),
        _groups(),
        _class(),
        held.scalar_subquery().label("held"),
        attended.scalar_subquery().label("attended"),
        _certificate(),
        _claim(),
        _flags(),
    )


def beside_of(row: Row[*tuple[Any, ...]]) -> Beside | None:
    """Return what was read beside a row, where it was."""
    found = row._mapping  # noqa: SLF001 (public, for all its name)
    if "group_bits" not in found:
        return None
    return Beside(
        id_tail=(row.mask or "")[-4:],
        groups=tuple(groups_of(row.group_bits or 0)),
        training_class=row.class_title or "",
        attended=row.attended,
        held=row.held,
        has_certificate=bool(row.certificates),
        claim=row.claim,
        flags=row.flags,
    )


def _mask() -> ColumnElement[Any]:
    own = select(Identity.mask).where(Identity.person_id == Enrollment.person_id)
    return own.correlate(Enrollment).scalar_subquery().label("mask")


def _groups() -> ColumnElement[Any]:
    own = (
        select(RosterCell.group_bits)
        .join(RosterLine, RosterLine.cell_id == RosterCell.id)
        .where(RosterLine.enrollment_id == Enrollment.id)
    )
    return own.correlate(Enrollment).scalar_subquery().label("group_bits")


def _class() -> ColumnElement[Any]:
    own = select(TrainingClass.title).where(TrainingClass.id == Enrollment.training_class_id)
    return own.correlate(Enrollment).scalar_subquery().label("class_title")


def _certificate() -> ColumnElement[Any]:
    own = select(func.count()).where(
        ExternalCertificate.person_id == Enrollment.person_id,
        ExternalCertificate.state == CertificateState.LIVE,
    )
    return own.correlate(Enrollment).scalar_subquery().label("certificates")


def _claim() -> ColumnElement[Any]:
    """Return where the newest claim stands for what the course is taught for."""
    own = (
        select(SubsidyClaim.state)
        .join(Course, Course.programme_id == SubsidyClaim.programme_id)
        .where(SubsidyClaim.person_id == Enrollment.person_id, Course.id == Enrollment.course_id)
        .order_by(SubsidyClaim.id.desc())
        .limit(1)
    )
    return own.correlate(Enrollment).scalar_subquery().label("claim")


def _flags() -> ColumnElement[Any]:
    own = select(func.count()).where(
        StudyFlag.person_id == Enrollment.person_id, StudyFlag.ruling.is_(None)
    )
    return own.correlate(Enrollment).scalar_subquery().label("flags")
