"""Lists that go on, wait for another's approval, or are made each month."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lms.core.access import Permission
from lms.core.clock import local_day
from lms.db.session import now
from lms.roster import forms, service
from lms.staff import queries
from lms.web.access import current_actor, database, requires
from lms.web.i18n import gettext

bp = Blueprint("exports", __name__, url_prefix="/staff/exports")


@bp.post("/<export_id>/resume")
@requires(Permission.COMPLETIONS_EXPORT)
def resume(export_id: str) -> ResponseReturnValue:
    """Go on with a list that was stopped or failed."""
    with database().transaction() as session:
        service.resume_export(session, actor=current_actor(), export_id=export_id, now=now(session))
    return redirect(url_for("staff.exports"))


@bp.get("/approvals")
@requires(Permission.COMPLETIONS_EXPORT)
def approvals() -> ResponseReturnValue:
    """Show the lists with full numbers that wait for the actor's word."""
    with database().snapshot() as session:
        board = queries.approvals(session, current_actor(), now(session))
    return render_template(
        "staff/approvals.html", board=board, counted=service.COUNTED, desk_place=None
    )


@bp.post("/<export_id>/approve")
@requires(Permission.COMPLETIONS_EXPORT)
def approve(export_id: str) -> ResponseReturnValue:
    """Approve another person's list."""
    with database().transaction() as session:
        service.approve_export(
            session, actor=current_actor(), export_id=export_id, now=now(session)
        )
    flash(gettext("Approved. Who asked is told when the list is ready."), "ok")
    return redirect(url_for("exports.approvals"))


@bp.post("/<export_id>/refuse")
@requires(Permission.COMPLETIONS_EXPORT)
def refuse(export_id: str) -> ResponseReturnValue:
    """Refuse another person's list, with a reason."""
    reason = forms.parse_reason(request.form)
    what: dict[str, Any] = {"actor": current_actor(), "export_id": export_id}
    with database().transaction() as session:
        service.refuse_export(session, **what, reason=reason, now=now(session))
    flash(gettext("Refused. Who asked is told why."), "ok")
    return redirect(url_for("exports.approvals"))


@bp.get("/schedules")
@requires(Permission.COMPLETIONS_EXPORT)
def schedules() -> ResponseReturnValue:
    """Show the actor's monthly lists, and the form for what the address names."""
    filters, kind = forms.parse_filters(request.args), forms.parse_kind(request.args)
    with database().snapshot() as session:
        board = queries.schedules(session, current_actor(), kind, filters, now(session))
        today = local_day(now(session))
    given: dict[str, Any] = {"board": board, "filters": filters, "today": today}
    return render_template("staff/schedules.html", **given, desk_place=None)


@bp.post("/schedules")
@requires(Permission.COMPLETIONS_EXPORT)
def add_schedule() -> ResponseReturnValue:
    """Let a list be made each month; its filters are the address's."""
    sent = {"kind": "completions", **request.form.to_dict()}
    order, day = forms.parse_schedule(sent, request.args)
    what: dict[str, Any] = {"actor": current_actor(), "order": order, "day_of_month": day}
    with database().transaction() as session:
        service.add_schedule(session, **what, now=now(session))
    flash(gettext("The list is made each month from now on."), "ok")
    return redirect(url_for("exports.schedules"))


@bp.post("/schedules/<int(max=9223372036854775807):schedule_id>/end")
@requires(Permission.COMPLETIONS_EXPORT)
def end_schedule(schedule_id: int) -> ResponseReturnValue:
    """End a monthly list."""
    with database().transaction() as session:
        service.end_schedule(
            session, actor=current_actor(), schedule_id=schedule_id, now=now(session)
        )
    flash(gettext("Ended. What was made stays for its days."), "ok")
    return redirect(url_for("exports.schedules"))
