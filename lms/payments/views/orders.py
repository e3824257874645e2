"""A learner's own orders: where each stands, paying it, giving it up."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lms.core.access import Permission
from lms.core.errors import GatewayError
from lms.db.session import now
from lms.payments import forms, queries, service
from lms.payments.views.tills import page_of
from lms.web.access import current_actor, database, requires
from lms.web.i18n import gettext, say

bp = Blueprint("orders", __name__, url_prefix="/me/orders")


@bp.get("")
@requires(Permission.LEARN)
def history() -> ResponseReturnValue:
    """List the learner's orders."""
    with database().snapshot() as session:
        orders = queries.own_orders(session, current_actor().person_id)
    return render_template("payments/orders.html", orders=orders)


@bp.get("/<number>")
@requires(Permission.LEARN)
def one(number: str) -> ResponseReturnValue:
    """Show where an order stands; whoever comes back from paying waits here for the money.

    That somebody came back says nothing: only the provider's own message does.
    """
    with database().snapshot() as session:
        own = queries.own_order(session, person_id=current_actor().person_id, number=number)
    return render_template(
        "payments/order.html",
        own=own,
        order=own.order,
        looks=forms.parse_looks(request.args),
    )


@bp.post("/<number>/pay")
@requires(Permission.LEARN)
def pay(number: str) -> ResponseReturnValue:
    """Open the page on which the order is paid, where that did not work before."""
    with database().snapshot() as session:
        own = queries.own_order(session, person_id=current_actor().person_id, number=number)
    try:
        page_of(own.order)
    except GatewayError as error:
        flash(say(error.message), "bad")
    return redirect(url_for("orders.one", number=number))


@bp.post("/<number>/cancel")
@requires(Permission.LEARN)
def cancel(number: str) -> ResponseReturnValue:
    """Give up an order that is not paid."""
    with database().transaction() as session:
        service.cancel(session, actor=current_actor(), number=number, now=now(session))
    flash(gettext("The order is cancelled. Nothing was paid."), "ok")
    return redirect(url_for("orders.one", number=number))
