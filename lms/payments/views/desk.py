"""The desk of orders: what was ordered and paid, money that goes back, messages that do not fit."""

from datetime import timedelta

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lms.core.access import Permission
from lms.core.errors import InvalidInput, NotFound
from lms.core.ids import new_uuid
from lms.core.query import Faults
from lms.db.session import now
from lms.payments import forms, queries, service
from lms.payments.domain.orders import OrderState
from lms.payments.domain.reconciling import MOST_DAYS
from lms.payments.words import DIFFERS, WHY
from lms.web.access import current_actor, database, requires, settings
from lms.web.i18n import gettext

bp = Blueprint("order_desk", __name__, url_prefix="/staff/orders")


@bp.get("")
@requires(Permission.ORDERS_READ)
def board() -> ResponseReturnValue:
    """List the orders of the counties, the newest first."""
    wished, actor = forms.parse_wished(request.args), current_actor()
    with database().snapshot() as session:
        lines = queries.lines(session, actor, wished)
        parked = queries.parked(session, actor)
    return render_template(
        "payments/desk_orders.html",
        lines=lines[: queries.PAGE],
        is_more=len(lines) > queries.PAGE,
        wished=wished,
        states=list(OrderState),
        parked=parked,
    )


@bp.get("/messages")
@requires(Permission.ORDERS_READ)
def messages() -> ResponseReturnValue:
    """List what the provider told that fits no order."""
    actor = current_actor()
    sees_all = queries.may_see_all(actor, Permission.ORDERS_READ)
    with database().snapshot() as session:
        parked = queries.parked(session, actor)
        reconciled = queries.last_reconciliation(session) if sees_all else None
    return render_template(
        "payments/desk_messages.html",
        parked=parked,
        reconciled=reconciled,
        may_reconcile=queries.may_see_all(actor, Permission.ORDERS_SETTLE) and settings().stripe,
        most_days=MOST_DAYS,
        why=WHY,
        differs=DIFFERS,
    )


@bp.post("/reconciliations")
@requires(Permission.ORDERS_SETTLE)
def reconcile() -> ResponseReturnValue:
    """Compare what the provider lists with what the site knows, as far back as asked."""
    actor, days = current_actor(), forms.parse_days(request.form)
    if not queries.may_see_all(actor, Permission.ORDERS_SETTLE):
        raise NotFound
    with database().transaction() as session:
        service.ask_now(session, actor=actor, since=now(session) - timedelta(days=days))
    flash(gettext("It is being compared. Please look again in a minute."), "ok")
    return redirect(url_for("order_desk.messages"))


@bp.post("/messages")
@requires(Permission.ORDERS_SETTLE)
def handle() -> ResponseReturnValue:
    """Note that somebody looked at a message."""
    with database().transaction() as session:
        message_id = str(request.form.get("message") or "")
        service.handle(session, actor=current_actor(), message_id=message_id, now=now(session))
    flash(gettext("Written down."), "ok")
    return redirect(url_for("order_desk.messages"))


@bp.get("/<number>")
@requires(Permission.ORDERS_READ)
def one(number: str) -> ResponseReturnValue:
    """Show an order with all that is known of its money."""
    return _page(number, {})


@bp.post("/<number>/refunds")
@requires(Permission.ORDERS_SETTLE)
def refund(number: str) -> ResponseReturnValue:
    """Let money of an order go back; the provider is asked once this is kept."""
    try:
        asked = forms.parse_refund(request.form)
        with database().transaction() as session:
            service.ask_refund(
                session, actor=current_actor(), number=number, asked=asked, now=now(session)
            )
    except InvalidInput as error:
        return _page(number, error.fields), error.status
    flash(gettext("Asked for. The learner is told once the money goes back."), "ok")
    return redirect(url_for("order_desk.one", number=number))


@bp.post("/<number>/undo")
@requires(Permission.ORDERS_SETTLE)
def undo(number: str) -> ResponseReturnValue:
    """Undo an order nothing was left to pay of."""
    try:
        reason = forms.parse_reason(request.form)
        with database().transaction() as session:
            service.undo(
                session, actor=current_actor(), number=number, reason=reason, now=now(session)
            )
    except InvalidInput as error:
        return _page(number, error.fields), error.status
    flash(gettext("Undone. The learner is told."), "ok")
    return redirect(url_for("order_desk.one", number=number))


@bp.post("/<number>/refunds/<int(max=9223372036854775807):refund_id>/again")
@requires(Permission.ORDERS_SETTLE)
def again(number: str, refund_id: int) -> ResponseReturnValue:
    """Ask the provider once more for a refund it did not answer to."""
    with database().transaction() as session:
        asked = service.ask_again(
            session, actor=current_actor(), number=number, refund_id=refund_id
        )
    flash(gettext("Asked again.") if asked else gettext("It is being asked for already."), "ok")
    return redirect(url_for("order_desk.one", number=number))


def _page(number: str, faults: Faults) -> str:
    actor = current_actor()
    with database().snapshot() as session:
        seen = queries.whole(session, actor, number, Permission.ORDERS_READ)
        may_settle = queries.may_settle(actor, seen)
    return render_template(
        "payments/desk_order.html",
        seen=seen,
        order=seen.line.order,
        may_settle=may_settle,
        own=actor.person_id,
        faults=faults,
        typed=request.form,
        key=request.form.get("key") or new_uuid(),
        why=WHY,
    )
