"""What a system fetches: whose records, in which order, with the numbers everybody else sees."""

from datetime import date, timedelta

import pytest
from flask import Flask

from lms.accounts.gateway import keys_of
from lms.accounts.models import Identity, Person
from lms.catalog.models import Course
from lms.core.clock import rfc3339
from lms.db.session import Database
from lms.enrollment.domain import EnrollmentStatus
from lms.enrollment.models import Enrollment
from lms.settings import Settings
from tests.factories.catalog import make_institution
from tests.factories.credentials import make_badge, make_badge_course
from tests.factories.enrollment import COMPLETED, make_class, make_enrollment
from tests.factories.exchange import EVERYTHING
from tests.factories.identity import agree, make_identity
from tests.factories.progress import Entry, make_day
from tests.factories.roster import NEIGHBOUR, Small
from tests.functional.conftest import OpenDesk
from tests.functional.exchange.conftest import API, Call
from tests.support.statements import assert_cheap

FIRST, SECOND = date(2026, 5, 11), date(2026, 5, 12)


def test_records_of_the_county_and_institution_alone(
    system: Call, small: Small, database: Database
) -> None:
    with database.transaction() as session:
        make_enrollment(session)
        other = make_institution(session).id
    own = [small.finished.id, small.half.id, small.withdrawn.id]
    assert [each["id"] for each in system().all("enrollments")] == own
    (foreign,) = system(county_code=NEIGHBOUR).all("enrollments")
    assert foreign["id"] == small.foreign.id
    for kind in ("classes", "enrollments", "hours"):
        assert system(institution_id=other).all(kind) == []


def test_an_enrollment_says_what_it_amounts_to(system: Call, small: Small) -> None:
    finished, half, withdrawn = system().all("enrollments")
    assert list(finished.pop("person")) == ["number"]
    title = small.course.revision.title
    assert finished == {
        "id": small.finished.id,
        "course": {"slug": small.course.course.slug, "title": title, "programme": None},
        "class": None,
        "county": "330822",
        "status": "completed",
        "enrolled_at": "2026-05-01T02:00:00Z",
        "completed_at": "2026-05-20T02:00:00Z",
        "ended_at": None,
        "verified_hours_tenths": 20,
        "verified_seconds": 94 * 60,
        "final_percent": 90,
        "badge": None,
    }
    assert (half["status"], half["completed_at"], half["final_percent"]) == ("active", None, None)
    assert (withdrawn["status"], withdrawn["verified_seconds"]) == ("withdrawn", 0)


def test_the_system_the_desk_and_the_badge_say_one_number(
    system: Call, open_desk: OpenDesk, database: Database, settings: Settings
) -> None:
    badge = make_badge(database, settings)
    with database.snapshot() as session:
        person = session.get_one(Person, badge.person_id).name
    school = _institution_of(database, badge.course_id)
    (fetched,) = system(institution_id=school).all("enrollments")
    assert fetched["badge"] == badge.id
    assert badge.value is not None
    assert fetched["verified_seconds"] * 1000 == badge.value["verified_ms"]
    desk = open_desk().get("/staff/completions?status=all").text
    line = desk.split(f">{person}<")[1].split("</tr>")[0]
    assert f">{fetched['verified_hours_tenths'] / 10:.1f}<" in line


def _institution_of(database: Database, course_id: int) -> int:
    with database.snapshot() as session:
        return session.get_one(Course, course_id).institution_id


def test_names_go_out_of_those_alone_who_agreed(
    system: Call, small: Small, database: Database, settings: Settings
) -> None:
    with database.transaction() as session:
        for enrollment in (small.finished, small.half):
            person = session.get_one(Person, enrollment.person_id)
            number = make_identity(session, person, keys_of(settings))
        mask = session.get_one(Identity, small.finished.person_id).mask
        agree(session, session.get_one(Person, small.finished.person_id), "handover")
    caller = system(scopes=EVERYTHING)
    answer = caller.get(f"{API}/enrollments")
    assert number not in answer.text
    finished, half, _ = (each["person"] for each in answer.json["items"])
    assert (finished["name"], finished["id_mask"]) == ("程建军", mask)
    assert (half["name"], half["id_mask"]) == (None, None)
    # The number is the same with every token of the county, and says nothing to another one.
    nameless = [each["person"] for each in system().all("enrollments")]
    assert nameless[0] == {"number": finished["number"]} != nameless[1]


def test_hours_are_those_of_the_ledger_day_by_day(
    system: Call, small: Small, database: Database
) -> None:
    made = small.course
    with database.transaction() as session:
        half = session.get_one(Enrollment, small.half.id)
        for day, item, seconds in ((FIRST, "A04/text", 61), (SECOND, "A04/text", 30)):
            make_day(session, half, made, item, day, [Entry(seconds), Entry(0, 5)])
        # Behind one who studied nothing, so that a part ends there.
        last = make_enrollment(session, course=made)
        make_day(session, last, made, "A01/text", FIRST, [Entry(9)])
        # Taken back on the same day: nothing is left of it.
        taken = [Entry(40), Entry(-40, kind="credit_taken_back")]
        make_day(session, half, made, "A01/text", date(2026, 5, 13), taken)
        elsewhere = make_badge_course(session)
        study = make_enrollment(
            session, course=elsewhere, person=session.get_one(Person, half.person_id)
        )
        make_day(session, study, elsewhere, "A01/text", SECOND + timedelta(7), [Entry(99)])
    days = [
        {"enrollment": half.id, "day": "2026-05-11", "verified_seconds": 61},
        {"enrollment": half.id, "day": "2026-05-12", "verified_seconds": 30},
        {"enrollment": last.id, "day": "2026-05-11", "verified_seconds": 9},
    ]
    caller = system()
    assert caller.all("hours") == caller.all("hours", limit=1) == days
    assert caller.all("hours", since="2026-05-12") == days[1:2]
    (own,) = system(institution_id=elsewhere.course.institution_id).all("enrollments")
    assert own["verified_seconds"] == 99


def test_classes_of_the_county_are_listed(system: Call, small: Small, database: Database) -> None:
    with database.transaction() as session:
        own = make_class(session, small.course, filing_no="浙常-01", capacity=30)
        make_class(session, small.course, county_code=NEIGHBOUR)
    (found,) = system().all("classes")
    assert (found["id"], found["filing_no"], found["state"]) == (own.id, "浙常-01", "open")
    assert (found["starts_on"], found["ends_on"], found["capacity"]) == ("2026-09-01", None, 30)


@pytest.mark.parametrize("limit", [1, 2, 3, 200])
def test_parts_of_any_size_make_the_same_list(system: Call, small: Small, limit: int) -> None:
    caller = system()
    assert caller.all("enrollments", limit=limit) == caller.all("enrollments")


def test_since_finds_completions_in_their_order(
    system: Call, small: Small, database: Database
) -> None:
    later = COMPLETED + timedelta(days=3, microseconds=1)
    with database.transaction() as session:
        ids = [small.finished.id]
        for at in (later, later, COMPLETED):
            row = make_enrollment(
                session, course=small.course, status=EnrollmentStatus.COMPLETED, completed_at=at
            )
            ids.append(row.id)
    # Two of one moment each, the earlier moment first.
    order = [ids[0], ids[3], ids[1], ids[2]]
    caller = system()
    for limit in (1, 2, 50):
        found = caller.all("enrollments", since="2026-05-01T00:00:00Z", limit=limit)
        assert [each["id"] for each in found] == order
    since = rfc3339(later)
    assert [each["id"] for each in caller.all("enrollments", since=since)] == order[2:]
    assert caller.all("enrollments", since="2026-05-23T10:00:01+08:00") == []


@pytest.mark.parametrize(
    ("address", "field"),
    [
        ("enrollments?limit=201", "limit"),
        ("enrollments?after=x", "after"),
        ("enrollments?after=99999999999999999999", "after"),
        ("enrollments?after=5-1", "after"),
        ("enrollments?since=2026-05-01", "since"),
        ("enrollments?since=2026-05-01T00:00:00", "since"),
        ("enrollments?since=2026-05-01T00:00:00Z&after=1", "after"),
        ("hours?since=2026-05-01T00:00:00Z", "since"),
        ("hours?after=1", "after"),
        ("classes?since=2026-05-01T00:00:00Z", "since"),
    ],
)
def test_what_cannot_be_read_is_named(system: Call, address: str, field: str) -> None:
    answer = system().get(f"{API}/{address}")
    assert (answer.status_code, answer.json["code"]) == (422, "invalid_input")
    assert list(answer.json["fields"]) == [field]


@pytest.mark.parametrize(
    "address",
    [
        "classes",
        "enrollments",
        "enrollments?since=2026-05-01T00:00:00Z&after=1778000000000000-1",
        "hours?after=738000-1",
        "hours?since=2026-05-01",
    ],
)
def test_a_request_takes_few_statements_however_many_rows(
    system: Call, small: Small, database: Database, app: Flask, address: str
) -> None:
    assert_cheap(system(scopes=EVERYTHING), database, f"{API}/{address}")
