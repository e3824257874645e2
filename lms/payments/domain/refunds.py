"""What is asked to go back, and how much of a payment still can."""

from collections.abc import Iterable
from dataclasses import dataclass

from lms.payments.domain.orders import DisputeState, RefundState


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to go back, in fen, and why; ``key`` is the form's, so that twice sent is once."""

    key: str
    amount_fen: int
    reason: str


def refundable_fen(
    paid_fen: int, refunds: Iterable[tuple[int, str]], disputes: Iterable[tuple[int, str]]
) -> int:
    """Return what is left of a payment, in fen.

    What is on its way back counts as gone, what failed does not. While a bank asks for the money,
    none of it can be given back by anybody else; what it won is gone.
    """
    told = list(disputes)
    if any(state == DisputeState.OPEN for _, state in told):
        return 0
    gone = sum(fen for fen, state in refunds if state != RefundState.FAILED)
    gone += sum(fen for fen, state in told if state == DisputeState.LOST)
    return max(0, paid_fen - gone)
