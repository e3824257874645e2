"""The desk about time: who may read and rule, what it shows, what its buttons do."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from lms.core.access import Role
from lms.core.clock import local_time, utc_now
from lms.db.session import Database
from lms.progress.models import (
    MaterialProgress,
    PlaybackLease,
    PresenceCheck,
    StudyFlag,
    TimeRequest,
)
from tests.factories.accounts import make_person
from tests.factories.roster import NEIGHBOUR
from tests.functional.progress.conftest import WORDS, Case, Staff, newest
from tests.support.site import Client, Jobs
from tests.support.statements import assert_cheap

GRANT = {"ruling": "granted", "reason": "记录对得上。"}


def ago(minutes: int) -> str:
    """Return what a form sends for a moment so many minutes ago."""
    return local_time(utc_now() - timedelta(minutes=minutes)).strftime("%Y-%m-%dT%H:%M")


def outage(**changes: str) -> dict[str, str]:
    return {"county": "330822", "from": ago(90), "to": ago(30), "words": "机房停电"} | changes


def test_an_administrator_reads_the_evidence_in_sentences(
    case: Case, database: Database, staff: Staff
) -> None:
    case.ask()
    page = staff().get(f"/staff/time/appeals/{newest(database).id}").text
    assert WORDS in page
    assert "林秀芳" in page
    assert "1:20–1:40" in page
    assert "快进或加速的没算" in page
    assert "安卓手机" in page
    assert "时间都是服务器的" in page
    assert "这几次没有问过" in page


def test_what_became_of_the_presence_checks_is_told(
    case: Case, database: Database, staff: Staff
) -> None:
    case.ask()
    began = 1_795_996_800_000
    with database.transaction() as session:
        lease = session.scalars(select(PlaybackLease)).one()
        for shown, took, missed in ((0, 12_000, None), (600_000, 90_000, began + 660_000)):
            check = PresenceCheck(
                person_id=case.person.id,
                lease_id=lease.id,
                material_id=lease.material_id,
                kind="tap",
                asked={},
                shown_at_ms=began + shown,
                after_number=1,
                missed_at_ms=missed,
                answered_at_ms=began + shown + took,
                answered_number=1,
            )
            session.add(check)
            session.flush()
    page = staff().get(f"/staff/time/appeals/{newest(database).id}").text
    assert "问了，12 秒后答了" in page
    assert "问了，过了 1 分 30 秒才答，晚了" in page
    assert "这几次没有问过" not in page


def test_counting_it_adds_to_the_hours_and_says_so(
    case: Case, database: Database, staff: Staff, run_jobs: Jobs
) -> None:
    case.ask()
    request = newest(database)
    answer = staff().post(f"/staff/time/appeals/{request.id}", data=GRANT)
    assert answer.location == "/staff/time"
    ruled = newest(database)
    assert ruled.ruling == "granted"
    assert ruled.granted_ms == sum(end - begin for begin, end in request.spans or [])
    with database.snapshot() as session:
        sets = session.scalars(select(MaterialProgress)).one()
    assert sets.granted_ms == ruled.granted_ms
    assert "算上了" in case.browser.get("/me/time").text


def test_the_ticked_stretches_alone_are_counted(
    case: Case, database: Database, staff: Staff
) -> None:
    case.ask()
    request = newest(database)
    places = len(request.spans or [])
    assert places >= 2
    address = f"/staff/time/appeals/{request.id}"
    sent = {**GRANT, "some": "1"}
    assert staff().post(address, data=sent).status_code == 422, "nothing is ticked"
    assert staff().post(address, data={**sent, "stretch": [str(places - 1)]}).status_code == 302
    begin, end = (request.spans or [])[-1]
    assert newest(database).granted_ms == end - begin


@pytest.mark.parametrize(
    "sent",
    [
        {},
        {"ruling": "granted"},
        {"ruling": "declined", "reason": " "},
        {"ruling": "perhaps", "reason": "x"},
        {"ruling": "declined", "reason": "长" * 501},
    ],
)
def test_a_decision_needs_its_reason(
    case: Case, database: Database, staff: Staff, sent: dict[str, str]
) -> None:
    case.ask()
    request_id = newest(database).id
    assert staff().post(f"/staff/time/appeals/{request_id}", data=sent).status_code == 422
    assert newest(database).ruling is None


def test_other_counties_learn_nothing_and_supervisors_only_read(
    case: Case, database: Database, staff: Staff, flag: int
) -> None:
    case.ask()
    request_id = newest(database).id
    foreign = staff("毛国平", county_code=NEIGHBOUR)
    reader = staff("郑文英", role=Role.SUPERVISOR)
    finding = {"ruling": "not_study", "reason": "x"}
    for address in (f"/staff/time/appeals/{request_id}", f"/staff/flags/{flag}"):
        assert foreign.get(address).status_code == 404
        assert foreign.post(address, data=GRANT | finding).status_code in {404, 422}
        shown = reader.get(address)
        assert shown.status_code == 200
        assert "<form" not in shown.text
        assert reader.post(address, data=GRANT).status_code == 403
        assert case.browser.get(address).status_code == 403
    assert foreign.post(f"/staff/flags/{flag}", data=finding).status_code == 404
    assert foreign.post(f"/staff/time/appeals/{request_id}", data=GRANT).status_code == 404
    for address in ("/staff/time", "/staff/flags", "/staff/time/outages"):
        assert "林秀芳" not in foreign.get(address).text
        assert reader.get(address).status_code == 200
        assert case.browser.get(address).status_code == 403
    assert reader.post("/staff/time/outages", data=outage()).status_code == 403
    assert newest(database).ruling is None


def test_who_did_not_prove_it_is_them_is_asked_to_first(
    case: Case, database: Database, staff: Staff
) -> None:
    case.ask()
    address = f"/staff/time/appeals/{newest(database).id}"
    stale = staff(confirmed=timedelta(minutes=11))
    assert "确认是我本人" in stale.get(address).text
    assert "/confirm" in stale.post(address, data=GRANT).location
    assert "/confirm" in stale.post("/staff/time/outages", data=outage()).location
    assert newest(database).ruling is None


def test_the_queue_is_oldest_first_and_goes_on_by_cursor(
    case: Case, database: Database, staff: Staff
) -> None:
    material = case.course.materials["A01/video"].id
    with database.transaction() as session:
        for number in range(35):
            person = make_person(session, name=f"学员{number:02d}")
            request = TimeRequest(
                aim="appeal",
                person_id=person.id,
                material_id=material,
                spans=[[0, 10_000]],
                words="断网",
                asked_by_id=person.id,
                asked_at=utc_now(),
            )
            session.add(request)
            session.flush()
    browser = staff()
    first = browser.get("/staff/time").text
    assert first.index("学员00") < first.index("学员29")
    assert "学员30" not in first
    after = first.split("after=")[1].split('"')[0]
    second = browser.get(f"/staff/time?after={after}").text
    assert ("学员29" in second, "学员30" in second, "学员34" in second) == (False, True, True)
    assert browser.get("/staff/time?after=nonsense").status_code == 200


def test_an_outage_is_asked_for_by_one_and_approved_by_another(
    case: Case, database: Database, staff: Staff, run_jobs: Jobs
) -> None:
    first, second = staff("周敏"), staff("程晓红")
    assert first.post("/staff/time/outages", data=outage()).status_code == 302
    request_id = newest(database).id
    own = first.get("/staff/time/outages").text
    assert "要请另一位管理员来定" in own
    address = f"/staff/time/outages/{request_id}"
    assert first.post(address, data=GRANT).status_code == 403
    assert second.post(address, data={"ruling": "granted"}).status_code == 422
    assert second.post(address, data=GRANT).status_code == 302
    assert "正在补算" in first.get("/staff/time/outages").text
    run_jobs()
    shown = first.get("/staff/time/outages").text
    assert "正在补算" not in shown
    assert "0 人" in shown
    assert newest(database).granted_at is not None


@pytest.mark.parametrize(
    "changes",
    [
        {"from": "yesterday"},
        {"to": ""},
        {"from": "2026-01-02T10:00", "to": "2026-01-02T09:00"},
        {"from": "2026-01-02T10:00", "to": "2026-01-03T10:01"},
        {"to": "2999-01-01T00:00", "from": "2998-12-31T23:00"},
        {"words": ""},
    ],
)
def test_an_outage_that_does_not_fit_is_refused(
    staff: Staff, database: Database, changes: dict[str, str]
) -> None:
    assert staff().post("/staff/time/outages", data=outage(**changes)).status_code == 422
    with database.snapshot() as session:
        assert session.scalars(select(TimeRequest)).all() == []


def test_another_countys_outage_is_not_found(case: Case, staff: Staff, database: Database) -> None:
    sent = outage(county=NEIGHBOUR)
    assert staff().post("/staff/time/outages", data=sent).status_code == 404


def test_the_harmless_reasons_stand_before_what_was_measured(
    case: Case, staff: Staff, flag: int
) -> None:
    page = staff().get(f"/staff/flags/{flag}").text
    assert page.index("可能只是") < page.index("学员怎么说") < page.index("查到的事实")
    assert "网特别稳" in page
    assert "每隔约 15.0 秒" in page


def test_a_ruling_is_written_down_once_and_takes_no_second(
    case: Case, database: Database, staff: Staff, flag: int
) -> None:
    with database.snapshot() as session:
        before = session.scalars(select(MaterialProgress.credited_ms)).all()
    sent = {"ruling": "not_study", "reason": "本人说是程序放的。"}
    browser = staff()
    assert browser.post(f"/staff/flags/{flag}", data=sent).status_code == 302
    assert browser.post(f"/staff/flags/{flag}", data=sent).status_code == 409
    assert "本人说是程序放的。" in case.browser.get("/me/time").text
    assert "林秀芳" in browser.get("/staff/flags?state=ruled").text
    assert "林秀芳" not in browser.get("/staff/flags").text
    with database.snapshot() as session:
        assert session.scalars(select(MaterialProgress.credited_ms)).all() == before
        assert session.get_one(StudyFlag, flag).ruled_by_id is not None


def test_looking_changes_nothing(case: Case, database: Database, staff: Staff, flag: int) -> None:
    case.ask()
    request = newest(database)
    browser = staff()
    for address in (
        f"/staff/time/appeals/{request.id}?ruling=granted&reason=x",
        f"/staff/flags/{flag}?ruling=explained&reason=x",
        f"/me/time/appeals/{request.id}/withdrawal",
    ):
        assert browser.get(address).status_code in {200, 405}
    assert newest(database).ruling is None
    with database.snapshot() as session:
        assert session.get_one(StudyFlag, flag).ruling is None


def test_the_desks_pages_stay_within_their_statements(
    case: Case, database: Database, staff: Staff, flag: int
) -> None:
    case.ask()
    browser: Client = staff()
    browser.post("/staff/time/outages", data=outage())
    for address in (
        *("/staff/time", "/staff/time?state=ruled", "/staff/time/outages", "/staff/flags"),
        f"/staff/time/appeals/{newest(database).id - 1}",
        *("/staff/flags?state=ruled", f"/staff/flags/{flag}"),
    ):
        assert_cheap(browser, database, address)
