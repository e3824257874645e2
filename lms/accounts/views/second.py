"""Setting up the second step of staff."""

import io

import segno
from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lms.accounts import forms, login, queries
from lms.accounts.domain.places import landing
from lms.accounts.service import security, totp
from lms.accounts.views import flow
from lms.accounts.views.blueprint import Faults, bp, reshow
from lms.core.access import STAFF, Permission
from lms.core.errors import Conflict, Forbidden, NotFound
from lms.db.session import now
from lms.web.access import current_actor, database, requires, settings
from lms.web.i18n import gettext


def _page(faults: Faults) -> ResponseReturnValue:
    actor = current_actor()
    with database().snapshot() as session:
        row = queries.totp_of(session, actor.person_id)
    pending = row is not None and row.confirmed_at is None
    return render_template(
        "accounts/second_factor.html",
        faults=faults,
        is_on=row is not None and row.confirmed_at is not None,
        is_proven=login.has_second_factor(),
        secret=totp.plain_secret(row, keys=login.keys()) if row and pending else None,
        is_required=settings().staff_mfa_required,
    )


def _check_staff() -> None:
    if not current_actor().has_role(STAFF):
        raise Forbidden("not_staff", "Only staff need a second step.")


@bp.get("/me/second-factor")
@requires(Permission.LEARN)
def second_factor() -> ResponseReturnValue:
    """Show whether the second step is on, and how to set it up."""
    _check_staff()
    return _page({})


@bp.post("/me/second-factor")
@requires(Permission.LEARN)
@reshow(_page)
def begin_second_factor() -> ResponseReturnValue:
    """Make a secret for the app, after a fresh proof."""
    _check_staff()
    with database().transaction() as session:
        at = now(session)
        security.require_confirmed(session, current_actor(), now=at)
        totp.begin(session, current_actor().person_id, keys=login.keys(), now=at)
    return redirect(url_for("accounts.second_factor"), 303)


@bp.get("/me/second-factor/qr.svg")
@requires(Permission.LEARN)
def second_factor_picture() -> ResponseReturnValue:
    """Draw the QR code, only until the app has it."""
    with database().snapshot() as session:
        row = queries.totp_of(session, current_actor().person_id)
        if row is None or row.confirmed_at is not None:
            raise NotFound
        person = queries.person(session, row.person_id)
        address = totp.address(person, row, keys=login.keys())
    picture = io.BytesIO()
    segno.make(address, error="m").save(picture, kind="svg", border=4, dark="#1c231e", light="#fff")
    return Response(picture.getvalue(), mimetype="image/svg+xml")


@bp.post("/me/second-factor/finish")
@requires(Permission.LEARN)
@reshow(_page)
def finish_second_factor() -> ResponseReturnValue:
    """Turn the second step on, or prove it for this browser."""
    actor = current_actor()
    otp = forms.parse_code(request.form, "otp")
    flow.spend_otp(actor)
    with database().transaction() as session:
        totp.confirm(session, actor, otp, keys=login.keys(), now=now(session))
    flash(gettext("The second step is on. Keep the app on your phone."), "ok")
    return redirect(landing({grant.role for grant in actor.grants}, request.args.get("next")), 303)


@bp.post("/me/second-factor/remove")
@requires(Permission.LEARN)
@reshow(_page)
def remove_second_factor() -> ResponseReturnValue:
    """Turn the second step off where the site does not demand it."""
    if settings().staff_mfa_required:
        raise Conflict("second_factor_required", "Your role needs a second step at sign-in.")
    with database().transaction() as session:
        at = now(session)
        security.require_confirmed(session, current_actor(), now=at)
        totp.remove_own(session, current_actor(), now=at)
    flash(gettext("The second step is off."), "ok")
    return redirect(url_for("accounts.second_factor"), 303)
