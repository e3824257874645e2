"""Who is behind, and calling them: a number is shown one at a time, and that is written down."""

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lms.core.access import Permission
from lms.db.session import now
from lms.roster.domain.kinds import ExportKind
from lms.roster.domain.orders import ExportFormat
from lms.roster.forms import parse_call_window
from lms.roster.queries import COUNTED
from lms.roster.service import show_phone
from lms.staff import queries
from lms.staff.forms.lists import parse_called
from lms.staff.list_words import KIND_WORDS
from lms.web import limits
from lms.web.access import current_actor, database, requires
from lms.web.i18n import gettext
from lms.web.limits import DAY, HOUR, Limit, Use

bp = Blueprint("behind", __name__, url_prefix="/staff/behind")
# As fast as anybody calls, and a long day of it.
_HOUR = Limit("phone-shown-hour", 60, HOUR)
_DAY = Limit("phone-shown-day", 300, DAY)


@bp.get("")
@requires(Permission.COMPLETIONS_READ)
def board() -> ResponseReturnValue:
    """Show who is behind, why, and whom to call first."""
    actor = current_actor()
    filters, window = parse_called(request.args), parse_call_window(request.args)
    with database().snapshot() as session:
        at = now(session)
        found = queries.call_board(session, actor, filters, window, at)
        drawer = queries.drawer(session, actor, at)
        return render_template(
            "staff/behind.html",
            board=found,
            drawer=drawer,
            desk_place=found.place,
            may_export=actor.may(Permission.COMPLETIONS_EXPORT),
            chosen=(),
            kinds=(ExportKind.BEHIND,),
            kind_words=KIND_WORDS,
            formats=tuple(ExportFormat),
            counted=COUNTED,
        )


@bp.post("/<int(max=9223372036854775807):enrollment_id>/call")
@requires(Permission.COMPLETIONS_READ)
def call(enrollment_id: int) -> ResponseReturnValue:
    """Show the whole number of somebody who is behind; the filters lead back to the list."""
    actor, filters = current_actor(), parse_called(request.args)
    back = url_for("behind.board", **filters.in_address())  # type: ignore[arg-type]  # texts
    key = str(actor.person_id)
    limits.spend(database(), Use(_HOUR, key), Use(_DAY, key))
    with database().transaction() as session:
        found = show_phone(session, actor=actor, enrollment_id=enrollment_id, now=now(session))
    if found is None:
        flash(gettext("They are not behind any more."), "ok")
        return redirect(back, 303)
    page = render_template("staff/call.html", called=found, back=back, desk_place=None)
    response = make_response(page)
    response.headers["Cache-Control"] = "no-store"
    return response
