"""Walks over all lines of lists and all people, and puts right what is not as it should be.

Once a day by itself, for a group begins or ends with a day of which nothing tells.
"""

from collections.abc import Iterator
from datetime import date

import structlog

from lms.core.clock import local_day
from lms.db.session import Database, now
from lms.roster import queries
from lms.roster.service.recounting import put_lines_right, put_people_right
from lms.settings import Settings

log = structlog.get_logger(__name__)
_AT_ONCE = 10_000


class KeepLines:
    """Puts right what differs, the first time it is asked on a day."""

    def __init__(self) -> None:
        self._day: date | None = None

    def __call__(self, database: Database, _settings: Settings) -> None:
        """Look at the day's lines unless that was done."""
        with database.snapshot() as session:
            today = local_day(now(session))
        if self._day == today:
            return
        wrong = sum(len(ids) for ids in wrong_lines(database, is_repaired=True))
        self._day = today
        if wrong:
            log.info("lines_put_right", count=wrong)


def wrong_lines(database: Database, *, is_repaired: bool) -> Iterator[list[int]]:
    """Yield the enrollments whose lines differ, part by part; put right first where wanted."""
    with database.snapshot() as session:
        last = queries.last_enrollment(session)
    for first in range(1, last + 1, _AT_ONCE):
        with database.snapshot() as session:
            wrong = list(queries.wrong_lines(session, first, first + _AT_ONCE - 1))
        if wrong and is_repaired:
            with database.transaction() as session:
                put_lines_right(session, wrong)
        yield wrong


def wrong_people(database: Database, *, is_repaired: bool) -> Iterator[list[int]]:
    """Yield the people who are not found by what they should be; put right first where wanted."""
    with database.snapshot() as session:
        last = queries.last_person(session)
    for first in range(1, last + 1, _AT_ONCE):
        with database.snapshot() as session:
            wrong = list(queries.wrong_people(session, first, first + _AT_ONCE - 1))
        if wrong and is_repaired:
            with database.transaction() as session:
                put_people_right(session, wrong)
        yield wrong
