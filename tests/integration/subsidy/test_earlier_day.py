"""What was known at the end of an earlier day: what came later is left out."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from lms.catalog.models import CatalogueListing
from lms.core.clock import day_bounds, local_day
from lms.db.session import Database, now
from lms.enrollment.domain import AttendanceStatus
from lms.enrollment.models import AttendanceEntry, Enrollment
from lms.progress.models import ItemCompletion, StudyFlag
from lms.subsidy import queries
from lms.subsidy.domain.assembly import Dossier
from lms.subsidy.domain.facts import Flag
from lms.subsidy.models import FactList
from lms.subsidy.queries.explained import _as_of as as_of
from tests.factories.accounts import make_person
from tests.factories.subsidy import Subsidised, make_watched
from tests.integration.subsidy.test_class_facts import BEGINS, class_id, hold

__all__ = ["class_id"]


def then(database: Database, own: Subsidised, day: date) -> Dossier:
    with database.snapshot() as session:
        until = day_bounds(day)[1]
        read = queries.dossiers(session, [own.person.id], until=until).people[own.person.id]
        return as_of(session, read, own.person.id, day, set())


def test_an_earlier_day_knows_the_lists_and_sessions_of_then(
    database: Database, own: Subsidised, class_id: int
) -> None:
    """A list that speaks of an earlier day was not known before it was taken in."""
    hold(database, class_id, own.person.id)
    with database.transaction() as session:
        at = now(session)
        session.add(
            FactList(
                county_code=own.person.county_code,
                kind="registered_unemployed",
                title="失业登记",
                as_of=date(2026, 4, 1),
                sha256="a" * 64,
                rows=1,
                matched=0,
                imported_by_id=make_person(session).id,
                imported_at=at,
                is_complete=True,
            )
        )
    today = local_day(at)
    counts = [
        (len(was.lists), len(was.meetings))
        for was in (
            then(database, own, date(2026, 5, 3)),
            then(database, own, date(2026, 5, 4)),
            then(database, own, today - timedelta(days=1)),
            then(database, own, today),
        )
    ]
    assert counts == [(0, 0), (0, 1), (0, 1), (1, 1)]


def write_down(session: Session, held: int, person_id: int, minutes: int, at: datetime) -> None:
    """Write down, as staff did at a moment, how long somebody was there."""
    number = {True: 1, False: 2}[minutes == 120]
    there = (BEGINS, BEGINS + timedelta(minutes=minutes)) if minutes else (None, None)
    session.add(
        AttendanceEntry(
            class_session_id=held,
            person_id=person_id,
            number=number,
            from_at=there[0],
            until_at=there[1],
            attended_ms=minutes * 60_000,
            status=AttendanceStatus.PRESENT if minutes else AttendanceStatus.ABSENT,
            source="staff" if number == 1 else "correction",
            reason=None if number == 1 else "看错人了",
            recorded_by_id=make_person(session).id,
            recorded_at=at,
        )
    )
    session.flush()


@pytest.mark.parametrize("corrected_to", [0, 60])
def test_an_earlier_day_knows_the_attendance_written_down_by_then(
    database: Database, own: Subsidised, class_id: int, corrected_to: int
) -> None:
    """The session of 4 May was written down on the 6th, and put right on the 9th."""
    held = hold(database, class_id)
    with database.transaction() as session:
        make_watched(session, own, "A01/video", minutes=5, day="2026-05-04")
        write_down(session, held, own.person.id, 120, datetime(2026, 5, 6, 4, tzinfo=UTC))
        write_down(session, held, own.person.id, corrected_to, datetime(2026, 5, 9, 4, tzinfo=UTC))

    def known(day: int) -> tuple[int, int]:
        was = then(database, own, date(2026, 5, day))
        return sum(each.credited_ms for each in was.watched) // 60_000, len(was.watched) - 1

    assert known(5) == (5, 0)
    assert known(6) == known(8) == (125, 1)
    assert known(9) == (5 + corrected_to, min(corrected_to, 1))


def test_an_earlier_day_knows_what_was_noticed_and_listed_by_then(
    database: Database, own: Subsidised
) -> None:
    found, ruled = datetime(2026, 5, 6, 4, tzinfo=UTC), datetime(2026, 5, 9, 4, tzinfo=UTC)
    with database.transaction() as session:
        clerk = make_person(session).id
        flag = StudyFlag(
            person_id=own.person.id, kind="long_nights", day=739_000, evidence={}, found_at=found
        )
        session.add(flag)
        session.add(
            CatalogueListing(
                county_code=own.person.county_code,
                list_name="2026 年目录",
                programme_id=own.programme.id,
                institution_id=own.course.course.institution_id,
                starts_on=date(2026, 1, 1),
                recorded_at=found,
            )
        )
        session.flush()
        flag.ruling, flag.reason, flag.ruled_by_id, flag.ruled_at = (
            "explained",
            "没有",
            clerk,
            ruled,
        )

    def known(day: int) -> tuple[Flag, int]:
        was = then(database, own, date(2026, 5, day))
        return was.flag, len(was.listings)

    assert known(5) == (Flag.NONE, 0)
    assert known(6) == known(8) == (Flag.OPEN, 1)
    assert known(9) == (Flag.NONE, 1)


def test_an_earlier_day_knows_what_somebody_studied_for_and_left_later(
    database: Database, own: Subsidised
) -> None:
    """They left at noon of 6 May: at the end of the 5th they studied for it, with all they did."""
    with database.transaction() as session:
        make_watched(session, own, "A01/video", minutes=5, day="2026-05-04")
        enrollment = session.get_one(Enrollment, own.enrollment.id)
        enrollment.enrolled_at = datetime(2026, 5, 1, 4, tzinfo=UTC)
        session.add(
            ItemCompletion(
                enrollment_id=enrollment.id,
                lesson_key="A01",
                item_key="video",
                completed_at=datetime(2026, 5, 4, 4, tzinfo=UTC),
            )
        )
        enrollment.status = "withdrawn"
        enrollment.ended_at = datetime(2026, 5, 6, 4, tzinfo=UTC)

    def known(day: int) -> tuple[int, int]:
        was = then(database, own, date(2026, 5, day))
        return len(was.courses), len(was.done[own.enrollment.id])

    assert [known(day) for day in (3, 4, 5, 6, 7)] == [(1, 0), (1, 1), (1, 1), (0, 0), (0, 0)]
    with database.snapshot() as session:
        assert queries.dossiers(session, [own.person.id]).people[own.person.id].courses == []
