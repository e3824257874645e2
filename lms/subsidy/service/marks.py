"""Marks what may change a decision, now or on a day to come; the earliest moment stands."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import cast

from sqlalchemy import Table, case
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from lms.core.clock import day_bounds
from lms.db.session import connection_of
from lms.subsidy.models import EligibilityDue

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
