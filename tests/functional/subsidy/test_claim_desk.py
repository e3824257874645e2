"""The review desk: two people look, each act is said and done, nothing typed is lost."""

import re

import pytest
from flask import Flask
from sqlalchemy import select

from lms.accounts.gateway import keys_of
from lms.catalog.models import Course
from lms.core.access import Role, Scope, ScopeKind
from lms.core.clock import utc_now
from lms.db.session import Database
from lms.enrollment.models import Enrollment
from lms.settings import Settings
from lms.subsidy.domain.claim_states import ClaimAct
from lms.subsidy.domain.dated import FactKey
from tests.factories.accounts import COUNTY, make_grant, sign_in
from tests.factories.claims import steps_of
from tests.factories.subsidy import make_fact
from tests.factories.vouchers import make_paid_with_voucher
from tests.functional.subsidy.claim_desks import ReviewDesk
from tests.integration.subsidy.test_claiming import PAST
from tests.support.site import Client
from tests.support.statements import assert_cheap

TYPED = "请补一张证书照片"


@pytest.fixture
def desk(app: Flask, database: Database, settings: Settings) -> ReviewDesk:
    return ReviewDesk(app, database, keys_of(settings))


def test_two_people_pass_a_claim_and_the_page_says_by_whom(desk: ReviewDesk) -> None:
    claim_id, _ = desk.claimed()
    (first, first_id), (second, second_id) = desk.browser(), desk.browser(name="鲁晓东")
    place = f"/staff/claims/{claim_id}"
    assert "林秀芳" in first.get("/staff/claims").text
    assert first.post(place, data=desk.said(claim_id, "pass")).status_code == 303
    again = first.post(place, data=desk.said(claim_id, "pass", reason=TYPED))
    assert again.status_code == 409
    assert "初审是您做的" in again.text
    assert TYPED in again.text
    assert second.post(place, data=desk.said(claim_id, "pass")).status_code == 303
    assert desk.standing(claim_id) == ("in_review", first_id, second_id)
    page = second.get(place).text
    for said in ("周敏", "鲁晓东", "初审通过", "复核通过", "600 元", "qz-demo 3.0"):
        assert said in page


def test_each_condition_stands_beside_what_it_rests_on(desk: ReviewDesk) -> None:
    claim_id, own = desk.claimed()
    page = desk.browser()[0].get(f"/staff/claims/{claim_id}").text
    rows = re.findall(r'<th scope="row">(.*?)</th><td class="all">(.*?)</td>', page)
    assert ("账户是本人的", "账户是本人的。") in rows
    assert f"****{own.id:04d}" in page
    assert "没有别的申请" in page
    assert f"/supervision/learners/{own.id}" in page
    assert "6228480402564" not in page


def test_what_is_returned_rejected_or_taken_back_has_a_reason(
    desk: ReviewDesk, database: Database
) -> None:
    client, person_id = desk.browser()
    for opinion, state in (("return", "returned"), ("reject", "rejected")):
        claim_id, _ = desk.claimed()
        place = f"/staff/claims/{claim_id}"
        assert client.post(place, data=desk.said(claim_id, opinion)).status_code == 409
        assert desk.standing(claim_id)[0] == "submitted"
        form = desk.said(claim_id, opinion, reason=TYPED)
        assert client.post(place, data=form).status_code == 303
        assert desk.standing(claim_id)[0] == state
        assert steps_of(database, claim_id)[-1].reason == TYPED
        assert TYPED in client.get(place).text
    claim_id, _ = desk.claimed()
    desk.moved(claim_id, ClaimAct.FIRST_LOOK, person_id)
    form = desk.said(claim_id, "step_back", reason="看错了")
    assert "step_back" not in desk.browser()[0].get(f"/staff/claims/{claim_id}").text
    assert desk.browser()[0].post(f"/staff/claims/{claim_id}", data=form).status_code == 409
    assert client.post(f"/staff/claims/{claim_id}", data=form).status_code == 303
    assert desk.standing(claim_id) == ("submitted", None, None)


def test_a_page_that_is_stale_does_nothing_and_keeps_what_was_typed(desk: ReviewDesk) -> None:
    claim_id, _ = desk.claimed()
    client, place = desk.browser()[0], f"/staff/claims/{claim_id}"
    old = desk.said(claim_id, "return", reason=TYPED)
    desk.moved(claim_id, ClaimAct.FIRST_LOOK, desk.browser()[1])
    answer = client.post(place, data=old)
    assert answer.status_code == 409
    assert "刚才别人动过了" in answer.text
    assert f">{TYPED}</textarea>" in answer.text
    assert 'value="return" checked' in answer.text
    assert desk.standing(claim_id)[0] == "in_review"


def test_a_condition_that_is_not_met_any_more_is_named(
    desk: ReviewDesk, database: Database
) -> None:
    claim_id, own = desk.claimed()
    with database.transaction() as session:
        make_fact(session, own, FactKey.PAST_SUBSIDIES, [PAST])
    client, place = desk.browser()[0], f"/staff/claims/{claim_id}"
    answer = client.post(place, data=desk.said(claim_id, "pass", reason=TYPED))
    assert answer.status_code == 409
    assert "这一项不符合" in answer.text
    assert "交上来时" in answer.text
    assert TYPED in answer.text


def test_whose_money_paid_for_the_course_stands_beside(
    desk: ReviewDesk, database: Database
) -> None:
    claim_id, own = desk.claimed()
    client, _ = desk.browser()
    assert "课程费用怎么付的" not in client.get(f"/staff/claims/{claim_id}").text
    with database.transaction() as session:
        enrollment = session.scalars(
            select(Enrollment).where(Enrollment.person_id == own.id)
        ).first()
        programme_id = session.get_one(Course, enrollment.course_id).programme_id
        code = make_paid_with_voucher(session, enrollment, programme_id=programme_id)
    page = client.get(f"/staff/claims/{claim_id}").text
    assert "课程费用怎么付的" in page
    assert "学员自己付了 19 元" in page
    assert code in page


def test_what_was_noticed_is_looked_at_before_a_claim_is_passed(desk: ReviewDesk) -> None:
    claim_id, own = desk.claimed()
    client, person_id = desk.browser()
    flag = desk.noticed(own.id, ruled_by=person_id)
    place = f"/staff/claims/{claim_id}"
    page = client.get(place).text
    for said in ("我看过疑点记录", "我上夜班", "厂里排了夜班", f"/staff/flags/{flag}"):
        assert said in page
    answer = client.post(place, data=desk.said(claim_id, "pass", reason=TYPED))
    assert answer.status_code == 422
    assert TYPED in answer.text
    assert desk.standing(claim_id)[0] == "submitted"
    form = desk.said(claim_id, "pass", looked="on")
    assert client.post(place, data=form).status_code == 303
    assert desk.standing(claim_id)[0] == "in_review"


def test_an_open_suspicion_keeps_the_second_look_and_leads_to_who_decides(
    desk: ReviewDesk,
) -> None:
    claim_id, own = desk.claimed()
    flag = desk.noticed(own.id)
    place = f"/staff/claims/{claim_id}"
    first, second = desk.browser()[0], desk.browser(name="鲁晓东")[0]
    assert "有疑点" in first.get("/staff/claims").text
    first.post(place, data=desk.said(claim_id, "pass", looked="on"))
    answer = second.post(place, data=desk.said(claim_id, "pass", looked="on"))
    assert answer.status_code == 409
    assert f"/staff/flags/{flag}" in answer.text
    assert desk.standing(claim_id)[2] is None


def test_nobody_decides_about_their_own_claim(desk: ReviewDesk, database: Database) -> None:
    claim_id, own = desk.claimed()
    with database.transaction() as session:
        make_grant(session, own, Role.ADMINISTRATOR, Scope(ScopeKind.COUNTY, COUNTY))
    client: Client = desk.app.test_client()
    sign_in(client, own, confirmed_at=utc_now(), second_factor_at=utc_now())
    page = client.get(f"/staff/claims/{claim_id}").text
    assert "自己的申请不能自己审" in page
    assert 'name="opinion"' not in page
    form = desk.said(claim_id, "pass")
    assert client.post(f"/staff/claims/{claim_id}", data=form).status_code == 409
    assert desk.standing(claim_id)[0] == "submitted"


def test_another_county_finds_nothing_and_supervisors_only_read(desk: ReviewDesk) -> None:
    claim_id, own = desk.claimed()
    stranger = desk.browser(county="330881")[0]
    reader = desk.browser(role=Role.SUPERVISOR)[0]
    learner: Client = desk.app.test_client()
    sign_in(learner, own)
    form, ticked = desk.said(claim_id, "pass"), f"{claim_id}-1"
    for client, read, written in ((stranger, 404, 404), (reader, 200, 403), (learner, 403, 403)):
        assert client.get(f"/staff/claims/{claim_id}").status_code == read
        assert client.post(f"/staff/claims/{claim_id}", data=form).status_code == written
        batch = {"opinion": "pass", "claim": ticked}
        assert client.get("/staff/claims/batch", query_string=batch).status_code == written
        assert client.post("/staff/claims/batch", data=batch).status_code == written
    assert "林秀芳" not in stranger.get("/staff/claims").text
    page = reader.get("/staff/claims").text
    assert "林秀芳" in page
    assert 'type="checkbox"' not in page
    assert 'name="opinion"' not in reader.get(f"/staff/claims/{claim_id}").text
    assert desk.standing(claim_id)[0] == "submitted"


def test_a_doubt_is_settled_with_a_reason(desk: ReviewDesk, database: Database) -> None:
    claim_id, _ = desk.claimed()
    for act in (ClaimAct.FIRST_LOOK, ClaimAct.SECOND_LOOK, ClaimAct.PUBLICISE, ClaimAct.APPROVE):
        desk.moved(claim_id, act, desk.browser()[1])
    desk.moved(claim_id, ClaimAct.PLAN, desk.browser()[1])
    desk.moved(claim_id, ClaimAct.DOUBT, None)
    client, place = desk.browser()[0], f"/staff/claims/{claim_id}"
    assert f"/staff/claims/{claim_id}" in client.get("/staff/claims?stage=changed").text
    assert "情况有变" in client.get(place).text
    form = desk.said(claim_id, "clear", reason="退款是另一门课的")
    assert client.post(place, data=form).status_code == 303
    last = steps_of(database, claim_id)[-1]
    assert (last.act, last.reason) == ("clear", "退款是另一门课的")


def test_the_log_and_the_pages_of_the_person_lead_to_the_claim(desk: ReviewDesk) -> None:
    claim_id, own = desk.claimed()
    client = desk.browser()[0]
    client.post(f"/staff/claims/{claim_id}", data=desk.said(claim_id, "pass"))
    log = client.get("/supervision/audit").text
    assert f'<a href="/staff/claims/{claim_id}">第 {claim_id} 号补贴申请</a>' in log
    assert "初审通过了" in log
    for address in (f"/staff/people/{own.id}", f"/supervision/learners/{own.id}"):
        assert f"/staff/claims?person={own.id}" in client.get(address).text
    assert "林秀芳" in client.get(f"/staff/claims?person={own.id}").text


def test_the_desk_asks_little(desk: ReviewDesk, database: Database) -> None:
    claim_id, own = desk.claimed()
    desk.noticed(own.id)
    client = desk.browser()[0]
    for address in (
        "/staff/claims",
        "/staff/claims?stage=changed&q=秀&programme=anchor-l5",
        f"/staff/claims?person={own.id}",
        f"/staff/claims/{claim_id}?stage=first&q=BT",
    ):
        assert_cheap(client, database, address)
