"""The packages of supervisors: ordering, looking, stopping, downloading once."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue

from lms.core.access import Permission
from lms.core.clock import utc_now
from lms.core.errors import NotFound
from lms.core.ids import new_token
from lms.db.session import now
from lms.delivery.domain import DeliveryKind
from lms.delivery.service import open_whole
from lms.handover import forms, queries, service
from lms.handover.domain.orders import MOST_PEOPLE
from lms.roster import queries as roster
from lms.web.access import current_actor, database, requires, settings
from lms.web.i18n import gettext

bp = Blueprint("handover", __name__, url_prefix="/supervision/handover")
_SEED_SIGNS = 8


@bp.get("")
@requires(Permission.EVIDENCE_HAND_OVER)
def board() -> ResponseReturnValue:
    """Show the actor's packages, and the form for what the address names."""
    actor = current_actor()
    wish = forms.parse_choice(request.args, new_token()[:_SEED_SIGNS])
    scopes = actor.scopes_for(Permission.EVIDENCE_HAND_OVER)
    with database().snapshot() as session:
        shown = queries.packages(session, actor, utc_now())
        reach = roster.reach(session, scopes)
        learner = wish.learner_id and queries.name_of(session, scopes, wish.learner_id)
    if wish.learner_id and not learner:
        raise NotFound
    given: dict[str, Any] = {"wish": wish, "reach": reach, "learner": learner, "most": MOST_PEOPLE}
    return render_template("supervision/handover.html", packages=shown, desk_place=None, **given)


@bp.post("")
@requires(Permission.EVIDENCE_HAND_OVER)
def order() -> ResponseReturnValue:
    """Order a package."""
    wanted = forms.parse_order(request.form)
    with database().transaction() as session:
        service.order_handover(session, actor=current_actor(), order=wanted, now=now(session))
    return redirect(url_for("handover.board"))


@bp.post("/<handover_id>/stop")
@requires(Permission.EVIDENCE_HAND_OVER)
def stop(handover_id: str) -> ResponseReturnValue:
    """Stop a package that is being made."""
    with database().transaction() as session:
        service.stop_handover(
            session, actor=current_actor(), handover_id=handover_id, now=now(session)
        )
    flash(gettext("Stopped. No file was kept."), "ok")
    return redirect(url_for("handover.board"))


@bp.post("/<handover_id>/resume")
@requires(Permission.EVIDENCE_HAND_OVER)
def resume(handover_id: str) -> ResponseReturnValue:
    """Go on with a package that was stopped or failed."""
    with database().transaction() as session:
        service.resume_handover(
            session, actor=current_actor(), handover_id=handover_id, now=now(session)
        )
    return redirect(url_for("handover.board"))


@bp.route("/<handover_id>/file", methods=["HEAD"])
@requires(Permission.EVIDENCE_HAND_OVER)
def peek(handover_id: str) -> ResponseReturnValue:
    """Answer those who only look at the link; it stays unused."""
    with database().snapshot() as session:
        service.own(session, current_actor(), handover_id)
    return "", 204


@bp.get("/<handover_id>/file")
@requires(Permission.EVIDENCE_HAND_OVER)
def download(handover_id: str) -> ResponseReturnValue:
    """Hand the file out, once, and delete it from the disk."""
    whose: dict[str, Any] = {"actor": current_actor(), "handover_id": handover_id}
    with database().snapshot() as session:
        handed = service.ready_handover(session, **whose, now=now(session))
    opened = open_whole(settings(), handed, DeliveryKind.HANDOVER)
    with database().transaction() as session:
        service.hand_out(session, **whose, now=now(session))
    (settings().export_dir / handed.path).unlink(missing_ok=True)
    name = handed.saved_as
    response = send_file(opened, "application/zip", as_attachment=True, download_name=name)
    response.content_length = handed.byte_size
    return response
