"""Where a claim is for the learner, who has it, and what changed since the learner looked."""

import pytest

from lms.subsidy.claim_words import ACTS, AGAINST, CAUSES, HOLDERS, SITUATIONS, STAGES, STEPS
from lms.subsidy.domain.claim_draft import ClaimStep, changes, seen
from lms.subsidy.domain.claim_states import Cause, ClaimAct, ClaimState, Money, Standing
from lms.subsidy.domain.claim_story import SILENT, Holder, Situation, Stage, story
from lms.subsidy.domain.results import ClauseResult, Verdict

RULES = ("qz-demo", "2.0")
BEFORE = seen(
    RULES,
    60_000,
    [
        {"id": "ONCE", "verdict": "pass"},
        {"id": "GROUP", "verdict": "unknown"},
        {"id": "PAYEE", "verdict": "pass"},
    ],
)


def result(kind: str, verdict: Verdict) -> ClauseResult:
    return ClauseResult(kind, verdict, "code")


def test_everything_a_learner_may_be_told_has_its_words():
    assert set(SITUATIONS) == set(Situation)
    assert set(HOLDERS) == set(Holder)
    assert set(STAGES) == set(Stage)
    assert set(STEPS) == set(ClaimStep)
    assert set(CAUSES) == set(Cause)
    assert set(ACTS) == set(ClaimAct) - SILENT
    assert set(ACTS) >= AGAINST


@pytest.mark.parametrize("state", ClaimState)
def test_whoever_has_it_has_something_to_do(state):
    found = story(Standing(state, 1))
    assert (found.holder is Holder.NOBODY) == (not found.ahead)


def test_a_doubt_is_the_bureaus_until_it_is_settled():
    paid = Standing(ClaimState.PAID, 1, amount_fen=5, paid_fen=5, is_doubted=True)
    assert story(paid).holder is Holder.BUREAU
    back = Standing(ClaimState.CLAWED_BACK, 1, amount_fen=5, paid_fen=5, is_doubted=True)
    assert story(back).holder is Holder.LEARNER
    assert story(back, recovered_fen=5).situation is Situation.PAID_BACK


def test_money_at_the_bank_is_the_banks_and_a_new_account_the_bureaus():
    sent = Standing(ClaimState.APPROVED, 1, money=Money.SENT)
    assert story(sent).holder is Holder.BANK
    returned = Standing(ClaimState.BANK_RETURNED, 1)
    assert story(returned).holder is Holder.LEARNER
    assert story(returned, has_new_account=True).holder is Holder.BUREAU


def test_what_became_better_or_is_asked_on_the_way_is_no_news():
    now = [
        result("ONCE", Verdict.PASS),
        result("GROUP", Verdict.PASS),
        result("PAYEE", Verdict.UNKNOWN),
    ]
    assert not changes(BEFORE, RULES, 60_000, now)


def test_another_sum_other_rules_and_what_speaks_against_it_now_are_news():
    now = [result("ONCE", Verdict.UNKNOWN), result("GROUP", Verdict.FAIL)]
    found = changes(BEFORE, ("qz-demo", "3.0"), 50_000, now)
    assert (found.rules, found.amount_before, found.worse) == (
        *(("qz-demo", "3.0"), 60_000),
        ["ONCE", "GROUP"],
    )
