"""The learner fills a claim in, step by step, and hands it in once."""

import re
from dataclasses import replace

import pytest
from flask import Flask

from lms.db.session import Database
from lms.settings import Settings
from lms.subsidy.domain.dated import FactKey
from lms.subsidy.models import Promise
from tests.factories.accounts import make_person, sign_in
from tests.factories.claims import Claimant, claim_now, make_rules, steps_of
from tests.factories.subsidy import make_fact, make_subsidised
from tests.functional.subsidy.learners import PAST, begin, fill_in, filled, words
from tests.support.site import Client

TYPED = {"bank": "浙江农商银行（常山）", "number": "6228 4804 0256 4000 012"}


def test_five_steps_lead_to_a_claim_that_waits_for_the_first_look(
    claiming: Client, claimant: Claimant, database: Database
) -> None:
    assert "申请补贴" in claiming.get("/me/subsidy").text
    claim = begin(claiming, claimant)
    assert "条件都满足吗" in claiming.get(f"{claim}/conditions").text
    # Nothing is skipped, and days later one goes on where one left.
    assert claiming.get(f"{claim}/hand-in").location == f"{claim}/conditions"
    fill_in(claiming, claim, "conditions", "papers")
    assert claiming.get(claim).location == f"{claim}/account"
    assert "接着申请" in claiming.get("/me/subsidy").text
    fill_in(claiming, claim, "account")
    assert claiming.post(f"{claim}/promise").status_code == 422
    fill_in(claiming, claim, "promise")
    page = words(claiming.get(f"{claim}/hand-in").text)
    for said in ("600 元", "浙江农商银行（常山）", "规则第 3.0 版", "签的", "公示 5 个工作日"):
        assert said in page
    sent = filled(claiming.get(f"{claim}/hand-in").text)
    assert claiming.post(f"{claim}/hand-in", data=sent).location == claim
    # The second tap lands where the first did.
    assert claiming.post(f"{claim}/hand-in", data=sent).location == claim
    own = claim_now(database, int(claim.rpartition("/")[2]))
    assert (own.state, own.amount_fen, own.version) == ("submitted", 60_000, 1)
    assert [each.act for each in steps_of(database, own.id)] == ["submit"]
    followed = words(claiming.get(claim).text)
    assert own.number
    for said in ("等初审", "常山县人社局", own.number, "尾号", "打 12333"):
        assert said in followed


def test_the_promise_is_kept_when_it_is_given_and_is_none_before_the_questions(
    claiming: Client, claimant: Claimant, database: Database
) -> None:
    claiming.post("/me/facts/promise")
    claim = begin(claiming, claimant)
    fill_in(claiming, claim, "conditions", "papers", "account", "promise", "promise")
    with database.snapshot() as session:
        _, kept = session.query(Promise).order_by(Promise.id).all()
    own = claim_now(database, int(claim.rpartition("/")[2]))
    assert (kept.text_version, kept.address) == ("claim-1", "127.0.0.0/24")
    assert own.promise_id == kept.id
    assert claiming.get("/me/facts/group").status_code == 200, "nobody has to promise that again"


def test_a_second_tap_on_the_first_button_leads_to_the_claim_there_is(
    claiming: Client, claimant: Claimant
) -> None:
    claim = begin(claiming, claimant)
    again = claiming.post("/me/subsidy/claims", data={"programme": claimant.programme_id})
    assert again.location == claim


def test_the_account_is_asked_with_every_fault_beside_its_field(
    app: Flask, database: Database
) -> None:
    with database.transaction() as session:
        make_rules(session)
        study = make_subsidised(session)
    own: Client = app.test_client()
    sign_in(own, study.person)
    claim = begin(own, Claimant(study.person, None, study))
    assert "本人实名" in own.get(f"{claim}/conditions").text
    fill_in(own, claim, "conditions", "papers")
    short = own.post(f"{claim}/account", data={**TYPED, "number": "6228 5801 9900 123"})
    assert short.status_code == 422
    said = words(short.text)
    assert "有 3 处要改 前面填的都存好了" in said
    assert "填了 15 位" in said
    assert "6228 5801 9900 123" in short.text, "what was typed is still there"
    ticked = {**TYPED, "sensitive": "1", "handover": "1", "sure": "1", "holder": "别人"}
    assert own.post(f"{claim}/account", data=ticked).location == f"{claim}/promise"
    assert "林秀芳 （只能发给本人） 您的账户" in words(own.get(f"{claim}/account").text)
    fill_in(own, claim, "promise")
    # What only the learner can do keeps it; what the office looks at does not.
    shown = own.get(f"{claim}/hand-in")
    assert "还差这些才能交 本人实名" in words(shown.text)
    refused = own.post(f"{claim}/hand-in", data=filled(shown.text))
    assert refused.status_code == 409
    assert "请先回答这一条：本人实名" in words(refused.text)


def test_what_changed_meanwhile_is_said_and_nothing_is_lost(
    claiming: Client, claimant: Claimant, database: Database
) -> None:
    claim = begin(claiming, claimant)
    fill_in(claiming, claim, "conditions", "papers", "account", "promise")
    page = claiming.get(f"{claim}/hand-in").text
    other = claiming.post(f"{claim}/hand-in", data=filled(page) | {"amount": "70000"})
    assert other.status_code == 409
    assert "金额变了" in other.text
    with database.transaction() as session:
        make_fact(session, claimant.person, FactKey.PAST_SUBSIDIES, [PAST])
    refused = claiming.post(f"{claim}/hand-in", data=filled(page))
    assert refused.status_code == 409
    said = words(claiming.get(f"{claim}/conditions").text)
    assert "您上次看过以后，情况有变。您填的都还在。 没有重复领过：" in said
    assert claiming.post(f"{claim}/conditions").status_code == 409
    own = claim_now(database, int(claim.rpartition("/")[2]))
    assert (own.state, own.draft_step) == ("draft", 5)


def test_who_does_not_meet_a_condition_is_told_which_and_begins_nothing(
    claiming: Client, claimant: Claimant, database: Database
) -> None:
    with database.transaction() as session:
        make_fact(session, claimant.person, FactKey.PAST_SUBSIDIES, [PAST])
    page = claiming.get("/me/subsidy").text
    assert 'action="/me/subsidy/claims"' not in page
    sent = claiming.post("/me/subsidy/claims", data={"programme": claimant.programme_id})
    assert sent.location == "/me/subsidy"
    assert "还有条件没满足" in claiming.get("/me/subsidy").text
    assert "您的补贴申请" not in claiming.get("/me/subsidy").text
    for odd in ({}, {"programme": "x"}, {"programme": "9" * 30}, {"programme": "999999"}):
        assert claiming.post("/me/subsidy/claims", data=odd).status_code == 404


def test_a_countys_own_site_takes_no_claims_by_rules_that_only_demonstrate(
    app: Flask, claiming: Client, claimant: Claimant, settings: Settings
) -> None:
    app.extensions["lms_settings"] = replace(settings, production=True)
    page = claiming.get("/me/subsidy").text
    assert "县里还没有确认这套规则" in page
    assert 'action="/me/subsidy/claims"' not in page
    sent = claiming.post("/me/subsidy/claims", data={"programme": claimant.programme_id})
    assert sent.location == "/me/subsidy"
    assert "县里还没有确认这套规则" in claiming.get("/me/subsidy").text


def test_a_stranger_finds_no_claim_of_somebody_else(
    app: Flask, claiming: Client, claimant: Claimant, database: Database
) -> None:
    claim = begin(claiming, claimant)
    with database.transaction() as session:
        person = make_person(session)
    stranger: Client = app.test_client()
    sign_in(stranger, person)
    for page in ("", "/withdraw", "/conditions", "/hand-in"):
        assert stranger.get(claim + page).status_code == 404
    for act in ("conditions", "papers", "account", "promise", "hand-in", "withdraw"):
        assert stranger.post(f"{claim}/{act}", data={"promise": "1"}).status_code == 404
    assert claim_now(database, int(claim.rpartition("/")[2])).draft_step == 1


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_step_speaks_one_language_and_says_whole_sentences(
    claiming: Client, claimant: Claimant, lang: str
) -> None:
    claim = begin(claiming, claimant)
    for name in ("conditions", "papers", "account", "promise", "hand-in"):
        page = claiming.get(f"{claim}/{name}?lang={lang}").text
        assert not re.search(r"%\(|%%", page)
        assert ("第" in words(page)) == (lang == "zh")
        assert ("Step " in words(page)) == (lang == "en")
        if name != "hand-in":
            fill_in(claiming, claim, name)
