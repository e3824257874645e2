"""Checkout sessions of the fake Stripe: made, paid now or later, failed, expired."""

from lms.demo.stripe_server import shapes
from lms.demo.stripe_server.books import Books
from lms.demo.stripe_server.params import Params
from lms.demo.stripe_server.refusals import Refusal
from lms.demo.stripe_server.shapes import Thing

METHODS = ("card", "alipay", "wechat_pay")
_SOONEST = 30 * 60
_LATEST = 24 * 60 * 60
# What Stripe takes for a payment; those without a meaning here are taken and left alone.
_KNOWN = {
    "adaptive_pricing", "allow_promotion_codes", "automatic_tax", "billing_address_collection",
    "cancel_url", "client_reference_id", "consent_collection", "currency", "custom_fields",
    "custom_text", "customer_creation", "customer_email", "expand", "expires_at", "line_items",
    "locale", "metadata", "mode", "payment_intent_data", "payment_method_options",
    "payment_method_types", "phone_number_collection", "submit_type", "success_url", "ui_mode",
}  # fmt: skip
_KNOWN_OF_PAYMENT = {
    "capture_method", "description", "metadata", "receipt_email", "setup_future_usage",
    "statement_descriptor", "statement_descriptor_suffix", "transfer_group",
}  # fmt: skip
_LOCALES = {
    "auto", "bg", "cs", "da", "de", "el", "en", "en-GB", "es", "es-419", "et", "fi", "fil", "fr",
    "fr-CA", "hr", "hu", "id", "it", "ja", "ko", "lt", "lv", "ms", "mt", "nb", "nl", "pl", "pt",
    "pt-BR", "ro", "ru", "sk", "sl", "sv", "th", "tr", "vi", "zh", "zh-HK", "zh-TW",
}  # fmt: skip


def create(books: Books, asked: Params) -> Thing:
    """Open a session. Raises ``Refusal`` for what Stripe would not take."""
    asked.only(_KNOWN)
    if asked.choice("mode", ["payment", "setup", "subscription"]) != "payment":
        asked.needed("mode")
        raise Refusal("This server knows the mode `payment` alone.", "mode")
    payment = asked.inside("payment_intent_data")
    payment.only(_KNOWN_OF_PAYMENT)
    session = shapes.checkout_session(_lines(asked), books.now())
    session.update(
        success_url=asked.address("success_url") or asked.needed("success_url"),
        cancel_url=asked.address("cancel_url"),
        client_reference_id=asked.text("client_reference_id", most=200),
        customer_email=asked.text("customer_email"),
        locale=asked.choice("locale", _LOCALES),
        metadata=asked.metadata(),
        payment_method_types=_methods(asked),
        payment_method_options=dict(asked.inside("payment_method_options").values),
        expires_at=_expiry(asked, session["created"]),
        _payment={
            "metadata": payment.metadata(),
            "description": payment.text("description"),
        },
    )
    return books.add(session)


def _lines(asked: Params) -> list[Thing]:
    lines = [_line(each) for each in asked.each("line_items")]
    if not lines:
        asked.needed("line_items")
    if len({each["currency"] for each in lines}) > 1:
        raise Refusal("All line items must have the same currency.", "line_items")
    return lines


def _line(asked: Params) -> Thing:
    asked.only(("price_data", "quantity"))
    price = asked.inside("price_data")
    price.only(("currency", "product_data", "tax_behavior", "unit_amount"))
    product = price.inside("product_data")
    product.only(("description", "images", "metadata", "name", "tax_code"))
    return shapes.line(
        {
            "currency": price.needed("currency").lower(),
            "unit_amount": price.needed_whole("unit_amount", least=1),
            "name": product.needed("name"),
            "quantity": asked.needed_whole("quantity", least=1),
        }
    )


def _methods(asked: Params) -> list[str]:
    level = asked.inside("payment_method_types")
    for key in level.values:
        level.choice(key, METHODS)
    methods = asked.texts("payment_method_types") or ["card"]
    option = asked.inside("payment_method_options").inside("wechat_pay")
    if "wechat_pay" in methods and option.choice("client", ["web"]) is None:
        name = option.name("client")
        raise Refusal(f"Missing required param: {name}.", name, "parameter_missing")
    return methods


def _expiry(asked: Params, created: int) -> int:
    wanted = asked.whole("expires_at")
    if wanted is None:
        return created + _LATEST
    rule = "The `expires_at` timestamp must be {} from Checkout Session creation."
    if wanted < created + _SOONEST:
        raise Refusal(rule.format("at least 30 minutes"), "expires_at")
    if wanted > created + _LATEST:
        raise Refusal(rule.format("less than 24 hours"), "expires_at")
    return wanted


def sweep(books: Books) -> None:
    """Expire the sessions whose time is over."""
    for session in books.newest("checkout.session"):
        if session["status"] == "open" and session["expires_at"] <= books.now():
            with books.change():
                _close(books, session)


def expire(books: Books, session_id: str) -> Thing:
    """Expire an open session before its time."""
    session = open_session(books, session_id, "expired")
    _close(books, session)
    return session


def _close(books: Books, session: Thing) -> None:
    session.update(status="expired", url=None)
    books.emit("checkout.session.expired", session)


def open_session(books: Books, session_id: str, purpose: str) -> Thing:
    """Return the session. Raises ``Refusal`` where it is complete or expired."""
    session = books.get("checkout.session", session_id)
    if session["status"] != "open":
        raise Refusal(
            f'Only Checkout Sessions with a status in ["open"] can be {purpose}. This Checkout '
            f"Session has a status of {session['status']}.",
            is_kept=True,
        )
    return session


def pay(books: Books, session_id: str, method: str | None) -> Thing:
    """Pay the session at once."""
    session, intent = _confirm(books, session_id, method)
    _succeed(books, session, intent)
    books.emit("checkout.session.completed", session)
    return session


def delay(books: Books, session_id: str, method: str | None) -> Thing:
    """Complete the session while the bank has not answered: it is unpaid so far."""
    session, _ = _confirm(books, session_id, method)
    books.emit("checkout.session.completed", session)
    return session


def settle(books: Books, session_id: str) -> Thing:
    """Let the bank say yes to a delayed payment."""
    session, intent = _awaited(books, session_id)
    _succeed(books, session, intent)
    books.emit("checkout.session.async_payment_succeeded", session)
    return session


def fail(books: Books, session_id: str) -> Thing:
    """Let the bank say no to a delayed payment."""
    session, intent = _awaited(books, session_id)
    why = {"code": "payment_intent_payment_attempt_failed", "type": "card_error"}
    why["message"] = "The payment failed."
    intent.update(status="requires_payment_method", last_payment_error=why)
    charge = books.get("charge", intent["latest_charge"])
    charge.update(status="failed", failure_code="generic_decline", failure_message=why["message"])
    books.emit("checkout.session.async_payment_failed", session)
    return session


def _confirm(books: Books, session_id: str, method: str | None) -> tuple[Thing, Thing]:
    session = open_session(books, session_id, "paid")
    methods = session["payment_method_types"]
    chosen = method or methods[0]
    if chosen not in methods:
        raise Refusal(f"The session does not take {chosen}.", "method")
    intent = books.add(shapes.payment_intent(session, chosen, books.now()))
    intent["latest_charge"] = books.add(shapes.charge(intent, books.now()))["id"]
    # The payer types no address here, as those who pay by Alipay or WeChat type none.
    payer = {"email": session["customer_email"], "name": None, "phone": None, "address": None}
    payer |= {"tax_exempt": "none", "tax_ids": []}
    session.update(status="complete", url=None, payment_intent=intent["id"], customer_details=payer)
    return session, intent


def _succeed(books: Books, session: Thing, intent: Thing) -> None:
    amount = intent["amount"]
    charge = books.get("charge", intent["latest_charge"])
    charge.update(status="succeeded", paid=True, amount_captured=amount)
    charge["balance_transaction"] = shapes.new_id("txn")
    intent.update(status="succeeded", amount_received=amount)
    session["payment_status"] = "paid"
    books.emit("payment_intent.succeeded", intent)


def _awaited(books: Books, session_id: str) -> tuple[Thing, Thing]:
    session = books.get("checkout.session", session_id)
    intent = books.things.get(session["payment_intent"] or "", {})
    if intent.get("status") != "processing":
        raise Refusal("No payment of this Checkout Session waits for the bank.")
    return session, intent
