"""What an order costs and where it stands, whatever becomes known in whatever order."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.payments.domain.orders import (
    DisputeState,
    Ending,
    Known,
    OrderState,
    RefundState,
    holds_seat,
    order_state,
    price,
    returned_fen,
)

FEN = st.integers(min_value=0, max_value=10_000_000)


@given(FEN, FEN, FEN, FEN)
def test_what_is_taken_off_and_what_is_left_make_the_price_to_the_fen(
    listed: int, coupon: int, share: int, voucher: int
) -> None:
    cost = price(listed, coupon_fen=coupon, share_fen=share, voucher_fen=voucher)
    assert cost.coupon_fen + cost.voucher_fen + cost.subsidy_fen + cost.due_fen == listed
    assert min(cost.coupon_fen, cost.voucher_fen, cost.subsidy_fen, cost.due_fen) >= 0
    assert cost.coupon_fen <= coupon
    assert cost.subsidy_fen <= share
    assert cost.voucher_fen <= voucher
    assert cost.due_fen == max(0, listed - coupon - share - voucher)


def test_a_coupon_goes_first_then_the_county_then_a_voucher() -> None:
    cost = price(2_900, coupon_fen=1_000, share_fen=1_500, voucher_fen=5_000)
    assert (cost.coupon_fen, cost.subsidy_fen, cost.voucher_fen) == (1_000, 1_500, 400)
    assert cost.due_fen == 0


@pytest.mark.parametrize(
    ("known", "state"),
    [
        (Known(), OrderState.OPEN),
        (Known(ending=Ending.EXPIRED), OrderState.EXPIRED),
        (Known(ending=Ending.CANCELLED), OrderState.CANCELLED),
        (Known(ending=Ending.FAILED), OrderState.CANCELLED),
        (Known(is_waived=True), OrderState.PAID),
        (Known(is_waived=True, is_undone=True), OrderState.REFUNDED),
        (Known(paid_fen=2_900), OrderState.PAID),
        # Who pays in the last second has paid.
        (Known(paid_fen=2_900, ending=Ending.EXPIRED), OrderState.PAID),
        (Known(paid_fen=2_900, ending=Ending.FAILED), OrderState.PAID),
        (Known(paid_fen=2_900, returned_fen=1), OrderState.PART_REFUNDED),
        (Known(paid_fen=2_900, returned_fen=2_899), OrderState.PART_REFUNDED),
        (Known(paid_fen=2_900, returned_fen=2_900), OrderState.REFUNDED),
        # A refund and a lost dispute: more went back than came in.
        (Known(paid_fen=2_900, returned_fen=5_800), OrderState.REFUNDED),
        (Known(paid_fen=2_900, has_open_dispute=True), OrderState.DISPUTED),
        (Known(paid_fen=2_900, returned_fen=900, has_open_dispute=True), OrderState.DISPUTED),
    ],
)
def test_where_an_order_stands(known: Known, state: OrderState) -> None:
    assert order_state(known) is state


def test_only_refunds_that_arrived_and_disputes_that_were_lost_count_as_returned() -> None:
    refunds = [(100, state.value) for state in RefundState]
    disputes = [(1_000, state.value) for state in DisputeState]
    assert returned_fen(refunds, disputes) == 1_100
    assert returned_fen([], []) == 0


def test_a_seat_is_held_until_all_of_the_money_went_back() -> None:
    held = [Known(paid_fen=10), Known(paid_fen=10, returned_fen=9), Known(is_waived=True)]
    held.append(Known(paid_fen=10, has_open_dispute=True))
    assert all(holds_seat(each) for each in held)
    gone = [Known(), Known(paid_fen=10, returned_fen=10)]
    gone.append(Known(is_waived=True, is_undone=True))
    gone.append(Known(paid_fen=10, returned_fen=10, has_open_dispute=True))
    assert not any(holds_seat(each) for each in gone)
