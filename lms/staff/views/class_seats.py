"""Putting somebody into a class by hand: found by name or phone, with what they are now."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lms.accounts import login
from lms.core.access import Permission
from lms.db.session import now
from lms.enrollment.service import Given
from lms.staff import forms, queries, service
from lms.staff.views.again import Faults, reshow
from lms.web.access import current_actor, database, requires
from lms.web.i18n import gettext

bp = Blueprint("class_seats", __name__, url_prefix="/staff/classes")
_AT = "/<int(max=9223372036854775807):training_class_id>/people/new"


def _page(training_class_id: int, *, faults: Faults | None = None) -> ResponseReturnValue:
    words = forms.parse_seat_search(request.values)
    with database().snapshot() as session:
        shown = queries.seat_page(
            session, current_actor(), training_class_id, words, index=login.keys().index
        )
    return render_template(
        "staff/class_seat.html", shown=shown, row=shown.row, words=words, faults=faults or {}
    )


@bp.get(_AT)
@requires(Permission.ENROLLMENT_MOVE)
def search(training_class_id: int) -> ResponseReturnValue:
    """Show who fits the words, what each is in the course, and what may be given to them."""
    return _page(training_class_id)


@bp.post(_AT)
@requires(Permission.ENROLLMENT_MOVE)
@reshow(_page)
def give(training_class_id: int) -> ResponseReturnValue:
    """Give somebody a seat, or where the class is full a place in the line."""
    actor, person_id = current_actor(), forms.parse_seat(request.form)
    words = forms.parse_seat_search(request.form)
    with database().transaction() as session:
        person, given = service.seat_person(
            session,
            actor=actor,
            training_class_id=training_class_id,
            person_id=person_id,
            now=now(session),
        )
    if given is Given.WAITING:
        flash(gettext("The class is full: %(name)s waits in the line.", name=person.name), "warn")
    else:
        flash(gettext("%(name)s is in this class.", name=person.name), "ok")
    address = url_for("class_seats.search", training_class_id=training_class_id, q=words)
    return redirect(address, 303)
