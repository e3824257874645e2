"""Reads what a person's own pages say of them: facts, and what each day brought."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lms.accounts.domain.people import masked_phone
from lms.accounts.models import Person
from lms.catalog.models import Lesson, Material, Revision, RevisionState
from lms.catalog.outline import Words
from lms.progress.models import StudyClock, WatchSlice


def verified_on(session: Session, *, person_id: int, day: date) -> int:
    """Return what was counted for the person on a calendar day, milliseconds."""
    used = session.scalar(select(StudyClock.day_used).where(StudyClock.person_id == person_id))
    return int((used or {}).get(str(day.toordinal()), 0))


@dataclass(frozen=True, slots=True)
class LedgerRow:
    """What one day brought in one lesson, milliseconds."""

    day: date
    title: Words
    credited_ms: int
    refused_ms: int


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
