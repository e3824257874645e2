"""What may be said to a claim where it stands, and what counts as a change since it came."""

import pytest

from lms.subsidy.domain.claim_desk import Opinion, act_of, changes, offers
from lms.subsidy.domain.claim_states import ClaimAct, ClaimState, Standing
from lms.subsidy.domain.results import ClauseResult, Verdict

LEARNER, FIRST, SECOND = 1, 2, 3


def standing(state: str, **more: object) -> Standing:
    return Standing(ClaimState(state), LEARNER, **{"amount_fen": 60_000, **more})


@pytest.mark.parametrize(
    ("claim", "by", "free"),
    [
        (standing("submitted"), FIRST, "pass return reject"),
        (standing("submitted"), LEARNER, ""),
        (standing("in_review", first_by=FIRST), FIRST, "return reject step_back"),
        (standing("in_review", first_by=FIRST), SECOND, "pass return reject"),
        (standing("in_review", first_by=FIRST, second_by=SECOND), FIRST, "return reject"),
        (
            standing("in_review", first_by=FIRST, second_by=SECOND),
            SECOND,
            "return reject step_back",
        ),
        (standing("approved", is_doubted=True), FIRST, "clear"),
        (standing("approved"), FIRST, ""),
        (standing("objected"), FIRST, ""),
        (standing("returned"), FIRST, ""),
    ],
)
def test_whoever_comes_is_offered_what_the_rules_let_them_do(
    claim: Standing, by: int, free: str
) -> None:
    found = offers(claim, by_id=by)
    assert " ".join(name for name, why in found.items() if why is None) == free


def test_what_keeps_somebody_is_said_beside_the_rest() -> None:
    found = offers(standing("in_review", first_by=FIRST), by_id=FIRST)
    assert found[Opinion.PASS] is not None
    assert found[Opinion.PASS].code == "claim_two_people"


def test_passing_is_the_first_look_and_then_the_second() -> None:
    assert act_of(Opinion.PASS, standing("submitted")) is ClaimAct.FIRST_LOOK
    assert act_of(Opinion.PASS, standing("in_review")) is ClaimAct.SECOND_LOOK
    assert act_of(Opinion.RETURN, standing("in_review")) is ClaimAct.RETURN


def test_another_finding_is_a_change_and_another_number_is_none() -> None:
    def found(name: str, code: str, **params: int) -> ClauseResult:
        return ClauseResult(name, Verdict.PASS, code, params)

    then = [found("HOURS", "enough", hours=24), found("ONCE", "first"), found("AGE", "fits")]
    now = [found("HOURS", "enough", hours=25), found("ONCE", "paid"), found("CERT", "valid")]
    said = [
        (each.before and each.before.code, each.now and each.now.code)
        for each in changes(then, now)
    ]
    assert said == [("first", "paid"), ("fits", None), (None, "valid")]
