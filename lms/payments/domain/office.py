"""Paying at the office: cash or a transfer that two people confirm; nothing leaves the site."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from lms.core.errors import Forbidden
from lms.payments.domain.orders import CURRENCY, RefundState
from lms.payments.domain.provider import (
    PageOpened,
    PageWanted,
    ProviderEvent,
    RefundSeen,
    RefundWanted,
    Seen,
)


class CounterKind(StrEnum):
    """How money comes over the counter."""

    CASH = "cash"
    TRANSFER = "transfer"


@dataclass(frozen=True, slots=True)
class Counted:
    """What somebody at the counter took: how, how much in fen, and the number on its paper.

    ``paid_by`` names the institution where one pays for the learner.
    """

    kind: CounterKind
    amount_fen: int
    paper: str
    paid_by: str | None = None


class Office:
    """The counter of the training office as a provider: what it tells, people wrote down here."""

    is_live = True

    def open_page(self, wanted: PageWanted) -> PageOpened:
        """Send whoever pays to the page with the number to name at the counter."""
        return PageOpened(f"office-{wanted.order_number}", wanted.come_back_to)

    def close_page(self, ref: str) -> None:
        """Do nothing: the counter looks at the order itself."""

    def refund(self, wanted: RefundWanted) -> RefundSeen:
        """Take note that money is to be handed back; it is once two people say it was."""
        return RefundSeen(
            ref=f"office-{wanted.key}",
            payment_ref=wanted.payment_ref,
            amount=wanted.amount_fen,
            currency=CURRENCY,
            state=RefundState.PENDING,
            is_live=True,
            key=wanted.key,
        )

    def read(self, body: bytes, signature: str) -> ProviderEvent:  # noqa: ARG002 (as every provider)
        """Believe no message: nobody sends any. Raises ``Forbidden``."""
        raise Forbidden("signature_wrong", "This message is not signed by the provider.")

    def since(self, at: datetime) -> Iterator[Seen]:  # noqa: ARG002 (as every provider)
        """Return nothing: there is no list but ours."""
        return iter(())
