"""Late time of a programme that has a person look at it: listed, granted or refused with reason."""

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import func, select

from lms.audit.models import AuditEntry
from lms.core.access import Role
from lms.db.session import Database
from lms.notify.models import SmsMessage
from lms.progress import queries
from lms.progress.models import TimeRequest
from tests.factories.roster import NEIGHBOUR
from tests.functional.progress.conftest import WORDS, Staff, newest
from tests.functional.progress.counties import Seat, counties, seat, usual
from tests.support.site import Client
from tests.support.statements import assert_cheap

__all__ = ["counties", "seat", "usual"]

LIST = "/staff/time/late"
REASON = "问过本人，那天村里停电。"


@pytest.fixture
def late(seat: Seat) -> Seat:
    """Five minutes reported at once: one counts, four wait."""
    seat.sit_down()
    seat.play(0, 300)
    return seat


def look(browser: Client, of: Seat) -> str:
    """Press the button of the list; return where it leads."""
    sent = {"person": of.person.id, "material": of.material_id}
    answer = browser.post(LIST, data=sent)
    assert answer.status_code == 302
    return str(answer.location)


def test_it_is_listed_with_who_where_how_long_when_and_why(late: Seat, staff: Staff) -> None:
    page = staff().get(LIST).text
    line = page.split("<tbody>")[1].split("</tbody>")[0]
    for words in ("林秀芳", "第 A01 课 · 看视频", "4 分 0 秒", "10:05", "记录来得太晚"):
        assert words in line
    assert f'href="/staff/learners/{late.person.id}"' in line


def test_a_person_grants_it_with_a_reason(late: Seat, staff: Staff, database: Database) -> None:
    browser = staff()
    address = look(browser, late)
    evidence = browser.get(address).text
    assert "没有网络时学的" in evidence
    assert "1:00–5:00" in evidence
    assert address in browser.get(LIST).text, "one that is open leads to itself"
    sent = {"ruling": "granted", "reason": REASON}
    assert browser.post(address, data=sent).status_code == 302
    shown = late.browser.get(f"/api/v1/items/{late.item_id}/progress").json
    assert (shown["verified_seconds"], shown["granted_seconds"]) == (300, 240)
    assert "林秀芳" not in browser.get(LIST).text
    assert REASON in late.browser.get("/me/time").text
    with database.snapshot() as session:
        acts = session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all()
        told = session.scalars(select(SmsMessage.template)).all()
    assert acts[-2:] == ["time.appeal_opened", "time.appeal_granted"]
    assert told == ["time_counted"]


def test_a_person_refuses_it_with_a_reason_and_it_waits_no_more(
    late: Seat, staff: Staff, database: Database
) -> None:
    browser = staff()
    address = look(browser, late)
    assert browser.post(address, data={"ruling": "declined"}).status_code == 422
    browser.post(address, data={"ruling": "declined", "reason": REASON})
    assert "林秀芳" not in browser.get(LIST).text
    assert (
        browser.post(
            LIST, data={"person": late.person.id, "material": late.material_id}
        ).status_code
        == 404
    )
    assert REASON in late.browser.get(late.page).text
    shown = late.browser.get(f"/api/v1/items/{late.item_id}/progress").json
    assert shown["verified_seconds"] == 60


def test_two_who_look_at_it_look_at_one_request(
    late: Seat, staff: Staff, database: Database
) -> None:
    assert look(staff("周敏"), late) == look(staff("程晓红"), late)
    with database.snapshot() as session:
        assert session.scalar(select(func.count()).select_from(TimeRequest)) == 1


def test_two_who_press_at_the_same_moment_make_one_request(
    late: Seat, staff: Staff, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = staff()
    look(browser, late)
    real = queries.waiting_of

    def as_it_was(*given: Any, **named: Any) -> queries.Waiting | None:
        found = real(*given, **named)
        return None if found is None else replace(found, request_id=None)

    monkeypatch.setattr(queries, "waiting_of", as_it_was)
    sent = {"person": late.person.id, "material": late.material_id}
    assert browser.post(LIST, data=sent).status_code == 409
    with database.snapshot() as session:
        assert session.scalar(select(func.count()).select_from(TimeRequest)) == 1


def test_what_the_learner_asked_for_is_what_is_ruled_on(
    late: Seat, staff: Staff, database: Database
) -> None:
    late.browser.post(f"/me/time/items/{late.item_id}/appeals", data={"words": WORDS})
    own = newest(database)
    assert look(staff(), late) == f"/staff/time/appeals/{own.id}"


def test_what_the_learner_takes_back_waits_still(
    late: Seat, staff: Staff, database: Database
) -> None:
    look(staff(), late)
    late.browser.post(f"/me/time/appeals/{newest(database).id}/withdrawal")
    assert "林秀芳" in staff().get(LIST).text


def test_what_is_studied_again_in_time_waits_no_more(late: Seat, staff: Staff) -> None:
    for begin in range(60, 300, 40):
        late.play(begin, begin + 40)
    assert "林秀芳" not in staff().get(LIST).text


def test_nobody_opens_a_request_out_of_reach(late: Seat, staff: Staff, database: Database) -> None:
    sent = {"person": late.person.id, "material": late.material_id}
    foreign = staff("毛国平", county_code=NEIGHBOUR)
    assert "林秀芳" not in foreign.get(LIST).text
    assert foreign.post(LIST, data=sent).status_code == 404
    reader = staff("郑文英", role=Role.SUPERVISOR)
    page = reader.get(LIST).text
    assert "林秀芳" in page
    assert f'name="person" value="{late.person.id}"' not in page
    assert reader.post(LIST, data=sent).status_code == 403
    assert late.browser.get(LIST).status_code == 403
    assert staff().post(LIST, data=sent, csrf=False).status_code == 400
    for odd in ({}, {"person": "x", "material": "1"}, {**sent, "material": 2**62}):
        assert staff().post(LIST, data=odd).status_code == 404
    with database.snapshot() as session:
        assert session.scalar(select(func.count()).select_from(TimeRequest)) == 0


def test_other_programmes_have_nothing_on_the_list(usual: Seat, staff: Staff) -> None:
    usual.sit_down()
    usual.play(0, 300)
    page = staff().get(LIST).text
    assert "林秀芳" not in page
    assert "没有人在等" in page


def test_the_list_goes_on_by_cursor_and_stays_cheap(
    late: Seat, staff: Staff, database: Database
) -> None:
    browser = staff()
    assert_cheap(browser, database, LIST)
    assert "林秀芳" not in browser.get(f"{LIST}?after={late.person.id}").text
    assert "林秀芳" in browser.get(f"{LIST}?after={late.person.id - 1}").text
