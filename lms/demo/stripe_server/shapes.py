"""The objects of Stripe's API as far as a shop uses them, each as it is when it is new."""

import string
from copy import deepcopy
from typing import Any

from lms.core.ids import new_letters

Thing = dict[str, Any]
API_VERSION = "2026-10-28.endive"
_LETTERS = string.ascii_letters + string.digits
# Currencies without a smaller part, of those a shop here may try.
_UNDIVIDED = {"jpy", "krw", "vnd"}
_SIGNS = {"cny": "¥", "usd": "$", "eur": "€", "hkd": "HK$", "jpy": "¥"}
_ANSWER_DAYS = 9
_DAY = 86_400


def new_id(prefix: str) -> str:
    """Return a new id as Stripe's look."""
    return f"{prefix}_{new_letters(_LETTERS, 24)}"


def shown(thing: Thing) -> Thing:
    """Return what callers see: a copy without what the server keeps for itself."""
    return {name: deepcopy(value) for name, value in thing.items() if not name.startswith("_")}


def money(amount: int, currency: str) -> str:
    """Return an amount in the smallest unit as people write it."""
    sign = _SIGNS.get(currency, currency.upper() + " ")
    return f"{sign}{amount}" if currency in _UNDIVIDED else f"{sign}{amount / 100:,.2f}"


def line(wanted: Thing) -> Thing:
    """Return one line of what is sold."""
    total = wanted["unit_amount"] * wanted["quantity"]
    price = {
        "id": new_id("price"),
        "object": "price",
        "currency": wanted["currency"],
        "unit_amount": wanted["unit_amount"],
        "type": "one_time",
    }
    return {
        "id": new_id("li"),
        "object": "item",
        "amount_subtotal": total,
        "amount_total": total,
        "amount_discount": 0,
        "amount_tax": 0,
        "currency": wanted["currency"],
        "description": wanted["name"],
        "quantity": wanted["quantity"],
        "price": price,
    }


def checkout_session(lines: list[Thing], at: int) -> Thing:
    """Return an open session over the lines; what else the caller said is put in by the caller."""
    total = sum(each["amount_total"] for each in lines)
    return {
        "id": new_id("cs_test"),
        "object": "checkout.session",
        "amount_subtotal": total,
        "amount_total": total,
        "cancel_url": None,
        "client_reference_id": None,
        "created": at,
        "currency": lines[0]["currency"],
        "customer": None,
        "customer_details": None,
        "customer_email": None,
        "expires_at": at + _DAY,
        "livemode": False,
        "locale": None,
        "metadata": {},
        "mode": "payment",
        "payment_intent": None,
        "payment_method_options": {},
        "payment_method_types": ["card"],
        "payment_status": "unpaid",
        "status": "open",
        "success_url": None,
        "total_details": {"amount_discount": 0, "amount_shipping": 0, "amount_tax": 0},
        "ui_mode": "hosted_page",
        "url": None,
        "_lines": lines,
    }


def payment_intent(session: Thing, method: str, at: int) -> Thing:
    """Return the payment of a session that is on its way."""
    return {
        "id": new_id("pi"),
        "object": "payment_intent",
        "amount": session["amount_total"],
        "amount_capturable": 0,
        "amount_received": 0,
        "capture_method": "automatic_async",
        "created": at,
        "currency": session["currency"],
        "customer": None,
        "description": session["_payment"].get("description"),
        "last_payment_error": None,
        "latest_charge": None,
        "livemode": False,
        "metadata": dict(session["_payment"].get("metadata", {})),
        "payment_method": new_id("pm"),
        "payment_method_types": [method],
        "status": "processing",
        "_session": session["id"],
    }


def charge(intent: Thing, at: int) -> Thing:
    """Return the charge of a payment that is on its way."""
    method = intent["payment_method_types"][0]
    nobody = {"address": None, "email": None, "name": None, "phone": None}
    return {
        "id": new_id("ch"),
        "object": "charge",
        "amount": intent["amount"],
        "amount_captured": 0,
        "amount_refunded": 0,
        "balance_transaction": None,
        "billing_details": nobody,
        "captured": True,
        "created": at,
        "currency": intent["currency"],
        "customer": None,
        "description": intent["description"],
        "disputed": False,
        "failure_code": None,
        "failure_message": None,
        "livemode": False,
        "metadata": dict(intent["metadata"]),
        "paid": False,
        "payment_intent": intent["id"],
        "payment_method": intent["payment_method"],
        "payment_method_details": {"type": method, method: {}},
        "receipt_url": None,
        "refunded": False,
        "status": "pending",
    }


def refund(paid: Thing, amount: int, at: int) -> Thing:
    """Return a refund of the charge that is on its way."""
    return {
        "id": new_id("re"),
        "object": "refund",
        "amount": amount,
        "balance_transaction": new_id("txn"),
        "charge": paid["id"],
        "created": at,
        "currency": paid["currency"],
        "destination_details": {"type": paid["payment_method_details"]["type"]},
        "metadata": {},
        "payment_intent": paid["payment_intent"],
        "reason": None,
        "receipt_number": None,
        "status": "pending",
    }


def dispute(paid: Thing, amount: int, at: int) -> Thing:
    """Return a dispute over the charge that waits for the shop's answer."""
    details = {
        "due_by": at + _ANSWER_DAYS * _DAY,
        "has_evidence": False,
        "past_due": False,
        "submission_count": 0,
    }
    return {
        "id": new_id("du"),
        "object": "dispute",
        "amount": amount,
        "balance_transactions": [],
        "charge": paid["id"],
        "created": at,
        "currency": paid["currency"],
        "evidence": {},
        "evidence_details": details,
        "is_charge_refundable": False,
        "livemode": False,
        "metadata": {},
        "payment_intent": paid["payment_intent"],
        "payment_method_details": {"type": paid["payment_method_details"]["type"]},
        "reason": "fraudulent",
        "status": "needs_response",
    }


def event(kind: str, thing: Thing, at: int) -> Thing:
    """Return the event that tells of the object as it is now."""
    return {
        "id": new_id("evt"),
        "object": "event",
        "api_version": API_VERSION,
        "created": at,
        "data": {"object": shown(thing)},
        "livemode": False,
        "pending_webhooks": 1,
        "request": {"id": None, "idempotency_key": None},
        "type": kind,
    }
