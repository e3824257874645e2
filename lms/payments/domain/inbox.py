"""Whether what a provider tells of an order is believed."""

from dataclasses import dataclass
from enum import StrEnum

from lms.payments.domain.orders import CURRENCY
from lms.payments.domain.provider import CheckoutSeen, Seen

_LONGEST_NUMBER = 20


class Outcome(StrEnum):
    """What came of a message.

    One that tells of a payment nobody heard of yet waits for it; a wrong one is parked for a person
    to look at.
    """

    APPLIED = "applied"
    IGNORED = "ignored"
    WAITING = "waiting"
    PARKED = "parked"


@dataclass(frozen=True, slots=True)
class Ordered:
    """What the site knows of the order that a page belongs to."""

    number: str
    page_ref: str | None
    due_fen: int


def order_number_of(seen: Seen | None) -> str | None:
    """Return the number of the order a page is of; what is no number of ours is none.

    What another system sells through the same account has names of its own.
    """
    number = seen.order_number if isinstance(seen, CheckoutSeen) else None
    return number if number is not None and len(number) <= _LONGEST_NUMBER else None


def fault_of(seen: Seen, *, is_live: bool) -> str | None:
    """Return the code of what is wrong with a thing by itself: play money, foreign money, none."""
    if seen.is_live is not is_live:
        return "wrong_mode"
    if seen.amount <= 0:
        return "wrong_amount"
    return None if seen.currency == CURRENCY else "wrong_currency"


def fault_of_page(seen: CheckoutSeen, ordered: Ordered | None) -> str | None:
    """Return the code of why a page is not the one this order is paid on, ``None`` if it is."""
    if ordered is None:
        return "unknown_order"
    if seen.ref != ordered.page_ref:
        return "wrong_page"
    if seen.mode != "payment":
        return "wrong_kind"
    return None if seen.amount == ordered.due_fen else "wrong_amount"
