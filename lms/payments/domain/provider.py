"""What a payment provider tells and is asked, in our words; the same for every provider."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from lms.payments.domain.orders import DisputeState, RefundState


class PageState(StrEnum):
    """Where a checkout page stands; an awaiting one was left while the bank still thinks."""

    OPEN = "open"
    AWAITING = "awaiting"
    PAID = "paid"
    FAILED = "failed"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class CheckoutSeen:
    """A checkout page as the provider tells of it; ``amount`` counts the smallest coin."""

    ref: str
    order_number: str | None
    state: PageState
    amount: int
    currency: str
    mode: str
    is_live: bool
    payment_ref: str | None = None
    method: str | None = None


@dataclass(frozen=True, slots=True)
class RefundSeen:
    """A refund as the provider tells of it."""

    ref: str
    payment_ref: str
    amount: int
    currency: str
    state: RefundState
    is_live: bool
    # What we called it when we asked for it; ``None`` where it was made at the provider's own desk.
    key: str | None = None


@dataclass(frozen=True, slots=True)
class DisputeSeen:
    """A dispute as the provider tells of it."""

    ref: str
    payment_ref: str
    amount: int
    currency: str
    state: DisputeState
    is_live: bool


Seen = CheckoutSeen | RefundSeen | DisputeSeen


@dataclass(frozen=True, slots=True)
class ProviderEvent:
    """One message of a provider, its signature checked; ``seen`` is ``None`` where none matters."""

    id: str
    kind: str
    at: datetime
    seen: Seen | None


@dataclass(frozen=True, slots=True)
class PageWanted:
    """What the page of an order is to ask for, and where it leads. Nothing else leaves the site.

    Whoever paid comes back to one address, whoever left without paying to the other.
    """

    order_number: str
    amount_fen: int
    closes_at: datetime
    come_back_to: str
    leave_to: str


@dataclass(frozen=True, slots=True)
class PageOpened:
    """Where somebody pays, and what the provider calls that page."""

    ref: str
    address: str


@dataclass(frozen=True, slots=True)
class RefundWanted:
    """What is to go back; ``key`` makes a second asking the same refund."""

    key: str
    payment_ref: str
    amount_fen: int


class Provider(Protocol):
    """Someone through whom money comes and goes back.

    Each call may raise ``GatewayError``, retryable where asking again may help. Asking again with
    the same order number or key changes nothing more.
    """

    def open_page(self, wanted: PageWanted) -> PageOpened:
        """Open the page on which the order is paid, or return the one that is open."""
        ...

    def close_page(self, ref: str) -> CheckoutSeen | None:
        """Close a page that nobody paid on; return where it stands now, ``None`` for nowhere."""
        ...

    def refund(self, wanted: RefundWanted) -> RefundSeen:
        """Let money go back the way it came."""
        ...

    def read(self, body: bytes, signature: str) -> ProviderEvent:
        """Return what a message says. Raises ``Forbidden`` where its signature is not theirs."""
        ...

    def since(self, at: datetime) -> Iterator[Seen]:
        """Return every page, refund and dispute from a moment on."""
        ...
