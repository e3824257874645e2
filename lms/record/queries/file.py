"""Puts a whole file together: page, print and calls show what is read here and nothing else."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from lms.record.domain.ledger import Ledger, Window
from lms.record.domain.sittings import Sittings
from lms.record.queries.ledger import ledger
from lms.record.queries.people import Holder, Reading, holder
from lms.record.queries.sittings import sittings
from lms.subsidy import queries as subsidy
from lms.subsidy.domain.dated import DatedFact
from lms.subsidy.gateway import shelf
from lms.subsidy.queries import Meter


@dataclass(frozen=True, slots=True)
class Sight:
    """Which part of a file is wanted: the days, and how many of what was asked of the person."""

    days: Window
    sittings: Window


@dataclass(frozen=True, slots=True)
class LearnerFile:
    """One person's whole study."""

    holder: Holder
    ledger: Ledger
    sittings: Sittings
    subsidies: tuple[Meter, ...]
    facts: tuple[DatedFact, ...]


def learner_file(
    session: Session, person_id: int, sight: Sight, *, today: date, reading: Reading | None = None
) -> LearnerFile | None:
    """Return the file, in four statements.

    Somebody else (``reading``) sees what belongs to the courses inside their scopes; ``None``
    where there are none.
    """
    own = holder(session, person_id, reading)
    if own is None:
        return None
    meters, facts = subsidy.meters_and_facts(session, person_id, shelf=shelf(), today=today)
    enrollments = {line.enrollment_id for line in own.courses}
    return LearnerFile(
        holder=own,
        ledger=ledger(session, own, sight.days),
        sittings=sittings(session, own, sight.sittings),
        subsidies=tuple(
            meter
            for meter in meters
            if any(each.enrollment_id in enrollments for each in meter.courses)
        ),
        facts=tuple(facts),
    )
