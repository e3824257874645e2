"""What the bank says of payments: what it means for each, and what is done about it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from lms.core.errors import Message
from lms.subsidy.domain.payments import PaymentState

LONGEST_REASON = 200


class Result(StrEnum):
    """What came of a transfer."""

    PAID = "paid"
    RETURNED = "returned"


@dataclass(frozen=True, slots=True)
class Answer:
    """What the bank says of one payment: on which of its days, and why it sent the money back.

    ``row`` is the place in the bank's file, ``amount_fen`` the sum it names where it names one.
    """

    payment_id: int
    result: Result
    day: date
    reason: str = ""
    amount_fen: int | None = None
    row: int = 0


@dataclass(frozen=True, slots=True)
class Sent:
    """A payment as answers are held against it."""

    payment_id: int
    claim_id: int
    person_id: int
    state: PaymentState
    amount_fen: int
    paid_on: date | None = None
    instalment: int = 1


@dataclass(slots=True)
class Sorted:
    """Answers by what is to be done: taken down, already known, or kept out with a sentence."""

    new: list[Answer] = field(default_factory=list)
    known: list[Answer] = field(default_factory=list)
    faults: list[tuple[Answer, Message]] = field(default_factory=list)


def sorted_answers(
    answers: Sequence[Answer], payments: Mapping[int, Sent], *, released: date, today: date
) -> Sorted:
    """Return the answers by what is to be done about each; of one payment one is taken down."""
    found = Sorted()
    seen: dict[int, Answer] = {}
    for answer in answers:
        first = seen.setdefault(answer.payment_id, answer)
        fault = _twice(first, answer) or _fault(answer, payments, released, today)
        if fault:
            found.faults.append((answer, fault))
        elif first is not answer or payments[answer.payment_id].state == answer.result.value:
            found.known.append(answer)
        else:
            found.new.append(answer)
    return found


def _twice(first: Answer, answer: Answer) -> Message | None:
    same = (first.result, first.day) == (answer.result, answer.day)
    if first is answer or same:
        return None
    return Message(
        "answer_twice", "Row %(row)s says something else of this payment.", {"row": first.row}
    )


def _fault(
    answer: Answer, payments: Mapping[int, Sent], released: date, today: date
) -> Message | None:
    payment = payments.get(answer.payment_id)
    if payment is None or payment.state in (PaymentState.PLANNED, PaymentState.CANCELLED):
        return Message("answer_unknown", "This batch has no such payment.")
    if answer.amount_fen not in (None, payment.amount_fen):
        return Message("answer_sum", "The sum is another one than was sent.")
    if payment.state is PaymentState.RETURNED and answer.result is Result.PAID:
        return Message("answer_contradicts", "It was noted already that the bank sent this back.")
    first = released
    if answer.result is Result.RETURNED and payment.paid_on:
        first = payment.paid_on
    if not first <= answer.day <= today:
        return Message(
            "answer_day",
            "The day must lie between %(first)s and %(last)s.",
            {"first": first.isoformat(), "last": today.isoformat()},
        )
    return None
