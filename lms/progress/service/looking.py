"""Walks over everybody who studied on a day, some at a time, and keeps what was noticed."""

from collections.abc import Callable
from datetime import date

from lms.core.clock import day_bounds
from lms.db.session import Database, now
from lms.progress import queries
from lms.progress.domain.units import datetime_to_ms
from lms.progress.service import flags

# So many people are looked at by one round of statements.
_BATCH = 100
Report = Callable[[int, int], None]


def look(database: Database, day: date, report: Report | None = None) -> int:
    """Look at everybody who studied on a day, some at a time; return how many flags are new."""
    began = datetime_to_ms(day_bounds(day)[0])
    sign_ins: set[int] = set()
    kept = done = after = 0
    while True:
        with database.snapshot() as session:
            people = queries.active_since(session, began, after=after, limit=_BATCH)
            found, earning = flags.look_at(session, people, day) if people else ([], set())
        if not people:
            break
        kept += _keep(database, found, day)
        sign_ins |= earning
        done, after = done + len(people), people[-1]
        if report is not None:
            report(done, done)
    with database.snapshot() as session:
        found = flags.shared(session, sorted(sign_ins), at_once=_BATCH)
    return kept + _keep(database, found, day)


def _keep(database: Database, found: flags.Found, day: date) -> int:
    if not found:
        return 0
    with database.transaction() as session:
        return flags.keep(session, found, day, now=now(session))
