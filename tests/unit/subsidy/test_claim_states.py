"""A claim as a machine of pure rules: whatever comes in whatever order, its promises hold."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.core.errors import Message
from lms.subsidy.domain.claim_rules import Again, Wish, act_for, refusal
from lms.subsidy.domain.claim_states import (
    MOVES,
    OVER,
    PAIRS,
    Cause,
    ClaimAct,
    ClaimState,
    Money,
    Standing,
    after,
    shares,
)
from lms.subsidy.domain.results import Outcome

LEARNER, FIRST, SECOND = 1, 2, 3
SUM = 60_000
GOOD = Again(Outcome.ELIGIBLE, SUM)
BEGUN = Standing(ClaimState.DRAFT, LEARNER, amount_fen=SUM)
WISHES = st.builds(
    Wish,
    act=st.sampled_from(ClaimAct),
    by_id=st.sampled_from((LEARNER, FIRST, SECOND, None)),
    reason=st.sampled_from((None, " ", "Because")),
    again=st.sampled_from(
        (None, GOOD, Again(Outcome.NEEDS_REVIEW, SUM), Again(Outcome.NOT_ELIGIBLE, SUM))
    ),
    causes=st.sampled_from(((), (Cause.BADGE_REVOKED,))),
    fen=st.sampled_from((0, 20_000, SUM)),
)


def walk(*steps: tuple[ClaimAct, int | None], start: Standing = BEGUN) -> Standing:
    """Take the steps, each of which has to be allowed."""
    claim = start
    for act, by_id in steps:
        fen = SUM if act is ClaimAct.PAY else 0
        wish = Wish(act, by_id, "Because", GOOD, fen=fen)
        assert refusal(claim, wish) is None, (claim, act)
        claim = after(claim, act, by_id=by_id, fen=fen)
    return claim


TO_LIST = (
    (ClaimAct.SUBMIT, LEARNER),
    (ClaimAct.FIRST_LOOK, FIRST),
    (ClaimAct.SECOND_LOOK, SECOND),
)
TO_BANK = (
    *TO_LIST,
    (ClaimAct.PUBLICISE, FIRST),
    (ClaimAct.APPROVE, SECOND),
    (ClaimAct.PLAN, FIRST),
    (ClaimAct.SEND, SECOND),
)


def onto_list(again: Again, *causes: Cause) -> Wish:
    return Wish(ClaimAct.PUBLICISE, FIRST, again=again, causes=causes)


PAID = walk(*TO_BANK, (ClaimAct.PAY, FIRST))
STARTS = st.sampled_from((BEGUN, walk(*TO_LIST), walk(*TO_LIST, (ClaimAct.PUBLICISE, 2)), PAID))


@given(STARTS, st.lists(WISHES, max_size=60))
def test_whatever_is_asked_in_whatever_order_nobody_is_paid_twice_or_by_one_person(start, wishes):
    claim, paid, returned = start, start.paid_fen, 0
    for wish in wishes:
        if refusal(claim, wish) is not None:
            continue
        before, claim = claim, after(claim, wish.act, by_id=wish.by_id, fen=wish.fen)
        assert (before.state, claim.state) in PAIRS
        assert before.state not in OVER or wish.act is ClaimAct.RECOVER
        paid += wish.fen if wish.act is ClaimAct.PAY else 0
        returned += wish.fen if wish.act is ClaimAct.BOUNCE else 0
        assert claim.paid_fen == paid - returned
        assert 0 <= claim.paid_fen <= claim.amount_fen
        if claim.state in (ClaimState.PUBLICISED, ClaimState.APPROVED, ClaimState.PAID):
            assert len({claim.person_id, claim.first_by, claim.second_by, None}) == 4
        assert (claim.state is ClaimState.PAID) <= (claim.paid_fen == claim.amount_fen)


def test_a_claim_goes_from_the_learner_by_two_people_over_the_list_to_the_bank():
    assert walk(*TO_BANK, (ClaimAct.PAY, FIRST)) == Standing(
        ClaimState.PAID, LEARNER, FIRST, SECOND, SUM, SUM
    )


@pytest.mark.parametrize(
    ("steps", "wish", "code"),
    [
        (TO_LIST[:1], Wish(ClaimAct.FIRST_LOOK, LEARNER, again=GOOD), "claim_own"),
        (TO_LIST[:2], Wish(ClaimAct.SECOND_LOOK, FIRST, again=GOOD), "claim_two_people"),
        (TO_LIST[:2], Wish(ClaimAct.PUBLICISE, SECOND, again=GOOD), "claim_one_look"),
        (TO_LIST[:2], Wish(ClaimAct.STEP_BACK, SECOND, "Oh"), "claim_step_of_another"),
        (TO_LIST[:1], Wish(ClaimAct.RETURN, FIRST, "  "), "reason_missing"),
        (TO_LIST[:1], Wish(ClaimAct.WITHDRAW, FIRST), "claim_not_yours"),
        (TO_LIST, Wish(ClaimAct.SECOND_LOOK, 9, again=GOOD), "claim_looked_twice"),
        (TO_BANK, Wish(ClaimAct.WITHDRAW, LEARNER), "claim_under_way"),
        (TO_BANK, Wish(ClaimAct.PLAN, FIRST, again=GOOD), "claim_under_way"),
        (TO_BANK, Wish(ClaimAct.PAY, FIRST, fen=SUM + 1), "claim_sum"),
        (TO_BANK[:-1], Wish(ClaimAct.PLAN, FIRST, again=GOOD), "claim_planned"),
        (TO_BANK[:-2], Wish(ClaimAct.SEND, FIRST, again=GOOD), "claim_not_planned"),
        (TO_BANK[:-2], Wish(ClaimAct.CLAW_BACK, FIRST, "Fraud"), "claim_nothing_paid"),
        (TO_LIST, onto_list(GOOD, Cause.REFUNDED), "claim_changed"),
        (TO_LIST, onto_list(replace(GOOD, amount_fen=1)), "claim_other_sum"),
        ((), Wish(ClaimAct.PAY, FIRST, fen=SUM), "claim_moved_on"),
    ],
)  # fmt: skip
def test_each_refusal_has_its_own_sentence(steps, wish, code):
    said = refusal(walk(*steps), wish)
    assert said is not None
    assert said.code == code
    assert str(said)


def test_what_is_not_met_any_more_is_named():
    again = Again(Outcome.NOT_ELIGIBLE, SUM, [Message("a", "Age"), Message("b", "Bank account")])
    said = refusal(walk(*TO_LIST[:1]), Wish(ClaimAct.FIRST_LOOK, FIRST, again=again))
    assert str(said) == "By what is known now, this is not met: Age and 1 more."


def test_only_what_was_looked_at_by_two_and_decided_may_still_be_open_at_the_first_look():
    still_open = Again(Outcome.NEEDS_REVIEW, SUM, unknown=[Message("c", "State skill certificate")])
    first = walk(*TO_LIST[:1])
    assert refusal(first, Wish(ClaimAct.FIRST_LOOK, FIRST, again=still_open)) is None
    said = refusal(walk(*TO_LIST[:2]), Wish(ClaimAct.SECOND_LOOK, SECOND, again=still_open))
    assert str(said) == "Somebody has to look at this first: State skill certificate."


def test_what_changes_begins_anew_before_the_money_and_calls_somebody_after_it():
    assert act_for(walk(*TO_LIST[:1])) is None
    assert act_for(walk(*TO_LIST)) is ClaimAct.REOPEN
    assert act_for(walk(*TO_BANK[:-1])) is ClaimAct.REOPEN
    assert act_for(walk(*TO_BANK)) is ClaimAct.DOUBT
    assert act_for(PAID) is ClaimAct.DOUBT
    assert act_for(walk((ClaimAct.DOUBT, None), start=PAID)) is None
    assert act_for(walk((ClaimAct.CLAW_BACK, FIRST), start=PAID)) is None


def test_what_begins_anew_has_nobody_who_looked_and_no_money_under_way():
    anew = walk(*TO_BANK[:-1], (ClaimAct.REOPEN, None))
    assert anew == Standing(ClaimState.SUBMITTED, LEARNER, amount_fen=SUM)
    assert anew.money is Money.NONE


@given(st.integers(1, 10**9), st.integers(1, 24))
def test_instalments_are_even_and_come_to_the_whole(fen, count):
    if count > fen:
        with pytest.raises(ValueError, match=str(count)):
            shares(fen, count)
        return
    found = shares(fen, count)
    assert sum(found) == fen
    assert max(found) - min(found) <= 1
    assert list(found) == sorted(found, reverse=True)


def test_every_act_leads_somewhere():
    assert set(MOVES) == set(ClaimAct)
    assert {to for _, to in PAIRS} | {ClaimState.DRAFT} == set(ClaimState)
