"""Speaks to Stripe, and is the only file that does; what it says becomes our words here."""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import lru_cache
from threading import BoundedSemaphore
from typing import Any

import stripe

from lms.core.errors import Forbidden, GatewayError, InvalidInput, Message
from lms.payments.domain.orders import CURRENCY, DisputeState, RefundState
from lms.payments.domain.provider import (
    CheckoutSeen,
    DisputeSeen,
    PageOpened,
    PageState,
    PageWanted,
    ProviderEvent,
    RefundSeen,
    RefundWanted,
    Seen,
)
from lms.settings import StripeSettings

# To connect and to answer, seconds: somebody waits for the page to pay on.
_PATIENCE = (4.0, 10.0)
# So many may wait for Stripe at once; the others are told to come again, and can go on learning.
_ROOM = BoundedSemaphore(8)
_PAGE = 100
# Neither side is believed that says a message was signed longer ago, seconds.
_SIGNED_WITHIN = 300
_NO_MONEY = ("requires_payment_method", "canceled")
_REFUNDS = {
    "pending": RefundState.PENDING,
    "requires_action": RefundState.PENDING,
    "succeeded": RefundState.SUCCEEDED,
    "failed": RefundState.FAILED,
    "canceled": RefundState.FAILED,
}
_DISPUTES = {
    "won": DisputeState.WON,
    # Closed before it was one: nothing was taken.
    "warning_closed": DisputeState.WON,
    "prevented": DisputeState.WON,
    "lost": DisputeState.LOST,
}
_KEY = "refund_key"


class Stripe:
    """The account at Stripe: pages to pay on, refunds, signed messages and lists."""

    def __init__(self, settings: StripeSettings) -> None:
        self._settings = settings
        self._client = stripe.StripeClient(
            settings.secret_key,
            base_addresses={"api": settings.api_base} if settings.api_base else None,
            max_network_retries=0,
            http_client=stripe.RequestsClient(timeout=_PATIENCE),
        )

    @property
    def is_live(self) -> bool:
        """Tell whether money really moves."""
        return self._settings.is_live

    def open_page(self, wanted: PageWanted) -> PageOpened:
        """Open the page of an order: its number and amount are all that leaves the site."""
        asked: Any = _asked_for(wanted, self._settings.methods)
        once: Any = {"idempotency_key": f"page:{wanted.order_number}"}
        with _asking():
            made = self._client.v1.checkout.sessions.create(asked, once)
        if not made.url:
            raise GatewayError("page_closed", "This order can no longer be paid.", retryable=False)
        return PageOpened(made.id, made.url)

    def close_page(self, ref: str) -> CheckoutSeen:
        """Close a page; one on which somebody just paid stays paid, and says so."""
        with _asking():
            try:
                seen = self._client.v1.checkout.sessions.expire(ref)
            except stripe.InvalidRequestError:
                seen = self._client.v1.checkout.sessions.retrieve(
                    ref, {"expand": ["payment_intent"]}
                )
        return _checkout(seen.to_dict())

    def refund(self, wanted: RefundWanted) -> RefundSeen:
        """Let money go back; the same key again is the same refund."""
        with _asking():
            made = self._client.v1.refunds.create(
                {
                    "payment_intent": wanted.payment_ref,
                    "amount": wanted.amount_fen,
                    "metadata": {_KEY: wanted.key},
                },
                {"idempotency_key": f"refund:{wanted.key}"},
            )
        # The answer says nothing of live or not; the key that asked does.
        return _refund({**made.to_dict(), "livemode": self.is_live})

    def read(self, body: bytes, signature: str) -> ProviderEvent:
        """Return what a message says. Raises ``Forbidden`` unless Stripe signed these bytes."""
        if not any(_is_signed(body, signature, each) for each in self._settings.webhook_secrets):
            raise Forbidden("signature_wrong", "This message is not signed by the provider.")
        try:
            return _event(json.loads(body))
        except (KeyError, TypeError, ValueError) as error:
            fault = Message("unreadable", "This message cannot be read.")
            raise InvalidInput({"body": fault}) from error

    def since(self, at: datetime) -> Iterator[Seen]:
        """Return every page, refund and dispute since a moment, as they stand now."""
        created: Any = {"gte": int(at.timestamp())}
        lists = self._client.v1
        with _asking():
            pages = lists.checkout.sessions.list(
                {"created": created, "limit": _PAGE, "expand": ["data.payment_intent"]}
            )
            yield from (_checkout(each.to_dict()) for each in pages.auto_paging_iter())
            refunds = lists.refunds.list({"created": created, "limit": _PAGE})
            for refund in refunds.auto_paging_iter():
                if refund.payment_intent:
                    yield _refund({**refund.to_dict(), "livemode": self.is_live})
            disputes = lists.disputes.list({"created": created, "limit": _PAGE})
            for dispute in disputes.auto_paging_iter():
                if dispute.payment_intent:
                    yield _dispute(dispute.to_dict())


@lru_cache(maxsize=4)
def stripe_of(settings: StripeSettings) -> Stripe:
    """Return the account of these settings, one in a process."""
    return Stripe(settings)


def _asked_for(wanted: PageWanted, methods: Sequence[str]) -> dict[str, Any]:
    order = {"order": wanted.order_number}
    line = {
        "currency": CURRENCY.lower(),
        "unit_amount": wanted.amount_fen,
        "product_data": {"name": f"订单 {wanted.order_number}"},
    }
    asked: dict[str, Any] = {
        "mode": "payment",
        "client_reference_id": wanted.order_number,
        "metadata": order,
        "payment_intent_data": {"metadata": order},
        "line_items": [{"quantity": 1, "price_data": line}],
        "payment_method_types": list(methods),
        "success_url": wanted.come_back_to,
        "cancel_url": wanted.leave_to,
        "expires_at": int(wanted.closes_at.timestamp()),
    }
    if "wechat_pay" in methods:
        asked["payment_method_options"] = {"wechat_pay": {"client": "web"}}
    return asked


@contextmanager
def _asking() -> Iterator[None]:
    """Ask Stripe something. Raises ``GatewayError`` in words for who waits."""
    if not _ROOM.acquire(blocking=False):
        raise _away()
    try:
        yield
    except (stripe.APIConnectionError, stripe.RateLimitError) as error:
        raise _away() from error
    except stripe.StripeError as error:
        # A server's fault passes; a key that is not taken or a refused wish stays what it is.
        if (error.http_status or 0) >= 500:  # noqa: PLR2004 (how HTTP counts)
            raise _away() from error
        raise GatewayError(
            "provider_refused",
            "The payment provider did not accept this: %(why)s",
            retryable=False,
            why=error.code or type(error).__name__,
        ) from error
    finally:
        _ROOM.release()


def _away() -> GatewayError:
    return GatewayError(
        "provider_away",
        "The payment provider does not answer at the moment. Nothing was paid; please try again.",
        retryable=True,
    )


def _is_signed(body: bytes, signature: str, secret: str) -> bool:
    try:
        text = body.decode()
        stripe.WebhookSignature.verify_header(text, signature, secret, _SIGNED_WITHIN)
    except (UnicodeDecodeError, stripe.SignatureVerificationError):
        return False
    return True


def _event(told: Mapping[str, Any]) -> ProviderEvent:
    kind, thing = str(told["type"]), {**told["data"]["object"]}
    thing["livemode"] = told["livemode"]
    return ProviderEvent(
        str(told["id"]), kind, datetime.fromtimestamp(told["created"], UTC), _seen(kind, thing)
    )


def _seen(kind: str, thing: Mapping[str, Any]) -> Seen | None:
    match kind.split("."):
        case ["checkout", "session", "async_payment_failed"]:
            return _checkout({**thing, "payment_intent": None, "has_failed": True})
        case ["checkout", "session", _]:
            return _checkout(thing)
        case ["refund", _] | ["charge", "refund", "updated"] if thing.get("payment_intent"):
            return _refund(thing)
        case ["charge", "dispute", _] if thing.get("payment_intent"):
            return _dispute(thing)
    return None


def _checkout(thing: Mapping[str, Any]) -> CheckoutSeen:
    intent = thing.get("payment_intent")
    whole = intent if isinstance(intent, Mapping) else {}
    return CheckoutSeen(
        ref=thing["id"],
        order_number=thing.get("client_reference_id"),
        state=_page_state(thing, str(whole.get("status", ""))),
        # Pages that others open through the same account may ask for no money at all.
        amount=int(thing["amount_total"] or 0),
        currency=str(thing["currency"]).upper(),
        mode=thing["mode"],
        is_live=bool(thing["livemode"]),
        payment_ref=whole.get("id") or intent or None,
    )


def _page_state(thing: Mapping[str, Any], intent_status: str) -> PageState:
    if thing["payment_status"] == "paid":
        return PageState.PAID
    if thing["status"] in ("open", "expired"):
        return PageState(thing["status"])
    if thing.get("has_failed") or intent_status in _NO_MONEY:
        return PageState.FAILED
    return PageState.AWAITING


def _refund(thing: Mapping[str, Any]) -> RefundSeen:
    return RefundSeen(
        ref=thing["id"],
        payment_ref=thing["payment_intent"],
        amount=int(thing["amount"]),
        currency=str(thing["currency"]).upper(),
        state=_REFUNDS.get(thing["status"], RefundState.PENDING),
        is_live=bool(thing["livemode"]),
        key=(thing.get("metadata") or {}).get(_KEY),
    )


def _dispute(thing: Mapping[str, Any]) -> DisputeSeen:
    return DisputeSeen(
        ref=thing["id"],
        payment_ref=thing["payment_intent"],
        amount=int(thing["amount"]),
        currency=str(thing["currency"]).upper(),
        state=_DISPUTES.get(thing["status"], DisputeState.OPEN),
        is_live=bool(thing["livemode"]),
    )
