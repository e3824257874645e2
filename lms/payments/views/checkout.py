"""The checkout of a course: what it costs, how to pay, and what is agreed."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lms.core.access import Permission
from lms.core.errors import GatewayError
from lms.db.session import now
from lms.payments import forms, queries, service
from lms.payments.domain.orders import OrderState, ProviderName
from lms.payments.models import CourseOrder
from lms.payments.views.tills import page_of, ways
from lms.web.access import current_actor, database, requires
from lms.web.i18n import say

bp = Blueprint("checkout", __name__)


@bp.get("/courses/<slug>/checkout")
@requires(Permission.LEARN)
def page(slug: str) -> ResponseReturnValue:
    """Show what a course costs the learner and how it can be paid."""
    class_id = forms.parse_class(request.args)
    with database().snapshot() as session:
        offered = queries.offered(session, slug=slug, training_class_id=class_id)
        standing = queries.standing_with(
            session, person_id=current_actor().person_id, course_id=offered.course_id
        )
    if standing.is_enrolled or (offered.price_fen == 0 and not standing.may_come_back):
        return redirect(url_for("learning.course", slug=slug))
    return render_template(
        "payments/checkout.html", offered=offered, standing=standing, ways=ways()
    )


@bp.post("/courses/<slug>/checkout")
@requires(Permission.LEARN)
def place(slug: str) -> ResponseReturnValue:
    """Take the order at the price of this moment, and go to where it is paid."""
    class_id, way = forms.parse_class(request.form), forms.parse_way(request.form, ways())
    with database().transaction() as session:
        offered = queries.offered(session, slug=slug, training_class_id=class_id)
        order = service.place(
            session, actor=current_actor(), wanted=service.Wanted(offered, way), now=now(session)
        )
    ready(order)
    return redirect(url_for("orders.one", number=order.number))


def ready(order: CourseOrder) -> None:
    """Have the page of an open order opened; where the provider is away, say so."""
    if order.state != OrderState.OPEN or order.provider == ProviderName.NONE:
        return
    try:
        page_of(order)
    except GatewayError as error:
        flash(say(error.message), "bad")
