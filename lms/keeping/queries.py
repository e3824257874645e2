"""Reads who is due to be erased, and who was."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from lms.accounts.models import Person, PersonState
from lms.audit.models import AuditEntry
from lms.core.clock import day_bounds, local_day
from lms.keeping.domain import kept_since

ERASED = "person.erased"


@dataclass(frozen=True, slots=True)
class ErasedLine:
    """Somebody who was erased: a number, two moments, and how many rows of what went."""

    person_id: int
    closed_at: datetime | None
    erased_at: datetime
    rows: dict[str, int]
    files: int

    @property
    def total(self) -> int:
        """Return how many rows went in all."""
        return sum(self.rows.values())


def is_due(years: int, now: datetime) -> ColumnElement[bool]:
    """Return the condition that a person closed the account so long ago and is still named."""
    bound = day_bounds(kept_since(local_day(now), years))[0]
    return and_(
        Person.state == PersonState.CLOSED,
        Person.closed_at < bound,
        Person.erased_at.is_(None),
    )


def due(
    session: Session, *, years: int, now: datetime, after: int = 0, limit: int
) -> Sequence[int]:
    """Return the next people to erase behind an id."""
    return session.scalars(
        select(Person.id)
        .where(is_due(years, now), Person.id > after)
        .order_by(Person.id)
        .limit(limit)
    ).all()


def erased(
    session: Session, reach: ColumnElement[bool], *, after: int | None, limit: int
) -> Sequence[ErasedLine]:
    """Return who was erased, the last first, behind a person of the list."""
    columns = (Person.id, Person.closed_at, Person.erased_at)
    statement = select(*columns).where(reach, Person.erased_at.is_not(None))
    if after is not None:
        at = select(Person.erased_at).where(Person.id == after).scalar_subquery()
        behind = and_(Person.erased_at == at, Person.id < after)
        statement = statement.where(or_(Person.erased_at < at, behind))
    order = (Person.erased_at.desc(), Person.id.desc())
    rows = session.execute(statement.order_by(*order).limit(limit)).all()
    said = _said(session, [row.id for row in rows])
    return [
        ErasedLine(
            *(row.id, row.closed_at, row.erased_at),
            rows=said.get(row.id, {}).get("rows", {}),
            files=said.get(row.id, {}).get("files", 0),
        )
        for row in rows
    ]


def _said(session: Session, people: Sequence[int]) -> dict[int, dict[str, Any]]:
    """Return what was written down of each erasing."""
    subjects = {f"person:{each}": each for each in people}
    rows = session.execute(
        select(AuditEntry.subject, AuditEntry.details).where(
            AuditEntry.subject.in_(subjects), AuditEntry.action == ERASED
        )
    )
    return {subjects[subject]: details for subject, details in rows}
