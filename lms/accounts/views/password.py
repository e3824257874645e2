"""Setting a password: one's own, or a forgotten one by a code to the phone."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lms.accounts import forms, login, queries
from lms.accounts.domain.people import masked_phone
from lms.accounts.models import CodePurpose
from lms.accounts.service import security
from lms.accounts.service.security import TypedCode
from lms.accounts.service.sign_ins import AgreeDue
from lms.accounts.views import flow
from lms.accounts.views.blueprint import Faults, bp, reshow
from lms.core.access import Permission
from lms.db.session import now
from lms.web.access import current_actor, database, public, requires
from lms.web.i18n import gettext

_NEW_PASSWORD = CodePurpose.NEW_PASSWORD


def _forgot_page(faults: Faults) -> ResponseReturnValue:
    return render_template("accounts/forgot.html", faults=faults)


def _new_password_page(faults: Faults) -> ResponseReturnValue:
    phone = flow.entering()["reset"]
    wait = flow.seconds_to_wait(phone, _NEW_PASSWORD)
    return render_template(
        "accounts/forgot_code.html", faults=faults, phone=masked_phone(phone), wait=wait
    )


def _own_password_page(faults: Faults) -> ResponseReturnValue:
    return render_template("accounts/password.html", faults=faults)


@bp.get("/forgot-password")
@public
def forgot() -> ResponseReturnValue:
    """Ask for the number of a forgotten password."""
    return _forgot_page({})


@bp.post("/forgot-password")
@public
@reshow(_forgot_page)
def forgot_now() -> ResponseReturnValue:
    """Send a code; the answer is the same for known and unknown numbers."""
    phone = forms.parse_phone(request.form)
    flow.send_code(phone, _NEW_PASSWORD)
    flow.begin(reset=phone)
    return redirect(url_for("accounts.new_password"), 303)


@bp.get("/forgot-password/code")
@public
def new_password() -> ResponseReturnValue:
    """Ask for the code and the new password on one page."""
    if "reset" not in flow.entering():
        return redirect(url_for("accounts.forgot"))
    return _new_password_page({})


@bp.post("/forgot-password/code")
@public
def new_password_now() -> ResponseReturnValue:
    """Set the new password and sign in."""
    if "reset" not in flow.entering():
        return redirect(url_for("accounts.forgot"), 303)
    return _replace_password()


@reshow(_new_password_page)
def _replace_password() -> ResponseReturnValue:
    phone = str(flow.entering()["reset"])
    typed = TypedCode(phone, forms.parse_code(request.form))
    new_hash = login.keys().passwords.hash(forms.parse_new_password(request.form, phone=phone))
    flow.spend_try()
    visit = login.visit()
    with database().transaction() as session:
        outcome = security.replace_password(
            session, typed, new_hash=new_hash, visit=visit, keys=login.keys(), now=now(session)
        )
    if isinstance(outcome, AgreeDue):
        flash(gettext("No password was set yet. Please agree first; then you can set one."), "bad")
        flow.begin(next=url_for("accounts.password"))
    return redirect(flow.go_on(outcome), 303)


@bp.get("/me/password")
@requires(Permission.LEARN)
def password() -> ResponseReturnValue:
    """Ask for a new password, after a fresh proof."""
    with database().snapshot() as session:
        security.require_confirmed(session, current_actor(), now=now(session))
    return _own_password_page({})


@bp.post("/me/password")
@requires(Permission.LEARN)
@reshow(_own_password_page)
def password_now() -> ResponseReturnValue:
    """Set it; every other browser has to sign in again."""
    actor, visit = current_actor(), login.visit()
    with database().snapshot() as session:
        phone = queries.person(session, actor.person_id).phone
    new_hash = login.keys().passwords.hash(forms.parse_new_password(request.form, phone=phone))
    with database().transaction() as session:
        entered = security.change_password(
            session, actor, new_hash=new_hash, visit=visit, now=now(session)
        )
    login.enter(entered.token)
    flash(gettext("The new password holds. Other devices have to sign in again."), "ok")
    return redirect(url_for("accounts.devices"), 303)
