"""Supervision: who may find and read which files, and what is written down of it."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select, text, update

from lms.accounts.models import Person
from lms.audit.models import AuditEntry
from lms.core.access import Role, Scope, ScopeKind
from lms.db.session import Database
from lms.enrollment.models import Enrollment
from lms.progress.models import StudyClock, WatchSlice
from tests.factories.accounts import COUNTY, make_staff, sign_in
from tests.factories.enrollment import make_enrollment
from tests.factories.progress import Entry, begin_of, make_check, make_day, make_lease
from tests.factories.roster import NEIGHBOUR, Small
from tests.factories.subsidy import make_known
from tests.functional.conftest import OpenDesk
from tests.support.site import Client
from tests.support.statements import assert_cheap, assert_few_statements

LIST = "/supervision"
DAY = date(2026, 5, 18)
TABS = ("", f"/days/{DAY}", "/print")


def address(person_id: int) -> str:
    return f"{LIST}/learners/{person_id}"


@pytest.fixture
def half(database: Database, small: Small) -> Enrollment:
    """The half-way learner after an evening on two devices."""
    with database.transaction() as session:
        entries = [Entry(credited=30), Entry(credited=10, refused={"hidden": 5, "superseded": 2})]
        lease = make_day(session, small.half, small.course, "A04/text", DAY, entries)
        make_lease(
            session,
            small.half,
            small.course,
            item="A04/text",
            started_at_ms=begin_of(DAY) - 60_000,
            ended_by="lease_superseded",
        )
        make_check(session, small.half, lease, shown_at_ms=begin_of(DAY) + 5_000)
    return small.half


def notes(database: Database) -> list[AuditEntry]:
    with database.snapshot() as session:
        wanted = select(AuditEntry).where(AuditEntry.action == "evidence.read")
        return list(session.scalars(wanted.order_by(AuditEntry.id)))


@pytest.mark.parametrize("role", [Role.SUPERVISOR, Role.ADMINISTRATOR])
def test_the_list_holds_everybody_of_the_county_whatever_their_result(
    open_desk: OpenDesk, role: Role
) -> None:
    page = open_desk(role).get(LIST).text
    assert "程建军" in page
    assert "占小燕" in page
    assert "已退出" in page
    assert "毛丽娟" not in page
    assert "13900002217" not in page


@pytest.mark.parametrize("words", ["程", "程建军", "2217", "13900002217", "record"])
def test_a_learner_is_found_by_name_phone_or_record(
    open_desk: OpenDesk, small: Small, words: str
) -> None:
    asked = str(small.finished.id) if words == "record" else words
    page = open_desk(Role.SUPERVISOR).get(LIST, query_string={"q": asked}).text
    assert "程建军" in page
    assert "占小燕" not in page


@pytest.mark.parametrize("words", ["13900002218", "999999999", "9" * 30, "8" * 4, "没有这个人"])
def test_what_nobody_bears_finds_nobody(open_desk: OpenDesk, words: str) -> None:
    answer = open_desk(Role.SUPERVISOR).get(LIST, query_string={"q": words})
    assert answer.status_code == 200
    assert "<table" not in answer.text


def test_the_list_narrows_and_pages_like_other_lists(open_desk: OpenDesk, small: Small) -> None:
    browser = open_desk(Role.SUPERVISOR)
    active = browser.get(LIST, query_string={"status": "active"}).text
    assert "占小燕" in active
    assert "程建军" not in active
    first = browser.get(LIST, query_string={"limit": 1}).text
    following = first.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
    assert "占小燕" in browser.get(following).text
    assert browser.get(LIST, query_string={"county": NEIGHBOUR}).status_code == 404
    assert browser.get(LIST, query_string={"after": "x"}).status_code == 422


def test_the_file_shows_the_evidence(open_desk: OpenDesk, half: Enrollment) -> None:
    browser = open_desk(Role.SUPERVISOR)
    page = browser.get(address(half.person_id)).text
    assert "占小燕" in page
    assert "40 秒" in page
    assert "另一台手机也在放" in page
    assert "2026-05-18 19:00:05" in page
    entries = browser.get(f"{address(half.person_id)}/days/{DAY}").text
    assert "19:00:00–<wbr>19:00:30" in entries
    assert "ab12cd34" in entries
    assert "ab12cd34ab12cd34" not in entries
    assert "05-18 19:00:00" in entries


def test_a_device_that_took_over_is_named_with_its_times(
    open_desk: OpenDesk, database: Database, half: Enrollment, small: Small
) -> None:
    with database.transaction() as session:
        lease = make_lease(
            session,
            half,
            small.course,
            item="A04/text",
            started_at_ms=begin_of(DAY) + 600_000,
            ended_at_ms=begin_of(DAY) + 900_000,
            ended_by="lease_superseded",
        )
        session.add(
            WatchSlice(
                **{name: [] for name in ("claimed", "seen", "credited")},
                **dict.fromkeys(("claimed_ms", "seen_ms", "credited_ms"), 0),
                person_id=half.person_id,
                material_id=small.course.materials["A04/text"].id,
                lease_id=lease,
                seq=1,
                day=DAY.toordinal(),
                refused={},
            )
        )
    page = open_desk(Role.SUPERVISOR).get(f"{address(half.person_id)}/days/{DAY}").text
    assert "05-18 19:10:00" in page
    assert "05-18 19:15:00" in page
    assert "换到另一台设备或页面" in page


@pytest.mark.parametrize("tab", TABS)
def test_out_of_scope_is_not_found(
    open_desk: OpenDesk, database: Database, half: Enrollment, tab: str
) -> None:
    stranger = open_desk(Role.SUPERVISOR, county_code=NEIGHBOUR)
    unknown = stranger.get(f"{address(999_999)}{tab}")
    answer = stranger.get(f"{address(half.person_id)}{tab}")
    assert (answer.status_code, unknown.status_code) == (404, 404)
    assert "占小燕" not in answer.text
    assert stranger.post(f"{address(half.person_id)}/check").status_code == 404
    assert notes(database) == []


@pytest.mark.parametrize("role", [Role.LEARNER, Role.INSTRUCTOR, Role.MENTOR])
def test_others_are_refused_also_their_own_file(
    open_desk: OpenDesk, half: Enrollment, role: Role
) -> None:
    browser = open_desk(role)
    for path in (LIST, f"{LIST}/sample", *(f"{address(half.person_id)}{tab}" for tab in TABS)):
        answer = browser.get(path)
        assert answer.status_code == 403
        assert "占小燕" not in answer.text
    assert browser.post(f"{address(half.person_id)}/check").status_code == 403


def test_a_reading_is_written_down_once_an_actor_and_day(
    open_desk: OpenDesk, database: Database, half: Enrollment, small: Small
) -> None:
    browser = open_desk(Role.SUPERVISOR)
    for tab in (*TABS, *TABS):
        assert browser.get(f"{address(half.person_id)}{tab}").status_code == 200
    browser.post(f"{address(half.person_id)}/check")
    (note,) = notes(database)
    assert note.subject == f"person:{half.person_id}"
    browser.get(address(small.finished.person_id))
    open_desk(Role.ADMINISTRATOR).get(address(half.person_id))
    subjects = [each.subject for each in notes(database)]
    assert subjects == [
        f"person:{half.person_id}",
        f"person:{small.finished.person_id}",
        f"person:{half.person_id}",
    ]
    assert len({each.actor_id for each in notes(database)}) == 2


def test_the_next_day_a_reading_is_written_down_again(
    open_desk: OpenDesk, database: Database, half: Enrollment
) -> None:
    browser = open_desk(Role.SUPERVISOR)
    browser.get(address(half.person_id))
    yesterday = notes(database)[0].at - timedelta(days=1)
    with database.transaction() as session:
        on = "" if database.is_sqlite else " ON audit_entry"
        session.execute(text(f"DROP TRIGGER audit_entry_no_update{on}"))
        session.execute(update(AuditEntry).values(at=yesterday))
    browser.get(address(half.person_id))
    assert len(notes(database)) == 2


def test_lists_and_draws_are_no_reading_and_neither_is_ones_own_file(
    open_desk: OpenDesk, database: Database, half: Enrollment, client: Client
) -> None:
    browser = open_desk(Role.SUPERVISOR)
    browser.get(LIST)
    browser.get(f"{LIST}/sample?seed=x")
    browser.get("/me/record")
    assert notes(database) == []


def test_a_whole_ledger_is_said_to_be_whole(open_desk: OpenDesk, half: Enrollment) -> None:
    browser = open_desk(Role.SUPERVISOR)
    answer = browser.post(f"{address(half.person_id)}/check", follow_redirects=True)
    assert "账本完整：共 2 条记录" in answer.text


def test_a_ledger_that_lost_its_end_is_said_not_to_be_whole(
    open_desk: OpenDesk, database: Database, half: Enrollment
) -> None:
    with database.transaction() as session:
        session.add(StudyClock(person_id=half.person_id, entries=3, head="0" * 64))
    browser = open_desk(Role.SUPERVISOR)
    answer = browser.post(f"{address(half.person_id)}/check", follow_redirects=True)
    assert "账本不完整" in answer.text
    assert "账本完整" not in answer.text


def test_a_check_needs_the_forms_token(open_desk: OpenDesk, half: Enrollment) -> None:
    answer = open_desk(Role.SUPERVISOR).post(f"{address(half.person_id)}/check", csrf=False)
    assert answer.status_code == 400


def test_a_supervisor_finds_supervision_first_and_no_door_to_what_changes_things(
    open_desk: OpenDesk,
) -> None:
    page = open_desk(Role.SUPERVISOR).get(LIST).text
    rail = page.split('class="rail"')[1].split("</nav>")[0]
    assert rail.index("/supervision/sample") < rail.index("/staff/completions")
    assert "/staff/badges/requests" not in rail
    assert "/studio" not in rail
    assert "/staff/badges/requests" in open_desk().get(LIST).text


def test_the_learner_page_of_the_desk_leads_to_the_whole_file(
    open_desk: OpenDesk, half: Enrollment
) -> None:
    page = open_desk().get(f"/staff/learners/{half.person_id}").text
    assert f'href="{address(half.person_id)}"' in page


@pytest.mark.parametrize("tab", ["", "/print"])
def test_the_desk_reads_every_reason_and_that_the_name_was_checked_but_no_birthday(
    open_desk: OpenDesk, database: Database, half: Enrollment, tab: str
) -> None:
    with database.transaction() as session:
        make_known(session, session.get_one(Person, half.person_id))
    page = open_desk(Role.SUPERVISOR).get(f"{address(half.person_id)}{tab}").text
    assert "页面在后台 <span" in page
    assert "本人实名" in page
    assert "2026-03-02" in page
    assert "出生日期" not in page


def test_a_course_supervisor_sees_the_course_alone(
    open_desk: OpenDesk, database: Database, half: Enrollment
) -> None:
    with database.transaction() as session:
        other = make_enrollment(session).course_id
    browser = open_desk(Role.SUPERVISOR, Scope(ScopeKind.COURSE, str(other)))
    assert browser.get(address(half.person_id)).status_code == 404
    assert "占小燕" not in browser.get(LIST).text


@pytest.mark.parametrize("tab", TABS)
@pytest.mark.parametrize("scope", [Scope(ScopeKind.PLATFORM), Scope(ScopeKind.COUNTY, COUNTY)])
def test_a_file_stays_within_its_statements(
    open_desk: OpenDesk, database: Database, half: Enrollment, scope: Scope, tab: str
) -> None:
    browser = open_desk(Role.SUPERVISOR, scope)
    assert_cheap(browser, database, f"{address(half.person_id)}{tab}")


@pytest.mark.parametrize("path", [LIST, f"{LIST}?q=2217", f"{LIST}?q=13900002217&status=active"])
def test_the_list_stays_within_its_statements(
    open_desk: OpenDesk, database: Database, half: Enrollment, path: str
) -> None:
    assert_few_statements(open_desk(Role.SUPERVISOR), database, path)


def test_a_visitor_is_sent_to_sign_in(client: Client, database: Database, small: Small) -> None:
    assert "/sign-in" in client.get(LIST).location
    with database.transaction() as session:
        person = make_staff(session, Role.SUPERVISOR, Scope(ScopeKind.COUNTY, COUNTY))
    sign_in(client, person)
    assert client.get(LIST).status_code == 200
