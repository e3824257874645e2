"""The desk's part: rule on appeals about time, and make good outages, two people each."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lms.accounts.domain.proofs import is_confirmed
from lms.core.access import Permission
from lms.core.clock import local_time, utc_now
from lms.core.errors import NotFound
from lms.db.session import now
from lms.progress import forms, queries
from lms.progress.domain.requests import RequestRuling
from lms.progress.reasons import HINTS, REASONS
from lms.progress.service import appeals, outages
from lms.progress.views.queues import MAX_ID, SHOWN, show_queue
from lms.web.access import current_actor, database, requires
from lms.web.i18n import gettext

bp = Blueprint("time_desk", __name__, url_prefix="/staff/time")


@bp.get("")
@requires(Permission.TIME_READ)
def queue() -> ResponseReturnValue:
    """Show the appeals that wait, oldest first, or those that were answered."""
    return show_queue(
        "progress/desk_appeals.html", waiting=queries.open_appeals, ruled=queries.ruled_appeals
    )


@bp.get(f"/appeals/<int(max={MAX_ID}):request_id>")
@requires(Permission.TIME_READ)
def appeal(request_id: int) -> ResponseReturnValue:
    """Show one appeal with everything the site knows about it."""
    actor = current_actor()
    with database().snapshot() as session:
        found = queries.appeal_in_reach(session, actor, request_id, Permission.TIME_READ)
        if found is None:
            raise NotFound
        evidence = queries.evidence_of(session, found)
    return render_template(
        "progress/desk_appeal.html",
        appeal=found,
        evidence=evidence,
        reason=lambda code: gettext(REASONS[code]),
        hint=lambda code: gettext(HINTS[code]) if code in HINTS else "",
        may_rule=actor.may(Permission.TIME_RULE) and found.person_id != actor.person_id,
        is_own=found.person_id == actor.person_id,
        is_confirmed=is_confirmed(actor.confirmed_at, at=utc_now()),
    )


@bp.post(f"/appeals/<int(max={MAX_ID}):request_id>")
@requires(Permission.TIME_RULE)
def rule(request_id: int) -> ResponseReturnValue:
    """Count what was asked for, or leave it as it is; the learner is told why."""
    decision = forms.parse_decision(request.form)
    with database().transaction() as session:
        appeals.rule(
            session,
            actor=current_actor(),
            request_id=request_id,
            decision=decision,
            now=now(session),
        )
    if decision.ruling is RequestRuling.GRANTED:
        flash(gettext("Counted. The learner has been told."), "ok")
    else:
        flash(gettext("It stays as it was. The learner has been told why."), "ok")
    return redirect(url_for("time_desk.queue"))


@bp.get("/late")
@requires(Permission.TIME_READ)
def late_list() -> ResponseReturnValue:
    """Show time that came too late to be credited and waits for a person."""
    actor = current_actor()
    with database().snapshot() as session:
        after = forms.parse_cursor(request.args)
        found = queries.waiting_time(session, actor, after=after, limit=SHOWN)
    may_rule = actor.may(Permission.TIME_RULE)
    return render_template("progress/desk_late.html", page=found, may_rule=may_rule)


@bp.post("/late")
@requires(Permission.TIME_RULE)
def open_late() -> ResponseReturnValue:
    """Go to the request about a learner's late time, where it is ruled on."""
    person_id, material_id = forms.parse_late(request.form)
    with database().transaction() as session:
        request_id = appeals.open_late(
            session,
            actor=current_actor(),
            person_id=person_id,
            material_id=material_id,
            now=now(session),
        )
    return redirect(url_for("time_desk.appeal", request_id=request_id))


@bp.get("/outages")
@requires(Permission.TIME_READ)
def outage_list() -> ResponseReturnValue:
    """Show what outages were asked to be made good, and the form that asks."""
    actor = current_actor()
    with database().snapshot() as session:
        found = queries.outages(session, actor, limit=SHOWN)
        counties = queries.counties_of(session, actor.scopes_for(Permission.TIME_RULE))
    return render_template(
        "progress/desk_outages.html",
        requests=found,
        counties=counties,
        own=actor.person_id,
        latest=local_time(utc_now()).strftime("%Y-%m-%dT%H:%M"),
        may_rule=actor.may(Permission.TIME_RULE),
        is_confirmed=is_confirmed(actor.confirmed_at, at=utc_now()),
    )


@bp.post("/outages")
@requires(Permission.TIME_RULE)
def propose() -> ResponseReturnValue:
    """Ask to make good an outage; another administrator decides."""
    outage = forms.parse_outage(request.form)
    with database().transaction() as session:
        outages.propose(session, actor=current_actor(), outage=outage, now=now(session))
    flash(gettext("Asked. Nothing counts until another administrator approves."), "ok")
    return redirect(url_for("time_desk.outage_list"))


@bp.post(f"/outages/<int(max={MAX_ID}):request_id>")
@requires(Permission.TIME_RULE)
def rule_outage(request_id: int) -> ResponseReturnValue:
    """Approve or decline what another person asked for, or withdraw one's own request."""
    decision = forms.parse_decision(request.form)
    with database().transaction() as session:
        outages.rule(
            session,
            actor=current_actor(),
            request_id=request_id,
            decision=decision,
            now=now(session),
        )
    flash(_said(decision.ruling), "ok")
    return redirect(url_for("time_desk.outage_list"))


@bp.post(f"/outages/<int(max={MAX_ID}):request_id>/run")
@requires(Permission.TIME_RULE)
def run_outage_again(request_id: int) -> ResponseReturnValue:
    """Go on with counting an outage whose job gave up."""
    with database().transaction() as session:
        outages.run_again(session, actor=current_actor(), request_id=request_id, now=now(session))
    flash(gettext("It runs again. Nobody is given anything twice; you may leave this page."), "ok")
    return redirect(url_for("time_desk.outage_list"))


def _said(ruling: RequestRuling) -> str:
    if ruling is RequestRuling.GRANTED:
        return gettext("Approved. It is being counted; you may leave this page.")
    if ruling is RequestRuling.DECLINED:
        return gettext("Declined. Nobody’s time changes.")
    return gettext("Withdrawn. Nobody’s time changes.")
