"""The desk's part: ask for a revocation with a reason, and rule on what others asked for."""

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lms.core.access import Permission
from lms.core.clock import utc_now
from lms.core.errors import NotFound
from lms.credentials import forms, queries
from lms.credentials.domain.states import REASON_WORDS, Ruling
from lms.credentials.service import revocation
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
    """Show a badge of a learner in reach, and where it may be asked back."""
    actor = current_actor()
    with database().snapshot() as session:
        found = queries.badge_in_reach(
            session, actor, str(credential_id), Permission.COMPLETIONS_READ
        )
        if found is None:
            raise NotFound
        waiting = queries.open_request(session, found.id)
    return render_template(
        "credentials/desk_badge.html",
        day=day,
        badge=found,
        words=badge_words(found, settings().base_url, full_name=True),
        standing=found.standing(utc_now()),
        waiting=waiting,
        reasons=REASON_WORDS,
        may_revoke=actor.may(Permission.CREDENTIAL_REVOKE),
    )


@bp.post("/badges/<uuid:credential_id>/revocation")
@requires(Permission.CREDENTIAL_REVOKE)
def ask(credential_id: UUID) -> ResponseReturnValue:
    """Ask for a revocation; another person decides."""
    plea = forms.parse_plea(request.form)
    with database().transaction() as session:
        revocation.ask(
            session,
            actor=current_actor(),
            credential_id=str(credential_id),
            plea=plea,
            now=now(session),
        )
    flash(gettext("Asked. The badge stays valid until another administrator confirms."), "ok")
    return redirect(url_for("badge_desk.badge", credential_id=credential_id))


@bp.get("/revocations")
@requires(Permission.CREDENTIAL_REVOKE)
def requests() -> ResponseReturnValue:
    """Show what was asked for, open requests first."""
    actor = current_actor()
    with database().snapshot() as session:
        found = queries.requests(session, actor, limit=_SHOWN)
    return render_template(
        "credentials/desk_requests.html", requests=found, reasons=REASON_WORDS, own=actor.person_id
    )


@bp.post(f"/revocations/<int(max={_MAX_ID}):request_id>")
@requires(Permission.CREDENTIAL_REVOKE)
def rule(request_id: int) -> ResponseReturnValue:
    """Confirm or decline what another person asked for."""
    ruling = forms.parse_ruling(request.form)
    with database().transaction() as session:
        revocation.rule(
            session,
            actor=current_actor(),
            request_id=request_id,
            ruling=ruling,
            now=now(session),
        )
    flash(_said(ruling), "ok")
    return redirect(url_for("badge_desk.requests"))


def _said(ruling: Ruling) -> str:
    if ruling is Ruling.CONFIRMED:
        return gettext("Revoked. The holder has been told.")
    return gettext("Declined. The badge stays as it is.")
