"""The fake Stripe itself: everything that happens there, for its pages and for tests to call."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from lms.core.clock import utc_now
from lms.demo.stripe_server import checkout, disputes, refunds
from lms.demo.stripe_server.books import Books
from lms.demo.stripe_server.refunds import First, Wish
from lms.demo.stripe_server.refusals import Refusal
from lms.demo.stripe_server.shapes import Thing, shown
from lms.demo.stripe_server.webhooks import Courier, DeliveryPolicy


@dataclass(slots=True)
class Faults:
    """What goes wrong with the API, and how refunds begin; tests change it at any time."""

    slow_seconds: float = 0.0
    # So many calls are answered 500 before anything is done.
    failing: int = 0
    # So many calls are done, and then answered 500 as if the answer was lost.
    losing: int = 0
    refunds_begin: First = "succeeded"

    def wait(self) -> None:
        """Be as slow as told."""
        if self.slow_seconds:
            time.sleep(self.slow_seconds)

    def fail(self) -> None:
        """Fail before anything is done. Raises ``Refusal`` with status 500."""
        if self.failing > 0:
            self.failing -= 1
            raise broken()

    def lose(self) -> None:
        """Lose the answer of what was done. Raises ``Refusal`` with status 500."""
        if self.losing > 0:
            self.losing -= 1
            raise broken()


def broken() -> Refusal:
    """Return the answer of a Stripe that has trouble of its own."""
    return Refusal("An unknown error occurred", status=500, kind="api_error")


class StripeTill:
    """A Stripe account of one shop. What these calls return are copies; nothing real is moved."""

    def __init__(
        self,
        *,
        webhook_secret: str,
        webhook_url: str | None = None,
        keep_in: Path | None = None,
        clock: Callable[[], datetime] = utc_now,
        policy: DeliveryPolicy | None = None,
    ) -> None:
        self.books = Books(keep_in, clock)
        self.faults = Faults()
        self.courier = Courier(self.books, policy or DeliveryPolicy(), webhook_url, webhook_secret)
        self.books.hand_over = self.courier.take

    @property
    def policy(self) -> DeliveryPolicy:
        """Return how events are delivered; what is changed of it holds from then on."""
        return self.courier.policy

    def start(self) -> None:
        """Begin to deliver events."""
        self.courier.start()

    def stop(self) -> None:
        """Deliver nothing more."""
        self.courier.stop()

    def deliver_to(self, url: str | None) -> None:
        """Send the events that come now to another address."""
        self.courier.url = url

    # What the payer does on the page of a session.

    def pay(self, session_id: str, method: str | None = None) -> Thing:
        """Pay the session at once; no method is the first the session takes."""
        with self.books.change():
            return shown(checkout.pay(self.books, session_id, method))

    def decline(self, session_id: str) -> Thing:
        """Let the bank say no at once: the session stays open and may be paid again."""
        with self.books.change():
            return shown(checkout.open_session(self.books, session_id, "paid"))

    def delay(self, session_id: str, method: str | None = None) -> Thing:
        """Complete the session while the bank has not answered."""
        with self.books.change():
            return shown(checkout.delay(self.books, session_id, method))

    # What banks and Stripe do on their own.

    def settle(self, session_id: str) -> Thing:
        """Let the bank say yes to a delayed payment."""
        with self.books.change():
            return shown(checkout.settle(self.books, session_id))

    def fail(self, session_id: str) -> Thing:
        """Let the bank say no to a delayed payment."""
        with self.books.change():
            return shown(checkout.fail(self.books, session_id))

    def expire(self, session_id: str) -> Thing:
        """Expire an open session before its time."""
        with self.books.change():
            return shown(checkout.expire(self.books, session_id))

    def sweep(self) -> None:
        """Expire the sessions whose time is over; every call of the API and every page does so."""
        with self.books.look():
            checkout.sweep(self.books)

    def refund(self, intent_id: str, amount: int | None = None) -> Thing:
        """Refund a payment from Stripe's side; no amount is all that is left."""
        with self.books.change():
            charge = refunds.charge_of(self.books, intent_id)
            wish = Wish(amount=amount)
            first = self.faults.refunds_begin
            return shown(refunds.give_back(self.books, charge, wish, first))

    def settle_refund(self, refund_id: str) -> Thing:
        """Let a refund that is on its way arrive."""
        with self.books.change():
            return shown(refunds.settle(self.books, refund_id))

    def fail_refund(self, refund_id: str, reason: str = "unknown") -> Thing:
        """Let a refund come back, though it may have been said to have succeeded."""
        with self.books.change():
            return shown(refunds.fail(self.books, refund_id, reason))

    def dispute(self, intent_id: str, reason: str = "fraudulent") -> Thing:
        """Let the payer's bank dispute what is left of a payment."""
        with self.books.change():
            return shown(disputes.begin(self.books, intent_id, reason))

    def review_dispute(self, dispute_id: str) -> Thing:
        """Let the shop's answer reach the bank."""
        with self.books.change():
            return shown(disputes.review(self.books, dispute_id))

    def win_dispute(self, dispute_id: str) -> Thing:
        """Decide the dispute for the shop."""
        with self.books.change():
            return shown(disputes.win(self.books, dispute_id))

    def lose_dispute(self, dispute_id: str) -> Thing:
        """Decide the dispute for the payer."""
        with self.books.change():
            return shown(disputes.lose(self.books, dispute_id))

    # Events.

    def events(self, kind: str | None = None) -> list[Thing]:
        """Return the events, or those of a kind, the oldest first."""
        with self.books.look():
            found = [shown(each) for each in reversed(self.books.newest("event"))]
        return [each for each in found if kind in {None, each["type"]}]

    def delivery(self, event_id: str) -> Thing:
        """Return how the event was delivered: ``state``, ``attempts``, ``last`` status."""
        with self.books.look():
            self.books.get("event", event_id)
            return dict(self.books.deliveries[event_id])

    def resend(self, event_id: str, *, skew: int = 0, secret: str | None = None) -> int | None:
        """Send the event once more now; return the status answered, None where nothing answered.

        It says it was signed ``skew`` seconds ago, with another secret where one is given.
        """
        self.delivery(event_id)
        return self.courier.send(event_id, skew=skew, secret=secret)

    def release(self, seed: int | None = None) -> int:
        """Deliver the events that are held, shuffled where there is a seed; return how many."""
        return self.courier.release(seed)

    def wait_until_quiet(self, seconds: float = 5.0) -> bool:
        """Wait until every event that is not held is delivered or given up; tell whether it is."""
        return self.courier.wait_until_quiet(seconds)
