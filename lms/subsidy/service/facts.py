"""Writes down what is known of a person and marks what this may change."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import cast

from sqlalchemy import Table, insert, select
from sqlalchemy.orm import Session

from lms.catalog.gateway import known_programmes
from lms.catalog.models import Course, Programme
from lms.core.errors import InvalidInput, Message
from lms.db.session import connection_of
from lms.enrollment.domain import LIVE
from lms.enrollment.models import Enrollment
from lms.subsidy import queries
from lms.subsidy.domain.dated import FactKey, FactSource, checked
from lms.subsidy.domain.reading import MalformedError
from lms.subsidy.models import LearnerFact
from lms.subsidy.service.marks import Mark, mark

_AT_ONCE = 2_000


@dataclass(frozen=True, slots=True)
class NewFact:
    """A fact to write down; ``recorded_by`` is ``None`` where the site itself does."""

    key: FactKey
    value: object
    source: FactSource
    valid_from: date
    recorded_by: int | None = None
    valid_to: date | None = None
    evidence_id: str | None = None
    note: str | None = None


def record_fact(session: Session, *, person_id: int, fact: NewFact, now: datetime) -> int:
    """Write a fact down and return its id; what was known before stays in the record.

    Raises ``InvalidInput`` for a value the key cannot have.
    """
    try:
        value = checked(fact.key, fact.value)
    except (MalformedError, KeyError) as error:
        raise InvalidInput(
            {fact.key.value: Message("fact_malformed", "This value does not fit here.")}
        ) from error
    row = LearnerFact(
        person_id=person_id,
        key=fact.key,
        value=value,
        source=fact.source,
        valid_from=fact.valid_from,
        recorded_at=now,
        recorded_by_id=fact.recorded_by,
        valid_to=fact.valid_to,
        evidence_id=fact.evidence_id,
        note=fact.note,
    )
    session.add(row)
    session.flush()
    mark_due(session, person_id=person_id, since=now)
    return row.id


def record_many(
    session: Session,
    values: Mapping[int, Mapping[FactKey, object]],
    *,
    source: FactSource,
    valid_from: date,
    by_id: int,
    now: datetime,
) -> None:
    """Write facts of many people down at once, sound ones, by person and key."""
    rows = [
        {
            "person_id": person_id,
            "key": key,
            "value": value,
            "source": source,
            "valid_from": valid_from,
            "recorded_at": now,
            "recorded_by_id": by_id,
        }
        for person_id, own in values.items()
        for key, value in own.items()
    ]
    if rows:
        connection_of(session).execute(insert(cast(Table, LearnerFact.__table__)), rows)
    mark_everybody(session, people=list(values), since=now)


def mark_everybody(session: Session, *, people: Sequence[int], since: datetime) -> None:
    """Mark the programmes of as many people as there are, in parts a statement takes."""
    for first in range(0, len(people), _AT_ONCE):
        mark_many(session, people=people[first : first + _AT_ONCE], since=since)


def mark_due(session: Session, *, person_id: int, since: datetime) -> None:
    """Mark every programme the person studies for as due; those it draws on others' courses too.

    Whoever decides it just now waits for this transaction, and sees what it writes.
    """
    mark_many(session, people=[person_id], since=since)


def mark_many(session: Session, *, people: Collection[int], since: datetime) -> None:
    """Mark the programmes of these people as above."""
    studied = session.execute(
        select(Enrollment.person_id, Programme.slug)
        .join(Course, Course.id == Enrollment.course_id)
        .join(Programme, Programme.id == Course.programme_id)
        .where(Enrollment.person_id.in_(people), Enrollment.status.in_(LIVE))
    )
    own: defaultdict[int, set[str]] = defaultdict(set)
    for person_id, slug in studied:
        own[person_id].add(slug)
    if not own:
        return
    ids = {row[0]: row[1] for row in session.execute(select(Programme.slug, Programme.id))}
    marks = [
        Mark(person_id, ids[slug], since)
        for person_id, slugs in own.items()
        for slug in _counting(slugs)
        if slug in ids
    ]
    mark(session, marks)


def _counting(own: set[str]) -> set[str]:
    """Return the programmes in which what is studied for these counts."""
    drawing = {slug for slug, known in known_programmes().items() if own & set(known.draws_on)}
    return own | drawing


def mark_studied(session: Session, *, after: int, limit: int, now: datetime) -> int | None:
    """Mark who studied since they were last decided; for phones that went dark without a word.

    Looks at the next people by id and returns the last one, ``None`` where there are no more.
    """
    marks = queries.study_marks(session, after=after, limit=limit)
    for person_id, until_ms, decided_at in marks:
        if decided_at is not None and until_ms > decided_at.timestamp() * 1000:
            mark_due(session, person_id=person_id, since=now)
    return marks[-1][0] if marks else None
