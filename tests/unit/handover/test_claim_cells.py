"""The roster of a package says of each claim where it stands, in words a clerk uses."""

from datetime import date

from lms.handover.domain.claims import claim_cells
from lms.subsidy.domain.claim_states import ClaimState


def claim(state: str, **values) -> dict:
    own = {"number": "BT-26-07-0001", "amount_fen": 60_005, "paid_fen": 0, "second_by": None}
    return {**own, "state": state, "payments": [], "notices": [], **values}


def test_every_state_has_words_of_its_own() -> None:
    words = claim_cells([claim(each) for each in ClaimState])["claim_state"]
    assert len(set(words)) == len(ClaimState)
    passed = claim_cells([claim("in_review", second_by=7)])
    assert passed["claim_state"] == ["审核通过，等公示"]
    assert passed["claim_sum"] == ["600.05"]
    assert passed["bank_days"] == passed["notice"] == ["–"]


def test_the_banks_days_come_in_their_order() -> None:
    back = {"state": "returned", "paid_on": date(2026, 8, 3), "returned_on": date(2026, 8, 20)}
    paid = {"state": "paid", "paid_on": date(2026, 8, 10), "returned_on": None}
    found = claim_cells([claim("approved", payments=[back, paid])])["bank_days"]
    assert found == ["2026-08-10、2026-08-20 退回"]
