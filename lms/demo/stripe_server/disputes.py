"""Disputes of the fake Stripe: a payer's bank takes the money back until it is decided."""

from lms.demo.stripe_server import shapes
from lms.demo.stripe_server.books import Books
from lms.demo.stripe_server.refunds import charge_of
from lms.demo.stripe_server.refusals import Refusal
from lms.demo.stripe_server.shapes import Thing

_OPEN = ("needs_response", "under_review")


def begin(books: Books, intent_id: str, reason: str) -> Thing:
    """Dispute what is left of the payment; the money is gone at once."""
    charge = charge_of(books, intent_id)
    left = charge["amount"] - charge["amount_refunded"]
    if charge["status"] != "succeeded" or charge["disputed"] or left == 0:
        raise Refusal("There is nothing of this payment to dispute.")
    begun = books.add(shapes.dispute(charge, left, books.now()))
    begun["reason"] = reason
    charge["disputed"] = True
    books.emit("charge.dispute.created", begun)
    books.emit("charge.dispute.funds_withdrawn", begun)
    return begun


def review(books: Books, dispute_id: str) -> Thing:
    """Let the shop's answer reach the bank."""
    found = _undecided(books, dispute_id)
    found["status"] = "under_review"
    found["evidence_details"].update(has_evidence=True, submission_count=1)
    books.emit("charge.dispute.updated", found)
    return found


def win(books: Books, dispute_id: str) -> Thing:
    """Decide for the shop: the money comes back, and may be refunded again."""
    found = _undecided(books, dispute_id)
    found["status"] = "won"
    books.get("charge", found["charge"])["disputed"] = False
    books.emit("charge.dispute.funds_reinstated", found)
    books.emit("charge.dispute.closed", found)
    return found


def lose(books: Books, dispute_id: str) -> Thing:
    """Decide for the payer: the money stays gone."""
    found = _undecided(books, dispute_id)
    found["status"] = "lost"
    books.emit("charge.dispute.closed", found)
    return found


def _undecided(books: Books, dispute_id: str) -> Thing:
    found = books.get("dispute", dispute_id)
    if found["status"] not in _OPEN:
        raise Refusal(f"The dispute is {found['status']} already.")
    return found
