"""Marks what may change a decision, now or on a day to come; the earliest moment stands."""

from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from itertools import chain
from typing import cast

from sqlalchemy import Table, case, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from lms.accounts.models import Person
from lms.catalog.gateway import known_programmes
from lms.catalog.models import Course, Programme
from lms.core.clock import day_bounds
from lms.db.session import connection_of
from lms.enrollment.domain import LIVE
from lms.enrollment.models import Enrollment
from lms.jobs.service import JobRequest, enqueue
from lms.subsidy.models import EligibilityDue

MARK_TOUCHED = "subsidy.mark_touched"
_DUE = cast(Table, EligibilityDue.__table__)


@dataclass(frozen=True, slots=True)
class Mark:
    """From when on a programme of a person is due."""

    person_id: int
    programme_id: int
    since: datetime


def start_of(day: date) -> datetime:
    """Return the moment at which the day begins here."""
    return day_bounds(day)[0]


def mark(session: Session, marks: Sequence[Mark]) -> None:
    """Write the marks down; one that stands is written anew and keeps the earlier moment.

    Whoever decides it just now waits for this transaction, and sees what it writes.
    """
    if not marks:
        return
    session.flush()
    dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    statement = dialect.insert(_DUE)
    earlier = case(
        (_DUE.c.since < statement.excluded.since, _DUE.c.since), else_=statement.excluded.since
    )
    ordered = sorted(marks, key=lambda each: (each.person_id, each.programme_id))
    connection_of(session).execute(
        statement.on_conflict_do_update(
            index_elements=["person_id", "programme_id"], set_={"since": earlier}
        ),
        [asdict(each) for each in ordered],
    )


def order_marks(session: Session, *, programme_id: int | None, key: str) -> None:
    """Let a job mark everybody who studies for the programme, or for any; once a key."""
    wanted = select(Programme.slug).order_by(Programme.id)
    if programme_id is not None:
        wanted = wanted.where(Programme.id == programme_id)
    args = {"programmes": list(session.scalars(wanted))}
    enqueue(session, JobRequest(MARK_TOUCHED, f"{MARK_TOUCHED}:{key}", args))


def mark_programmes(
    session: Session, programmes: Collection[str], *, after: int, limit: int, since: datetime
) -> int | None:
    """Mark the next people by id who study for any of the programmes, in these alone.

    Returns the last one, ``None`` where there are no more.
    """
    known = known_programmes()
    counted = {slug: known[slug].draws_on or (slug,) for slug in programmes if slug in known}
    wanted = set(chain.from_iterable(counted.values())) | set(programmes)
    rows = session.execute(
        select(Enrollment.person_id, Programme.slug)
        .join(Person, Person.id == Enrollment.person_id)
        .join(Course, Course.id == Enrollment.course_id)
        .join(Programme, Programme.id == Course.programme_id)
        .where(
            Enrollment.person_id > after,
            Enrollment.status.in_(LIVE),
            Person.erased_at.is_(None),
            Programme.slug.in_(wanted),
        )
        .order_by(Enrollment.person_id)
        .limit(limit)
    ).all()
    named = select(Programme.slug, Programme.id).where(Programme.slug.in_(programmes))
    ids = {row[0]: row[1] for row in session.execute(named)}
    pairs = {
        (row.person_id, ids[slug])
        for row in rows
        for slug in ids
        if row.slug in counted.get(slug, (slug,))
    }
    mark(session, [Mark(*pair, since) for pair in sorted(pairs)])
    # The last person may have more rows than fit: they are looked at once more.
    if len(rows) < limit:
        return None
    last = int(rows[-1].person_id)
    return last if rows[0].person_id == last else last - 1
