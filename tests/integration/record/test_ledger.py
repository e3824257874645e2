"""The ledger of a file: what each day brought, what did not count and why, a page at a time."""

from datetime import timedelta

from sqlalchemy import func, select

from lms.db.session import Database
from lms.progress.models import TimeRequest, WatchSlice
from lms.record import queries
from tests.factories.accounts import make_person
from tests.factories.catalog import lesson, make_course, reading
from tests.factories.enrollment import ENROLLED, make_enrollment
from tests.factories.progress import Entry, make_day, make_lease
from tests.integration.record.conftest import DAY, ReadFile, Study


def write(database: Database, study: Study, *days: tuple[str, int, list[Entry]]) -> None:
    with database.transaction() as session:
        for item, ago, entries in days:
            day = DAY - timedelta(days=ago)
            make_day(session, study.enrollment, study.course, item, day, entries)


def test_a_day_says_what_counted_and_for_each_reason_what_did_not(
    database: Database, study: Study, read_file: ReadFile
) -> None:
    entries = [
        Entry(credited=15),
        Entry(credited=6, refused={"hidden": 9}),
        Entry(refused={"already_counted": 15}),
        Entry(credited=10, refused={"hidden": 1, "gap": 4}),
    ]
    write(database, study, ("A01/text", 0, entries))
    file = read_file()
    (day,) = file.ledger.days
    (own,) = day.sums
    assert (day.day, own.title["zh"], own.course) == (DAY, "开场", study.course.course.slug)
    assert (own.credited_ms, own.granted_ms, own.held_ms) == (31_000, 0, 0)
    assert own.refused.by_reason == {"hidden": 10_000, "already_counted": 15_000, "gap": 4_000}
    assert own.refused.lost_ms == 14_000


def test_what_was_held_is_refused_or_counted_by_the_entry_that_settles_it(
    database: Database, study: Study, read_file: ReadFile
) -> None:
    counted = [Entry(held=15), Entry(credited=15, held=-15, kind="held_credited")]
    missed = [
        Entry(credited=20),
        Entry(held=15),
        Entry(held=-15, refused={"prompt_missed": 15}, kind="held_refused"),
        Entry(credited=-20, refused={"prompt_missed": 20}, kind="credit_taken_back"),
        Entry(held=7),
    ]
    write(database, study, ("A01/text", 1, counted), ("A01/text", 0, missed))
    newest, older = read_file().ledger.days
    assert (older.credited_ms, older.held_ms, older.refused.ms) == (15_000, 0, 0)
    assert (newest.credited_ms, newest.held_ms) == (0, 7_000)
    assert newest.refused.by_reason == {"prompt_missed": 35_000}


def test_time_that_people_decided_stands_apart(
    database: Database, study: Study, read_file: ReadFile
) -> None:
    with database.transaction() as session:
        request = TimeRequest(
            aim="appeal",
            person_id=study.person.id,
            material_id=study.course.materials["A01/text"].id,
            spans=[[0, 60_000]],
            words="停电了",
            asked_by_id=study.person.id,
            asked_at=ENROLLED,
        )
        session.add(request)
        session.flush()
        granted = Entry(credited=60, kind="appeal", request_id=request.id)
    write(database, study, ("A01/text", 0, [Entry(credited=15), granted]))
    file = read_file()
    (day,) = file.ledger.days
    assert (day.credited_ms, day.granted_ms) == (75_000, 60_000)
    (line,) = file.holder.courses
    assert (line.credited_ms, line.measured_ms, line.granted_ms) == (75_000, 15_000, 60_000)


def test_days_come_newest_first_and_the_cursor_goes_on_where_the_page_ended(
    database: Database, study: Study, read_file: ReadFile
) -> None:
    write(
        database,
        study,
        *((item, ago, [Entry(credited=15)]) for ago in range(5) for item in ("A01/text",)),
    )
    seen, after = [], None
    while True:
        page = read_file(limit=2, after=after).ledger
        seen += [each.day for each in page.days]
        after = page.next
        if after is None:
            break
    assert seen == [DAY - timedelta(days=ago) for ago in range(5)]


def test_a_day_with_two_lessons_is_one_day_of_a_page(
    database: Database, study: Study, read_file: ReadFile
) -> None:
    with database.transaction() as session:
        make_day(session, study.enrollment, study.course, "A01/text", DAY, [Entry(credited=15)])
        lease = make_lease(
            session, study.enrollment, study.course, item="A04/text", started_at_ms=0
        )
        session.add(_later(study, lease))
    write(database, study, ("A01/text", 1, [Entry(credited=15)]))
    page = read_file(limit=1).ledger
    (day,) = page.days
    assert [each.lesson_key for each in day.sums] == ["A04", "A01"]
    assert (day.credited_ms, page.next) == (20_000, DAY)


def _later(study: Study, lease: str) -> WatchSlice:
    return WatchSlice(
        person_id=study.person.id,
        material_id=study.course.materials["A04/text"].id,
        lease_id=lease,
        seq=1,
        day=DAY.toordinal(),
        wall_from_ms=0,
        wall_to_ms=5_000,
        claimed=[[0, 5_000]],
        seen=[[0, 5_000]],
        credited=[[0, 5_000]],
        refused={},
        claimed_ms=5_000,
        seen_ms=5_000,
        credited_ms=5_000,
    )


def test_a_period_and_a_course_narrow_the_days(
    database: Database, study: Study, read_file: ReadFile
) -> None:
    with database.transaction() as session:
        other = make_course(session, lessons=[lesson("B01", reading(minutes=50))])
        taken = make_enrollment(session, person=study.person, course=other)
        make_day(session, taken, other, "B01/text", DAY, [Entry(credited=30)])
    write(database, study, *(("A01/text", ago, [Entry(credited=15)]) for ago in range(1, 5)))
    first, last = DAY - timedelta(days=3), DAY - timedelta(days=2)
    assert [each.day for each in read_file(first=first, last=last).ledger.days] == [last, first]
    (only,) = read_file(course=other.course.slug).ledger.days
    assert (only.day, only.credited_ms) == (DAY, 30_000)
    assert read_file(course="no-such-course").ledger.days == ()


def test_nobody_elses_days_are_read(database: Database, study: Study, read_file: ReadFile) -> None:
    with database.transaction() as session:
        other = make_enrollment(session, person=make_person(session), course=study.course)
        make_day(session, other, study.course, "A01/text", DAY, [Entry(credited=30)])
    assert read_file().ledger.days == ()


def test_the_days_add_up_to_the_course_and_to_the_ledger(
    database: Database, study: Study, read_file: ReadFile
) -> None:
    write(
        database,
        study,
        ("A01/text", 0, [Entry(credited=15, refused={"gap": 3}), Entry(held=5)]),
        ("A01/text", 1, [Entry(credited=11, refused={"gap": 4, "already_counted": 2})]),
        ("A04/text", 2, [Entry(credited=7), Entry(refused={"hidden": 9})]),
    )
    file = read_file()
    (line,) = file.holder.courses
    assert sum(day.credited_ms for day in file.ledger.days) == line.credited_ms == 33_000
    by_day = [day.refused.by_reason for day in file.ledger.days]
    assert line.refused.by_reason == {"gap": 7_000, "already_counted": 2_000, "hidden": 9_000}
    assert sum(sum(each.values()) for each in by_day) == line.refused.ms
    with database.snapshot() as session:
        stored = session.scalar(select(func.sum(WatchSlice.credited_ms)))
    assert stored == line.credited_ms


def test_the_entries_of_a_day_come_in_their_order_with_device_and_lease(
    database: Database, study: Study
) -> None:
    entries = [Entry(credited=15), Entry(credited=6, refused={"hidden": 9}), Entry(held=15)]
    write(database, study, ("A01/text", 0, entries), ("A01/text", 1, [Entry(credited=1)]))
    with database.snapshot() as session:
        holder = queries.holder(session, study.person.id)
        first = queries.day_entries(session, holder, DAY, after=0, limit=2)
        rest = queries.day_entries(session, holder, DAY, after=first.next or 0, limit=2)
    assert [each.credited_ms for each in first.entries] == [15_000, 6_000]
    assert first.entries[1].refused.by_reason == {"hidden": 9_000}
    assert [(each.credited_ms, each.held_ms) for each in rest.entries] == [(0, 15_000)]
    assert rest.next is None
    (turn,) = first.turns
    assert (turn.device.code, turn.ended_by) == ("android wechat", "lease_ended")
