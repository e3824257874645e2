"""The counter of the office: money taken by one person and confirmed by another, and back."""

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from lms.core.access import Permission
from lms.core.errors import InvalidInput
from lms.db.session import now
from lms.payments import forms, service
from lms.web.access import current_actor, database, requires
from lms.web.i18n import gettext, say

bp = Blueprint("counter", __name__, url_prefix="/staff/orders/<number>")


@bp.post("/money")
@requires(Permission.ORDERS_SETTLE)
def take(number: str) -> ResponseReturnValue:
    """Write down what was paid at the counter."""
    try:
        counted = forms.parse_counted(request.form)
        with database().transaction() as session:
            actor = current_actor()
            service.take(session, actor=actor, number=number, counted=counted, now=now(session))
    except InvalidInput as error:
        for fault in error.fields.values():
            flash(say(fault), "bad")
        return redirect(url_for("order_desk.one", number=number))
    return _done(number, gettext("Written down. Another person has to confirm it."))


@bp.post("/money/confirm")
@requires(Permission.ORDERS_SETTLE)
def confirm(number: str) -> ResponseReturnValue:
    """Confirm that the money is there."""
    with database().transaction() as session:
        service.confirm(session, actor=current_actor(), number=number, now=now(session))
    return _done(number, gettext("Confirmed. The learner has their seat."))


@bp.post("/money/drop")
@requires(Permission.ORDERS_SETTLE)
def drop(number: str) -> ResponseReturnValue:
    """Take back what was written down by mistake."""
    with database().transaction() as session:
        service.drop(session, actor=current_actor(), number=number, now=now(session))
    return _done(number, gettext("Taken back."))


@bp.post("/refunds/<int(max=9223372036854775807):refund_id>/handed-back")
@requires(Permission.ORDERS_SETTLE)
def hand_back(number: str, refund_id: int) -> ResponseReturnValue:
    """Confirm that money was handed back."""
    with database().transaction() as session:
        service.hand_back(
            session, actor=current_actor(), number=number, refund_id=refund_id, now=now(session)
        )
    return _done(number, gettext("Confirmed. The learner is told."))


def _done(number: str, words: str) -> ResponseReturnValue:
    flash(words, "ok")
    return redirect(url_for("order_desk.one", number=number))
