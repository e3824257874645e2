"""Following a claim: where it is, who has it, why, and what to do; taking it back; for programs."""

import json
from datetime import timedelta

import pytest
from flask import Flask

from lms.accounts.gateway import keys_of
from lms.core.access import Actor
from lms.core.clock import utc_now
from lms.db.session import Database, now
from lms.settings import Settings
from lms.subsidy import service
from lms.subsidy.domain.claim_states import ClaimAct
from lms.subsidy.domain.dated import FactKey
from lms.subsidy.gateway import shelf
from tests.factories.accounts import make_person, sign_in
from tests.factories.claims import (
    Claimant,
    claim_now,
    decision_of,
    make_claim,
    make_reviewer,
    move,
    steps_of,
)
from tests.factories.notices import make_listed
from tests.factories.subsidy import make_fact
from tests.functional.subsidy.learners import PAST, begin, fill_in, hand_in, words
from tests.support.site import Client
from tests.support.statements import assert_cheap


@pytest.fixture
def two(database: Database) -> tuple[Actor, Actor]:
    with database.transaction() as session:
        return make_reviewer(session, name="周敏"), make_reviewer(session, name="鲁晓东")


@pytest.fixture
def claim_id(database: Database, claimant: Claimant) -> int:
    with database.transaction() as session:
        return make_claim(session, claimant).id


def moved(database: Database, claim_id: int, *acts: tuple[ClaimAct, Actor | None, dict]) -> None:
    with database.transaction() as session:
        for act, by, more in acts:
            move(session, claim_id, act, by.person_id if by else None, **more)


def test_what_is_returned_says_what_to_add_and_is_handed_in_again(
    claiming: Client, database: Database, claim_id: int, two: tuple[Actor, Actor]
) -> None:
    moved(database, claim_id, (ClaimAct.RETURN, two[0], {"reason": "照片看不清，请重拍。"}))
    claim = f"/me/subsidy/claims/{claim_id}"
    page = words(claiming.get(claim).text)
    assert "要您补点材料" in page
    assert "人社局请您补 照片看不清，请重拍。" in page
    assert "现在在谁手里：您" in page
    assert "周敏" not in page
    # The old promise was for what was handed in then.
    assert "这次交的，要再签一次" in claiming.get(f"{claim}/hand-in").text
    assert claiming.post(f"{claim}/hand-in", data={"version": "2"}).status_code == 422
    fill_in(claiming, claim, "promise")
    hand_in(claiming, claim)
    assert claim_now(database, claim_id).state == "submitted"
    assert [each.act for each in steps_of(database, claim_id)] == ["submit", "return", "submit"]
    assert "您又交了一次" in claiming.get(claim).text


def test_each_place_is_told_with_who_has_it_and_what_comes_next(
    claiming: Client, database: Database, claim_id: int, two: tuple[Actor, Actor]
) -> None:
    first, second = two
    said = []
    for act, by, more in (
        (ClaimAct.FIRST_LOOK, first, {}),
        (ClaimAct.SECOND_LOOK, second, {}),
        (ClaimAct.PUBLICISE, first, {}),
        (ClaimAct.OBJECT, None, {"reason": "他是我邻居 13800000000"}),
        (ClaimAct.DISMISS, first, {"reason": "已向村委会核实。"}),
        (ClaimAct.APPROVE, first, {}),
        (ClaimAct.PLAN, first, {}),
        (ClaimAct.SEND, first, {}),
        (ClaimAct.BOUNCE, first, {"reason": "户名与账号不符"}),
    ):
        moved(database, claim_id, (act, by, more))
        page = words(claiming.get(f"/me/subsidy/claims/{claim_id}").text)
        said.append(page.partition(" 600 元")[0].rpartition(" 五级 ")[2])
    assert said == [
        *("初审通过，等复核", "审核通过，等公示", "正在公示", "有人提了意见，正在核实", "正在公示"),
        *("审定通过，等拨款", "审定通过，等拨款", "钱在路上", "银行退回来了"),
    ]
    assert "银行说的原因 户名与账号不符 换一个对的账户" in page
    assert "已向村委会核实" in page
    assert "邻居" not in page, "what an objector wrote is not the learner's to read"
    assert "拨款批次" not in page


def test_each_public_list_is_told_with_its_own_days(
    claiming: Client, database: Database, settings: Settings, claim_id: int, two: tuple[Actor, ...]
) -> None:
    passed = ((ClaimAct.FIRST_LOOK, two[0], {}), (ClaimAct.SECOND_LOOK, two[1], {}))
    moved(database, claim_id, *passed)
    keys, days = keys_of(settings), []
    with database.transaction() as session:
        for later in (0, 1):
            at = now(session) + later * timedelta(days=7)
            made = make_listed(session, two[0], keys, at=at)
            days.append(f"{made.first_day} 到 {made.last_day}")
            if not later:
                said = {"reason": "电话写错了。", "shelf": shelf(), "now": at}
                service.cancel(session, two[0], made.number, **said)
    page = words(claiming.get(f"/me/subsidy/claims/{claim_id}").text)
    assert days[0] != days[1]
    assert [page.count(each) for each in days] == [1, 1]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_money_to_be_paid_back_names_sum_reason_and_whom_to_call(
    claiming: Client, database: Database, claim_id: int, two: tuple[Actor, Actor], lang: str
) -> None:
    first, second = two
    moved(
        database,
        claim_id,
        (ClaimAct.FIRST_LOOK, first, {}),
        (ClaimAct.SECOND_LOOK, second, {}),
        (ClaimAct.PUBLICISE, first, {}),
        (ClaimAct.APPROVE, first, {}),
        (ClaimAct.PLAN, first, {}),
        (ClaimAct.SEND, first, {}),
        (ClaimAct.PAY, first, {"fen": 60_000}),
        (ClaimAct.DOUBT, None, {"about": {"causes": ["badge_revoked"]}}),
    )
    address = f"/me/subsidy/claims/{claim_id}?lang={lang}"
    doubted = words(claiming.get(address).text)
    assert ("徽章被撤销了" if lang == "zh" else "The badge was revoked") in doubted
    moved(database, claim_id, (ClaimAct.CLAW_BACK, first, {"reason": "培训期间在编。"}))
    page = words(claiming.get(address).text)
    assert ("要退 600 元 培训期间在编。" if lang == "zh" else "To be paid back: 600 yuan") in page
    assert ("先打 12333" if lang == "zh" else "Call 12333 first") in page
    assert claiming.get(f"/me/subsidy/claims/{claim_id}/withdraw").status_code == 302


def test_taking_back_says_what_it_means_and_leaves_the_thing_free(
    claiming: Client, claimant: Claimant, database: Database, claim_id: int
) -> None:
    claim = f"/me/subsidy/claims/{claim_id}"
    asked = words(claiming.get(f"{claim}/withdraw").text)
    assert "这份申请就结束了，不发钱。" in asked
    assert claiming.post(f"{claim}/withdraw", data={"version": "0"}).location == claim
    assert claim_now(database, claim_id).state == "submitted", "a stale page does nothing"
    claiming.post(f"{claim}/withdraw", data={"version": "1"})
    assert claim_now(database, claim_id).state == "withdrawn"
    assert "您撤回了这份申请" in claiming.get(claim).text
    page = words(claiming.get("/me/subsidy").text)
    assert "您的补贴申请" in page
    assert begin(claiming, claimant) != claim


def test_programs_begin_a_claim_once_and_list_it(
    claiming: Client, claimant: Claimant, database: Database
) -> None:
    address = "/api/v1/me/subsidy-claims"
    items = claiming.get("/api/v1/me/eligibility").json["items"]
    assert [each["decision"] for each in items] == [None, None]
    with database.transaction() as session:
        decision = decision_of(session, claimant)
    first = claiming.get("/api/v1/me/eligibility").json["items"][0]
    assert first["decision"] == decision
    made = claiming.post(address, json={"decision": decision})
    assert made.status_code == 201
    claim = made.json
    assert {key: claim[key] for key in ("number", "state", "version", "amount_fen", "holder")} == {
        "number": None,
        "state": "draft",
        "version": 0,
        "amount_fen": 60_000,
        "holder": "learner",
    }
    assert claim["urls"]["page"] == f"/me/subsidy/claims/{claim['id']}" == made.location
    again = claiming.post(address, json={"decision": decision})
    assert (again.status_code, again.json["code"]) == (409, "claim_exists")
    assert claiming.get(address).json["items"] == [claim]


@pytest.mark.parametrize(
    "body", [None, [], {}, {"decision": "1"}, {"decision": True}, {"decision": 2**70}]
)
def test_a_call_without_a_decision_is_malformed(claiming: Client, body: object) -> None:
    answer = claiming.post("/api/v1/me/subsidy-claims", json=body)
    assert (answer.status_code, answer.mimetype) == (422, "application/problem+json")
    assert "decision" in answer.json["fields"]


def test_a_program_is_told_of_what_changed_and_of_what_is_not_its_own(
    app: Flask, claiming: Client, claimant: Claimant, database: Database
) -> None:
    with database.transaction() as session:
        decision = decision_of(session, claimant)
        stranger = make_person(session)
        make_fact(session, claimant.person, FactKey.PAST_SUBSIDIES, [PAST])
    other: Client = app.test_client()
    sign_in(other, stranger)
    address = "/api/v1/me/subsidy-claims"
    assert other.post(address, json={"decision": decision}).status_code == 404
    changed = claiming.post(address, json={"decision": decision})
    assert (changed.status_code, changed.json["code"]) == (409, "decision_changed")
    # It was decided again and kept, so the list names the new one.
    fresh = claiming.get("/api/v1/me/eligibility").json["items"][0]["decision"]
    assert fresh != decision
    refused = claiming.post(address, json={"decision": fresh})
    assert (refused.status_code, refused.json["code"]) == (409, "not_eligible")


def test_the_pages_ask_the_database_little(
    claiming: Client, claimant: Claimant, database: Database
) -> None:
    claim = begin(claiming, claimant)
    for name in ("conditions", "papers", "account", "promise", "hand-in"):
        assert_cheap(claiming, database, f"{claim}/{name}")
        if name != "hand-in":
            fill_in(claiming, claim, name)
    hand_in(claiming, claim)
    for address in (claim, f"{claim}/withdraw", "/me/subsidy", "/api/v1/me/subsidy-claims"):
        assert_cheap(claiming, database, address)


def test_claims_and_their_steps_are_in_the_copy_of_ones_own_data(
    client: Client, claimant: Claimant, claim_id: int
) -> None:
    sign_in(client, claimant.person, confirmed_at=utc_now())
    text = client.get("/me/data.json").text
    data = json.loads(text)
    assert [row["id"] for row in data["subsidy_claim"]] == [claim_id]
    assert [row["act"] for row in data["subsidy_claim_step"]] == ["submit"]
    assert "account_index" not in text
