"""The list of browsers one is signed in with."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from lms.accounts import login, queries
from lms.accounts.domain.devices import stored_device
from lms.accounts.service import sign_ins
from lms.accounts.views.blueprint import bp
from lms.core.access import Permission
from lms.db.session import now
from lms.web.access import current_actor, database, requires
from lms.web.i18n import gettext


@bp.get("/me/devices")
@requires(Permission.LEARN)
def devices() -> ResponseReturnValue:
    """Show where one is signed in."""
    actor = current_actor()
    with database().snapshot() as session:
        rows = queries.live_sign_ins(session, actor.person_id, at=now(session))
    shown = [(row, stored_device(row.device)) for row in rows]
    return render_template("accounts/devices.html", sign_ins=shown, own=actor.sign_in_id)


@bp.post("/me/devices/<int(max=9223372036854775807):sign_in_id>/sign-out")
@requires(Permission.LEARN)
def sign_out_device(sign_in_id: int) -> ResponseReturnValue:
    """End one of one's own browsers."""
    with database().transaction() as session:
        sign_ins.close_one(session, current_actor(), sign_in_id, now=now(session))
    flash(gettext("That device is signed out."), "ok")
    return redirect(url_for("accounts.devices"), 303)


@bp.post("/me/devices/sign-out")
@requires(Permission.LEARN)
def sign_out_everywhere() -> ResponseReturnValue:
    """End every browser, this one included."""
    with database().transaction() as session:
        sign_ins.close_all(session, current_actor().person_id, now=now(session))
    login.leave()
    response = redirect(url_for("accounts.sign_in"), 303)
    response.headers["Clear-Site-Data"] = '"cache"'
    return response
