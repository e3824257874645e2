"""The page a payer sees, and the page on which a developer plays bank, payer and Stripe."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue

from lms.core.clock import local_time
from lms.demo.stripe_server.current import current_till
from lms.demo.stripe_server.refusals import Refusal
from lms.demo.stripe_server.shapes import Thing, money, shown
from lms.demo.stripe_server.till import StripeTill
from lms.demo.stripe_server.webhooks import ALL

bp = Blueprint("pages", __name__)
_SESSIONS = 20
_EVENTS = 40
_MOST_COPIES = 5
_MOST_DELAY = 600
_SEE_OTHER = 303
Act = Callable[[StripeTill, str], object]
_ACTS: Mapping[str, Act] = {
    "settle": StripeTill.settle,
    "fail": StripeTill.fail,
    "expire": StripeTill.expire,
    "settle-refund": StripeTill.settle_refund,
    "fail-refund": StripeTill.fail_refund,
    "dispute": StripeTill.dispute,
    "review": StripeTill.review_dispute,
    "win": StripeTill.win_dispute,
    "lose": StripeTill.lose_dispute,
    "resend": StripeTill.resend,
}


@bp.errorhandler(Refusal)
def refuse(refusal: Refusal) -> ResponseReturnValue:
    """Say on the control page why nothing was done."""
    return _control(refusal.message), refusal.status


@bp.get("/pay/<session_id>")
def checkout_page(session_id: str) -> ResponseReturnValue:
    """Show what is to be paid, or that there is nothing to pay any more."""
    books = current_till().books
    with books.look():
        session = books.get("checkout.session", session_id)
        return render_template(
            "demo/stripe_checkout.html", session=shown(session), lines=session["_lines"]
        )


@bp.post("/pay/<session_id>")
def pay(session_id: str) -> ResponseReturnValue:
    """Do what the payer chose, and send them back to the shop."""
    till = current_till()
    if till.books.get("checkout.session", session_id)["status"] != "open":
        # Paid in another window, or expired meanwhile: the page says which.
        return redirect(f"/pay/{session_id}", _SEE_OTHER)
    session = _choose(till, session_id, request.form.get("method"))
    is_paid = session["status"] == "complete"
    back = session["success_url"] if is_paid else session["cancel_url"] or f"/pay/{session_id}"
    return redirect(back.replace("{CHECKOUT_SESSION_ID}", session_id), _SEE_OTHER)


def _choose(till: StripeTill, session_id: str, method: str | None) -> Thing:
    act = request.form.get("act", "pay")
    if act == "decline":
        return till.decline(session_id)
    if act == "later":
        return till.delay(session_id, method)
    return till.pay(session_id, method)


@bp.get("/")
def control() -> ResponseReturnValue:
    """Show the newest sessions, what became of them, and the events."""
    return _control(None)


@bp.post("/control/<act>/<thing_id>")
def do(act: str, thing_id: str) -> ResponseReturnValue:
    """Let something happen at the bank or at Stripe."""
    if act not in _ACTS:
        raise Refusal(f"There is no act {act}.", status=404)
    _ACTS[act](current_till(), thing_id)
    return redirect("/", _SEE_OTHER)


@bp.post("/control/refund/<intent_id>")
def refund(intent_id: str) -> ResponseReturnValue:
    """Refund from Stripe's side, all or the amount typed."""
    till = current_till()
    currency = till.books.get("payment_intent", intent_id)["currency"]
    till.refund(intent_id, _typed_amount(request.form.get("amount", ""), currency))
    return redirect("/", _SEE_OTHER)


@bp.post("/control/release")
def release() -> ResponseReturnValue:
    """Deliver the events that are held."""
    till = current_till()
    shuffled = request.form.get("order") == "shuffled"
    till.release(till.policy.seed if shuffled else None)
    return redirect("/", _SEE_OTHER)


@bp.post("/control/delivery")
def delivery() -> ResponseReturnValue:
    """Change how the events that come now are delivered, and how refunds begin."""
    till = current_till()
    policy, form = till.policy, request.form
    policy.copies = _typed_number("copies", 1, _MOST_COPIES)
    policy.delay_seconds = _typed_number("delay", 0, _MOST_DELAY)
    policy.is_holding = "hold" in form
    policy.dropped = frozenset({ALL} if "drop" in form else ())
    till.faults.refunds_begin = "pending" if "pending" in form else "succeeded"
    return redirect("/", _SEE_OTHER)


def _typed_number(name: str, least: int, most: int) -> int:
    typed = request.form.get(name, "")
    if not typed.isdecimal() or not least <= int(typed) <= most:
        raise Refusal(f"{name}: {least}-{most}", name)
    return int(typed)


def _typed_amount(typed: str, currency: str) -> int | None:
    """Return what was typed in the smallest unit, none where nothing was typed."""
    if not typed.strip():
        return None
    # What `money` writes for one hundred tells whether the currency has a smaller part.
    parts = 100 if "." in money(100, currency) else 1
    try:
        amount = Decimal(typed.strip()) * parts
    except InvalidOperation:
        amount = Decimal(0)
    if not amount.is_finite() or amount <= 0 or amount != amount.to_integral_value():
        raise Refusal(f"Invalid amount: {typed}", "amount")
    return int(amount)


def _control(said: str | None) -> str:
    till = current_till()
    books = till.books
    with books.look():
        sessions = [_story(till, each) for each in books.newest("checkout.session")[:_SESSIONS]]
        events = [(each, books.deliveries[each["id"]]) for each in books.newest("event")[:_EVENTS]]
        return render_template(
            "demo/stripe_control.html",
            said=said,
            sessions=sessions,
            events=events,
            policy=till.policy,
            faults=till.faults,
            webhook_url=till.courier.url,
        )


def _story(till: StripeTill, session: Thing) -> Thing:
    """Return the session with everything that hangs on it."""
    books, intent_id = till.books, session["payment_intent"]
    intent = books.things.get(intent_id or "")
    of_it = {
        kind: [each for each in books.newest(kind) if each["payment_intent"] == intent_id]
        for kind in ("refund", "dispute")
    }
    charge = books.things[intent["latest_charge"]] if intent else None
    return {
        "session": session,
        "names": [each["description"] for each in session["_lines"]],
        "intent": intent,
        "charge": charge,
        "left": charge["amount"] - charge["amount_refunded"] if charge else 0,
        "refunds": of_it["refund"] if intent else [],
        "disputes": of_it["dispute"] if intent else [],
    }


def money_of(thing: Thing) -> str:
    """Return the amount of the object as people write it."""
    amount: int = thing["amount_total"] if "amount_total" in thing else thing["amount"]
    return money(amount, thing["currency"])


def clock_time(seconds: int) -> str:
    """Return the moment as the wall clock shows it."""
    return local_time(datetime.fromtimestamp(seconds, UTC)).strftime("%m-%d %H:%M:%S")
