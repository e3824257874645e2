"""The receipts of an order on paper: for whoever it is of, and for the desk."""

from flask import Blueprint, render_template, url_for

from lms.core.access import Permission
from lms.payments import queries
from lms.payments.domain.capitals import in_capitals
from lms.payments.words import METHODS, ON_LINE
from lms.web.access import current_actor, database, requires

bp = Blueprint("receipts", __name__)


@bp.get("/me/orders/<number>/receipt")
@requires(Permission.LEARN)
def own(number: str) -> str:
    """Show the learner's receipts of an order."""
    with database().snapshot() as session:
        found = queries.own_papers(session, person_id=current_actor().person_id, number=number)
    return _page(found, back=url_for("orders.one", number=number))


@bp.get("/staff/orders/<number>/receipt")
@requires(Permission.ORDERS_READ)
def at_desk(number: str) -> str:
    """Show the receipts of an order in reach."""
    with database().snapshot() as session:
        found = queries.papers(session, current_actor(), number)
    return _page(found, back=url_for("order_desk.one", number=number))


def _page(found: queries.Papers, *, back: str) -> str:
    return render_template(
        "payments/receipt.html",
        papers=found,
        order=found.order,
        back=back,
        in_capitals=in_capitals,
        methods=METHODS,
        on_line=ON_LINE,
    )
