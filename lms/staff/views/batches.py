"""Frozen lists: those there are, one with its differences, freezing, correcting, its manifest."""

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lms.accounts.domain.proofs import is_confirmed
from lms.core.access import Permission
from lms.db.session import now
from lms.roster import queries as roster
from lms.roster import service
from lms.roster.domain.fields import FIELDS
from lms.roster.domain.orders import ExportFormat
from lms.roster.forms import parse_frozen_order
from lms.staff import queries
from lms.staff.forms import batches as forms
from lms.web.access import current_actor, database, requires
from lms.web.i18n import gettext

bp = Blueprint("batches", __name__, url_prefix="/staff/batches")
_ID = "<int(max=9223372036854775807):batch_id>"


@bp.get("")
@requires(Permission.COMPLETIONS_READ)
def board() -> ResponseReturnValue:
    """Show the frozen lists of the actor's counties."""
    actor = current_actor()
    before = forms.parse_before(request.args)
    with database().snapshot() as session:
        shelf = queries.shelf(session, actor, before=before)
        place = queries.place(session, actor.scopes_for(Permission.COMPLETIONS_READ))
        return render_template("staff/batches.html", shelf=shelf, before=before, desk_place=place)


@bp.get("/new")
@requires(Permission.COMPLETIONS_EXPORT)
def new() -> ResponseReturnValue:
    """Show which list would be frozen and how long it is, and ask what for."""
    scopes = current_actor().scopes_for(Permission.COMPLETIONS_EXPORT)
    with database().snapshot() as session:
        wish = forms.parse_wish(request.args, roster.reach(session, scopes).counties)
        reach = roster.reach(session, scopes, wish.filters)
        service.require_reach(reach, wish.filters)
        count = roster.count_list(session, wish.kind, roster.Selection(scopes, wish.filters))
    return render_template(
        "staff/batch_new.html", wish=wish, reach=reach, count=count, desk_place=None
    )


@bp.post("")
@requires(Permission.COMPLETIONS_EXPORT)
def freeze() -> ResponseReturnValue:
    """Freeze the list the address names."""
    actor, purpose = current_actor(), forms.parse_purpose(request.form)
    scopes = actor.scopes_for(Permission.COMPLETIONS_EXPORT)
    with database().transaction() as session:
        wish = forms.parse_wish(request.args, roster.reach(session, scopes).counties)
        order = service.FreezeOrder(wish.kind, wish.filters, purpose)
        batch = service.order_batch(session, actor=actor, order=order, now=now(session))
        batch_id = batch.id
    return redirect(url_for("batches.show", batch_id=batch_id))


@bp.get(f"/{_ID}")
@requires(Permission.COMPLETIONS_READ)
def show(batch_id: int) -> ResponseReturnValue:
    """Show a batch: what it says of itself, what differs, and whether its hashes hold."""
    actor = current_actor()
    against, checked = forms.parse_look(request.args)
    with database().snapshot() as session:
        found = queries.opened(session, actor, batch_id, against=against, checked=checked)
        return render_template(
            "staff/batch.html",
            found=found,
            titles={field.key: field.title for field in FIELDS.values()},
            may_export=actor.may(Permission.COMPLETIONS_EXPORT),
            may_order=is_confirmed(actor.confirmed_at, at=now(session)),
            formats=tuple(ExportFormat),
            desk_place=found.view.county,
        )


@bp.post(f"/{_ID}/export")
@requires(Permission.COMPLETIONS_EXPORT)
def export(batch_id: int) -> ResponseReturnValue:
    """Order a file of what was frozen."""
    order = parse_frozen_order(request.form, batch_id)
    with database().transaction() as session:
        service.order_export(session, actor=current_actor(), order=order, now=now(session))
    return redirect(url_for("staff.exports"))


@bp.post(f"/{_ID}/correct")
@requires(Permission.COMPLETIONS_EXPORT)
def correct(batch_id: int) -> ResponseReturnValue:
    """Freeze the same list anew, as a correction with a reason."""
    reason = forms.parse_reason(request.form)
    with database().transaction() as session:
        batch = service.correct_batch(
            session, actor=current_actor(), batch_id=batch_id, reason=reason, now=now(session)
        )
        later = batch.id
    return redirect(url_for("batches.show", batch_id=later))


@bp.post(f"/{_ID}/stop")
@requires(Permission.COMPLETIONS_EXPORT)
def stop(batch_id: int) -> ResponseReturnValue:
    """Stop a list that is being frozen."""
    with database().transaction() as session:
        service.stop_batch(session, actor=current_actor(), batch_id=batch_id, now=now(session))
    flash(gettext("Stopped. Nothing was kept."), "ok")
    return redirect(url_for("batches.board"))


@bp.get(f"/{_ID}/manifest.txt")
@requires(Permission.COMPLETIONS_READ)
def manifest(batch_id: int) -> ResponseReturnValue:
    """Hand out the lines whose SHA-256 the page shows; they name nobody."""
    with database().snapshot() as session:
        view = roster.batch(session, current_actor(), batch_id)
    lines = roster.manifest_lines(database(), view.batch)
    name = f"manifest-{view.batch.county_code}-{view.batch.kind}-{view.batch.number}.txt"
    response = Response(lines, mimetype="text/plain")
    response.headers.set("Content-Disposition", "attachment", filename=name)
    return response
