"""Where an order stands hangs on what became known of it, and not on when or how often."""

from collections.abc import Iterable

from hypothesis import given
from hypothesis import settings as examples

from lms.payments.domain.orders import (
    DISPUTE_RANK,
    REFUND_RANK,
    TAKEN,
    DisputeState,
    Ending,
    Known,
    RefundState,
    holds_seat,
    order_state,
    returned_fen,
)
from lms.payments.domain.provider import PageState
from lms.payments.domain.refunds import refundable_fen
from tests.factories.orders import PRICE
from tests.factories.stories import Story, tellings

Thing = tuple[str, int, PageState | RefundState | DisputeState]
_ENDINGS = {PageState.FAILED: Ending.FAILED, PageState.EXPIRED: Ending.EXPIRED}


def things(story: Story) -> list[Thing]:
    refunds = ((one.ref, one.fen, each) for one in story.refunds for each in one.states)
    pages = (("page", PRICE, each) for each in story.pages)
    return [*pages, *refunds, *(("dp_1", PRICE, each) for each in story.dispute)]


class Book:
    """What is written down as it is told: a later state is never taken back by an earlier one."""

    def __init__(self, told: Iterable[Thing]) -> None:
        self.paid, self.ending = 0, None
        self.refunds: dict[str, tuple[int, RefundState]] = {}
        self.disputes: dict[str, tuple[int, DisputeState]] = {}
        for ref, fen, state in told:
            self._write(ref, fen, state)

    def _write(self, ref: str, fen: int, state: PageState | RefundState | DisputeState) -> None:
        if isinstance(state, PageState):
            self.paid = PRICE if state is PageState.PAID else self.paid
            self.ending = self.ending or _ENDINGS.get(state)
            return
        is_refund = isinstance(state, RefundState)
        rows, rank = (self.refunds, REFUND_RANK) if is_refund else (self.disputes, DISPUTE_RANK)
        if ref not in rows or rank[state] > rank[rows[ref][1]]:
            rows[ref] = (fen, state)

    def known(self) -> Known:
        back = returned_fen(self.refunds.values(), self.disputes.values())
        is_open = any(state is DisputeState.OPEN for _, state in self.disputes.values())
        return Known(self.paid, back, is_open, ending=self.ending)


@examples(max_examples=300)
@given(tellings())
def test_the_end_is_the_same_whatever_was_told_first_and_however_often(
    drawn: tuple[Story, list[int]],
) -> None:
    story, order = drawn
    told = things(story)
    book = Book(told[place] for place in order)
    known = book.known()
    assert order_state(known) is story.state
    assert holds_seat(known) == story.keeps_seat
    assert (order_state(known) in TAKEN) == story.is_paid
    left = refundable_fen(book.paid, book.refunds.values(), book.disputes.values())
    assert 0 <= left <= max(0, book.paid - story.returned_fen)
    assert left == 0 or not known.has_open_dispute
