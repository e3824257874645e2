"""What an order costs and where it stands, worked out of what became known in any order."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

CURRENCY = "CNY"
# Providers open no page that closes sooner than this, so an older order makes room for a new one.
SHORTEST_PAGE = timedelta(minutes=31)
# Letters and digits nobody takes for one another, read out at a counter or over the phone.
NUMBER_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
NUMBER_LETTERS = 8


class OrderState(StrEnum):
    """Where an order stands."""

    OPEN = "open"
    PAID = "paid"
    EXPIRED = "expired"
    CANCELLED = "cancelled"
    PART_REFUNDED = "part_refunded"
    REFUNDED = "refunded"
    DISPUTED = "disputed"


# In these the money came in, whatever became of it since.
TAKEN = frozenset(
    {OrderState.PAID, OrderState.PART_REFUNDED, OrderState.REFUNDED, OrderState.DISPUTED}
)


class Ending(StrEnum):
    """Why an order will not be paid: its time ran out, somebody cancelled it, the bank said no."""

    EXPIRED = "expired"
    CANCELLED = "cancelled"
    FAILED = "failed"


class Payer(StrEnum):
    """Whose money pays what an order leaves to pay."""

    LEARNER = "learner"
    INSTITUTION = "institution"


class ProviderName(StrEnum):
    """Through whom money comes; ``NONE`` where nothing is left to pay."""

    STRIPE = "stripe"
    OFFICE = "office"
    NONE = "none"


class Way(StrEnum):
    """How somebody wants to pay: on line, at the office, or their institution does there."""

    ONLINE = "stripe"
    OFFICE = "office"
    INSTITUTION = "institution"

    @property
    def provider(self) -> ProviderName:
        """Return through whom the money comes."""
        return ProviderName.STRIPE if self is Way.ONLINE else ProviderName.OFFICE

    @property
    def payer(self) -> Payer:
        """Return whose money it is."""
        return Payer.INSTITUTION if self is Way.INSTITUTION else Payer.LEARNER


class RefundState(StrEnum):
    """Where a refund stands: asked for by us, under way at the provider, over."""

    ASKED = "asked"
    PENDING = "pending"
    SUCCEEDED = "succeeded"
    FAILED = "failed"


class DisputeState(StrEnum):
    """Where a dispute stands: what the payer's bank asks back, and who was right."""

    OPEN = "open"
    WON = "won"
    LOST = "lost"


# An order is paid within so long, or it is over: on line a page is open at once, to the office
# somebody has to go.
_PAID_WITHIN = {
    ProviderName.STRIPE: timedelta(hours=2),
    ProviderName.OFFICE: timedelta(days=7),
    ProviderName.NONE: timedelta(hours=2),
}
# An institution has to be asked, and its money goes through its own office first.
_INSTITUTION_PAYS_WITHIN = timedelta(days=30)


# A later one is never taken back by an earlier one that arrives after it.
REFUND_RANK = {state: rank for rank, state in enumerate(RefundState)}
DISPUTE_RANK = {DisputeState.OPEN: 0, DisputeState.WON: 1, DisputeState.LOST: 1}


@dataclass(frozen=True, slots=True)
class Price:
    """What a course costs somebody, all in fen: the list price and what is taken off it."""

    list_fen: int
    coupon_fen: int = 0
    voucher_fen: int = 0
    subsidy_fen: int = 0

    @property
    def due_fen(self) -> int:
        """Return what is left to pay."""
        return self.list_fen - self.coupon_fen - self.voucher_fen - self.subsidy_fen


@dataclass(frozen=True, slots=True)
class Known:
    """All that became known of an order; sums in fen. In which order it did, nobody asks."""

    paid_fen: int = 0
    returned_fen: int = 0
    has_open_dispute: bool = False
    # Nothing was left to pay, and that was settled; and undone by an administrator since.
    is_waived: bool = False
    is_undone: bool = False
    ending: Ending | None = None


def price(list_fen: int, *, coupon_fen: int = 0, share_fen: int = 0, voucher_fen: int = 0) -> Price:
    """Return what is left after a coupon, the county's share, then a voucher; never below nothing.

    A coupon makes the course cheaper, then public money pays, the person's own voucher last. What
    any of them is worth beyond the price is lost: it pays one course.
    """
    coupon = min(list_fen, coupon_fen)
    share = min(list_fen - coupon, share_fen)
    return Price(list_fen, coupon, min(list_fen - coupon - share, voucher_fen), share)


def paid_within(provider: ProviderName, payer: Payer) -> timedelta:
    """Return how long an order can be paid."""
    if payer is Payer.INSTITUTION and provider is ProviderName.OFFICE:
        return _INSTITUTION_PAYS_WITHIN
    return _PAID_WITHIN[provider]


def order_state(known: Known) -> OrderState:
    """Return where an order stands.

    Money that came in counts more than an ending: who pays in the last second, or through a bank
    that takes a day, has paid. An open dispute counts more than what went back so far.
    """
    if not known.paid_fen and not known.is_waived:
        if known.ending is None:
            return OrderState.OPEN
        return OrderState.EXPIRED if known.ending is Ending.EXPIRED else OrderState.CANCELLED
    if known.has_open_dispute:
        return OrderState.DISPUTED
    if known.is_undone:
        return OrderState.REFUNDED
    if not known.returned_fen:
        return OrderState.PAID
    return OrderState.REFUNDED if known.returned_fen >= known.paid_fen else OrderState.PART_REFUNDED


def returned_fen(refunds: Iterable[tuple[int, str]], disputes: Iterable[tuple[int, str]]) -> int:
    """Return the fen that went back: refunds that succeeded and disputes that were lost."""
    back = sum(fen for fen, state in refunds if state == RefundState.SUCCEEDED)
    return back + sum(fen for fen, state in disputes if state == DisputeState.LOST)


def holds_seat(known: Known) -> bool:
    """Tell whether whoever paid may go on learning and keeps what was earned; see docs/orders.md.

    A part that went back and a dispute that is not decided take nothing away.
    """
    if not known.paid_fen:
        return known.is_waived and not known.is_undone
    return known.returned_fen < known.paid_fen
