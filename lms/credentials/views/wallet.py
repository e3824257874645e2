"""The holder's badges: look at them, take them along, choose how the name is shown."""

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lms.core.access import Permission
from lms.core.clock import utc_now
from lms.credentials import queries
from lms.credentials.domain.states import CredentialState
from lms.credentials.service import showing
from lms.credentials.views.words import badge_words, day
from lms.web.access import current_actor, database, requires, settings
from lms.web.i18n import gettext

bp = Blueprint("wallet", __name__, url_prefix="/me/badges")


@bp.get("")
@requires(Permission.LEARN)
def badges() -> ResponseReturnValue:
    """Show the badges, one of them whole, and those being made."""
    actor = current_actor()
    with database().snapshot() as session:
        mine = queries.badges_of(session, actor.person_id)
        number = queries.holder_number(session, actor.person_id)
    signed = [each for each in mine if each.state is not CredentialState.PENDING]
    wanted = request.args.get("badge", "")
    chosen = next((each for each in signed if each.id == wanted), signed[0] if signed else None)
    words = {each.id: badge_words(each, settings().base_url, full_name=True) for each in signed}
    return render_template(
        "credentials/wallet.html",
        day=day,
        chosen=chosen,
        others=[each for each in signed if each is not chosen],
        waiting=len(mine) - len(signed),
        words=words,
        number=number,
        at=utc_now(),
    )


@bp.post("/<uuid:credential_id>/name")
@requires(Permission.LEARN)
def show_name(credential_id: UUID) -> ResponseReturnValue:
    """Let the check page show the whole name, or only a part of it again."""
    shows = request.form.get("shows") == "1"
    with database().transaction() as session:
        showing.choose_name(
            session, actor=current_actor(), credential_id=str(credential_id), shows=shows
        )
    said = gettext("The check page shows your whole name now.")
    flash(said if shows else gettext("The check page shows a part of your name only."), "ok")
    return redirect(url_for("wallet.badges", badge=credential_id))
