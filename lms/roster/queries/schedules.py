"""Reads lists made each month, and which of them are due."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from lms.roster.domain.schedules import month_before
from lms.roster.models import ExportSchedule

_SHOWN = 50


def own_schedules(session: Session, person_id: int) -> Sequence[ExportSchedule]:
    """Return the person's schedules, those that go on first, then the newest."""
    return session.scalars(
        select(ExportSchedule)
        .where(ExportSchedule.owner_id == person_id)
        .order_by(ExportSchedule.ended_at.is_not(None), ExportSchedule.id.desc())
        .limit(_SHOWN)
    ).all()


def due_schedules(session: Session, today: date) -> Sequence[ExportSchedule]:
    """Return the schedules that owe a list on the day, longest owed first."""
    last = month_before(today)
    settled = f"{month_before(last):%Y-%m}"
    is_due = or_(
        ExportSchedule.last_period < settled,
        (ExportSchedule.last_period == settled) & (ExportSchedule.day_of_month <= today.day),
    )
    return session.scalars(
        select(ExportSchedule)
        .where(ExportSchedule.ended_at.is_(None), is_due)
        .order_by(ExportSchedule.last_period, ExportSchedule.id)
    ).all()
