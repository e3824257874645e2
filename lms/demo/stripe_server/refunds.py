"""Refunds of the fake Stripe: in full or part, never above what was paid, some failing later."""

from dataclasses import dataclass, field
from typing import Literal

from lms.demo.stripe_server import shapes
from lms.demo.stripe_server.books import Books
from lms.demo.stripe_server.params import Params
from lms.demo.stripe_server.refusals import Refusal
from lms.demo.stripe_server.shapes import Thing

REASONS = ("duplicate", "fraudulent", "requested_by_customer")
First = Literal["succeeded", "pending"]


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be given back, and why; no amount is all that is left."""

    amount: int | None = None
    reason: str | None = None
    metadata: dict[str, str] = field(default_factory=dict)


def create(books: Books, asked: Params, first: First) -> Thing:
    """Refund as a caller of the API asks. Raises ``Refusal`` for what Stripe would not do."""
    asked.only(("amount", "charge", "expand", "metadata", "payment_intent", "reason"))
    wish = Wish(asked.whole("amount", least=1), asked.choice("reason", REASONS), asked.metadata())
    charge_id = asked.text("charge")
    if charge_id is not None:
        return give_back(books, books.get("charge", charge_id, "charge"), wish, first)
    return give_back(books, charge_of(books, asked.needed("payment_intent")), wish, first)


def charge_of(books: Books, intent_id: str) -> Thing:
    """Return the charge of the payment."""
    intent = books.get("payment_intent", intent_id, "payment_intent")
    return books.get("charge", intent["latest_charge"])


def give_back(books: Books, charge: Thing, wish: Wish, first: First) -> Thing:
    """Refund the charge; ``first`` is the state the refund begins in."""
    _check_refundable(charge)
    left = charge["amount"] - charge["amount_refunded"]
    amount = left if wish.amount is None else wish.amount
    _check_amount(charge, amount, left)
    made = books.add(shapes.refund(charge, amount, books.now()))
    made.update(reason=wish.reason, metadata=dict(wish.metadata), status=first)
    _count(charge, amount)
    books.emit("refund.created", made)
    books.emit("charge.refunded", charge)
    return made


def _check_refundable(charge: Thing) -> None:
    if charge["status"] != "succeeded":
        raise Refusal(
            f"This PaymentIntent ({charge['payment_intent']}) does not have a successful charge to "
            "refund.",
            code="payment_intent_unexpected_state",
            is_kept=True,
        )
    if charge["disputed"]:
        raise Refusal(
            f"Charge {charge['id']} has been charged back; cannot issue a refund.",
            code="charge_disputed",
            is_kept=True,
        )


def _check_amount(charge: Thing, amount: int, left: int) -> None:
    if left == 0:
        raise Refusal(
            f"Charge {charge['id']} has already been refunded.",
            code="charge_already_refunded",
            is_kept=True,
        )
    if amount > left:
        wanted, rest = (shapes.money(each, charge["currency"]) for each in (amount, left))
        raise Refusal(
            f"Refund amount ({wanted}) is greater than unrefunded amount on charge ({rest})",
            param="amount",
            is_kept=True,
        )


def settle(books: Books, refund_id: str) -> Thing:
    """Let a refund that is on its way arrive."""
    made = books.get("refund", refund_id)
    if made["status"] != "pending":
        raise Refusal(f"The refund is {made['status']} already.")
    made["status"] = "succeeded"
    books.emit("refund.updated", made)
    return made


def fail(books: Books, refund_id: str, reason: str) -> Thing:
    """Let a refund come back, though it may have been said to have succeeded."""
    made = books.get("refund", refund_id)
    if made["status"] == "failed":
        raise Refusal("The refund is failed already.")
    made.update(status="failed", failure_reason=reason)
    made["failure_balance_transaction"] = shapes.new_id("txn")
    _count(books.get("charge", made["charge"]), -made["amount"])
    books.emit("refund.updated", made)
    books.emit("refund.failed", made)
    return made


def _count(charge: Thing, amount: int) -> None:
    charge["amount_refunded"] += amount
    charge["refunded"] = charge["amount_refunded"] == charge["amount"]
