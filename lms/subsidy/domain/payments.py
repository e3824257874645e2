"""Payment batches and the payments in them: where they stand, and which instalment is next."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from lms.core.errors import Message
from lms.subsidy.domain.claim_states import shares

# A batch somebody can still look through, and one transaction carries in some ten seconds: others
# who write wait for it no longer than they do anyway (SQLite).
MOST = 2_000
_LONGEST_MONTH = 31
_NUMBER = re.compile(r"(BF-[0-9]{2}-[0-9]{2}-[0-9]{2,})-([0-9]{6,18})")


class BatchState(StrEnum):
    """How far a batch is: put together, let go by a second person, every answer in, or given up."""

    PREPARED = "prepared"
    RELEASED = "released"
    SETTLED = "settled"
    CANCELLED = "cancelled"


class PaymentState(StrEnum):
    """How far a transfer is; one the bank sent back was, for a while, perhaps paid."""

    PLANNED = "planned"
    SENT = "sent"
    PAID = "paid"
    RETURNED = "returned"
    CANCELLED = "cancelled"


# Of an instalment one transfer at most is in one of these.
LIVE = (PaymentState.PLANNED, PaymentState.SENT, PaymentState.PAID)


@dataclass(frozen=True, slots=True)
class Instalment:
    """What is to be paid next for a claim; before ``from_day`` it is not offered."""

    number: int
    amount_fen: int
    from_day: date | None


@dataclass(frozen=True, slots=True)
class Payee:
    """The account a person has now, as far as paying asks; ``index`` is its keyed digest."""

    index: str
    mask: str
    bank: str
    is_confirmed: bool


@dataclass(frozen=True, slots=True)
class Chosen:
    """What somebody saw and wants paid: the claims of a county, and what they came to, fen."""

    county_code: str
    claim_ids: Collection[int]
    total_fen: int


def next_instalment(amount_fen: int, count: int, paid: Mapping[int, date]) -> Instalment | None:
    """Return the first instalment that is not paid; ``None`` once all are.

    ``paid`` is the bank's day by instalment. Of one claim a calendar month sees one instalment.
    """
    left = [number for number in range(1, count + 1) if number not in paid]
    if not left:
        return None
    from_day = month_after(max(paid.values())) if paid else None
    return Instalment(left[0], shares(amount_fen, count)[left[0] - 1], from_day)


def month_after(day: date) -> date:
    """Return the first day of the calendar month after the day's."""
    return (day.replace(day=1) + timedelta(days=_LONGEST_MONTH + 1)).replace(day=1)


def month_of(day: date) -> str:
    """Return the month as batches are filed by it: ``2026-07``."""
    return f"{day:%Y-%m}"


def batch_number(series: str, place: int) -> str:
    """Return the number of a batch at a place of its month: ``BF-26-07-01``."""
    return f"{series}-{place:02}"


def payment_number(batch: str, payment_id: int) -> str:
    """Return the number by which the bank and the site speak of a payment."""
    return f"{batch}-{payment_id:06}"


def read_number(text: str) -> tuple[str, int] | None:
    """Return batch and payment a number names; ``None`` for what is none."""
    found = _NUMBER.fullmatch(text.strip().upper())
    return (found[1], int(found[2])) if found else None


def payee_fault(payee: Payee | None) -> Message | None:
    """Return why nothing can be planned to the account: there is none, or nobody looked at it."""
    if payee is None:
        return Message("payee_none", "There is no account. The learner has to enter one.")
    if not payee.is_confirmed:
        return Message("payee_unchecked", "Somebody has to look at the account first.")
    return None


def account_fault(planned_index: str, payee: Payee | None) -> Message | None:
    """Return why nothing goes out to the account: it is another one now, or nobody looked."""
    if payee is None or payee.index != planned_index:
        return Message("payee_changed", "The account changed since it was looked at.")
    return payee_fault(payee)


def again_fault(payee: Payee | None, *, looked_later: bool) -> Message | None:
    """Return what is missing before a claim the bank sent back can be paid again.

    Often the number was right and the bank mended its own; then a look at the same one is enough.
    """
    if payee is None:
        return Message("again_none", "There is no account. The learner has to enter one.")
    if not payee.is_confirmed:
        return Message("again_unchecked", "Somebody has to look at the account entered now.")
    if not looked_later:
        return Message(
            "again_same",
            "Nobody looked at the account since the bank sent the money back. Ask the learner, "
            "then look at it again.",
        )
    return None


def not_before(day: date) -> Message:
    """Return the sentence that the next instalment waits for its month."""
    return Message(
        "instalment_early",
        "The next instalment comes in another month, from %(day)s.",
        {"day": day.isoformat()},
    )
