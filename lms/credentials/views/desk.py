"""The desk's part: ask to revoke a badge or issue it anew, and rule on what others asked."""

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lms.core.access import Permission
from lms.core.clock import utc_now
from lms.core.errors import NotFound
from lms.credentials import forms, queries
from lms.credentials.domain.states import REASON_WORDS, Aim, Ruling, fitting_aim, reasons_for
from lms.credentials.service import requests as badge_requests
from lms.credentials.views.words import badge_words, day
from lms.db.session import now
from lms.web.access import current_actor, database, requires, settings
from lms.web.i18n import gettext

bp = Blueprint("badge_desk", __name__, url_prefix="/staff")
_SHOWN = 100
_MAX_ID = 2**63 - 1


@bp.get("/badges/<uuid:credential_id>")
@requires(Permission.COMPLETIONS_READ)
def badge(credential_id: UUID) -> ResponseReturnValue:
    """Show a badge of a learner in reach, and the form that asks for what may be done with it."""
    actor = current_actor()
    with database().snapshot() as session:
        found = queries.badge_in_reach(
            session, actor, str(credential_id), Permission.COMPLETIONS_READ
        )
        if found is None:
            raise NotFound
        asked = queries.standing_request(session, found)
        ledger_stands = queries.ledger_stands(session, found)
    return render_template(
        "credentials/desk_badge.html",
        day=day,
        badge=found,
        words=badge_words(found, settings().base_url, full_name=True),
        standing=found.standing(utc_now()),
        ledger_stands=ledger_stands,
        asked=asked,
        aim=fitting_aim(found.state),
        reasons=reasons_for(fitting_aim(found.state)),
        may_revoke=actor.may(Permission.CREDENTIAL_REVOKE),
    )


@bp.post("/badges/<uuid:credential_id>/requests")
@requires(Permission.CREDENTIAL_REVOKE)
def ask(credential_id: UUID) -> ResponseReturnValue:
    """Ask for a revocation or a new badge; another person decides."""
    plea = forms.parse_plea(request.form)
    with database().transaction() as session:
        badge_requests.ask(
            session,
            actor=current_actor(),
            credential_id=str(credential_id),
            plea=plea,
            now=now(session),
        )
    flash(gettext("Asked. Nothing changes until another administrator confirms."), "ok")
    return redirect(url_for("badge_desk.badge", credential_id=credential_id))


@bp.get("/badges/requests")
@requires(Permission.CREDENTIAL_REVOKE)
def requests() -> ResponseReturnValue:
    """Show what was asked for, open requests first."""
    actor = current_actor()
    with database().snapshot() as session:
        found = queries.requests(session, actor, limit=_SHOWN)
    return render_template(
        "credentials/desk_requests.html",
        requests=found,
        reasons=REASON_WORDS,
        own=actor.person_id,
    )


@bp.post(f"/badges/requests/<int(max={_MAX_ID}):request_id>")
@requires(Permission.CREDENTIAL_REVOKE)
def rule(request_id: int) -> ResponseReturnValue:
    """Confirm or decline what another person asked for, or withdraw one's own request."""
    ruling = forms.parse_ruling(request.form)
    with database().transaction() as session:
        ruled = badge_requests.rule(
            session,
            actor=current_actor(),
            request_id=request_id,
            ruling=ruling,
            now=now(session),
        )
        aim = Aim(ruled.aim)
    flash(_said(aim, ruling), "ok")
    return redirect(url_for("badge_desk.requests"))


def _said(aim: Aim, ruling: Ruling) -> str:
    if ruling is Ruling.CONFIRMED and aim is Aim.REVOKE:
        return gettext("Revoked. The holder has been told.")
    if ruling is Ruling.CONFIRMED:
        return gettext("A new badge is being signed. The holder has been told.")
    if ruling is Ruling.DECLINED:
        return gettext("Declined. The badge stays as it is.")
    return gettext("Withdrawn. The badge stays as it is.")
