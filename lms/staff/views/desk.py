"""The desk of administrators and supervisors: completions, learners and exports."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lms.core.access import Permission
from lms.core.clock import utc_now
from lms.db.session import now
from lms.roster import forms, service
from lms.roster.domain.filters import STATUS_WORDS, Filters
from lms.roster.domain.orders import OFFERED, ExportFormat, ExportKind
from lms.roster.queries import COUNTED, MOST_PEOPLE
from lms.staff import queries
from lms.staff.forms.lists import parse_asked, parse_records
from lms.staff.list_words import CLAIM_CHIPS, COLUMN_WORDS, GROUP_WORDS, KIND_WORDS
from lms.web.access import current_actor, database, requires
from lms.web.i18n import gettext

_WORDS: dict[str, Any] = {
    "status_words": STATUS_WORDS,
    "group_words": GROUP_WORDS,
    "claim_chips": CLAIM_CHIPS,
    "column_words": COLUMN_WORDS,
    "kind_words": KIND_WORDS,
    "kinds": OFFERED,
    "formats": tuple(ExportFormat),
    "counted": COUNTED,
    "most_people": MOST_PEOPLE,
}
bp = Blueprint("staff", __name__, url_prefix="/staff")


@bp.get("/")
@requires(Permission.COMPLETIONS_READ)
def index() -> ResponseReturnValue:
    """Lead to the first room of the desk."""
    return redirect(url_for("figures.dashboard"))


@bp.get("/completions")
@requires(Permission.COMPLETIONS_READ)
def completions() -> ResponseReturnValue:
    """Show who completed, and who has not and why."""
    return _completions(chosen=())


@bp.post("/completions")
@requires(Permission.COMPLETIONS_READ)
def choose() -> ResponseReturnValue:
    """Show a part of the list with what was chosen so far: without script the form carries it."""
    return _completions(chosen=parse_records(request.form))


def _completions(chosen: tuple[int, ...]) -> ResponseReturnValue:
    actor = current_actor()
    filters, window = parse_asked(request.args), forms.parse_window(request.args)
    with database().snapshot() as session:
        board = queries.board(session, actor, filters, window)
        # What has expired is left out of a list; what may be downloaded is asked exactly.
        drawer = queries.drawer(session, actor, utc_now())
        return render_template(
            "staff/completions.html",
            board=board,
            drawer=drawer,
            chosen=chosen,
            desk_place=board.place,
            may_export=actor.may(Permission.COMPLETIONS_EXPORT),
            **_WORDS,
        )


@bp.get("/learners/<int(max=9223372036854775807):person_id>")
@requires(Permission.COMPLETIONS_READ)
def learner(person_id: int) -> ResponseReturnValue:
    """Show a learner's enrollments, hours and what is missing."""
    actor = current_actor()
    with database().snapshot() as session:
        found = queries.learner_file(session, actor, person_id)
        place = queries.place(session, actor.scopes_for(Permission.COMPLETIONS_READ))
    return render_template(
        "staff/learner.html", learner=found, desk_place=place, status_words=STATUS_WORDS
    )


@bp.get("/exports")
@requires(Permission.COMPLETIONS_EXPORT)
def exports() -> ResponseReturnValue:
    """Show the lists being made and those that are ready."""
    actor = current_actor()
    with database().snapshot() as session:
        drawer = queries.drawer(session, actor, now(session))
        place = queries.place(session, actor.scopes_for(Permission.COMPLETIONS_READ))
    return render_template("staff/exports.html", drawer=drawer, desk_place=place)


@bp.post("/exports")
@requires(Permission.COMPLETIONS_EXPORT)
def order() -> ResponseReturnValue:
    """Order a list of what the page shows; its filters are the address's."""
    sent = {"kind": "completions", **request.form.to_dict()}
    wanted = forms.parse_order(sent, {**request.args, "ids": request.form.get("ids", "")})
    with database().transaction() as session:
        service.order_export(session, actor=current_actor(), order=wanted, now=now(session))
    return redirect(_made_of(wanted.kind, wanted.filters, export=1))


@bp.post("/exports/<export_id>/stop")
@requires(Permission.COMPLETIONS_EXPORT)
def stop(export_id: str) -> ResponseReturnValue:
    """Stop a list that is being made."""
    with database().transaction() as session:
        export = service.stop_export(
            session, actor=current_actor(), export_id=export_id, now=now(session)
        )
    flash(gettext("Stopped. No file was kept."), "ok")
    if export.batch_id is not None:
        return redirect(url_for("batches.show", batch_id=export.batch_id))
    # Back to the list it was made of; an open drawer would hide what was said.
    return redirect(_made_of(export.kind, forms.parse_filters(export.filters)))


def _made_of(kind: str, filters: Filters, **more: int) -> str:
    """Return the address of the page a list is made of."""
    page = "behind.board" if kind == ExportKind.BEHIND else "staff.completions"
    query: dict[str, Any] = {**filters.in_address(), **more}
    return url_for(page, **query)
