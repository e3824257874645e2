"""Changing the number one signs in with."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lms.accounts import forms, login, queries
from lms.accounts.domain.people import masked_phone
from lms.accounts.models import CodePurpose
from lms.accounts.service import security
from lms.accounts.views import flow
from lms.accounts.views.blueprint import Faults, bp, reshow
from lms.core.access import Permission
from lms.db.session import now
from lms.web.access import current_actor, database, requires
from lms.web.i18n import gettext

_CHANGE = CodePurpose.CHANGE_PHONE


def _phone_page(faults: Faults) -> ResponseReturnValue:
    with database().snapshot() as session:
        person = queries.person(session, current_actor().person_id)
    return render_template("accounts/phone.html", faults=faults, phone=masked_phone(person.phone))


def _phone_code_page(faults: Faults) -> ResponseReturnValue:
    phone = flow.entering()["moving_to"]
    wait = flow.seconds_to_wait(phone, _CHANGE)
    return render_template(
        "accounts/phone_code.html", faults=faults, phone=masked_phone(phone), wait=wait
    )


@bp.get("/me/phone")
@requires(Permission.LEARN)
def phone() -> ResponseReturnValue:
    """Ask for the new number, after a fresh proof."""
    with database().snapshot() as session:
        security.require_confirmed(session, current_actor(), now=now(session))
    return _phone_page({})


@bp.post("/me/phone")
@requires(Permission.LEARN)
@reshow(_phone_page)
def phone_now() -> ResponseReturnValue:
    """Send a code to the new number."""
    with database().snapshot() as session:
        security.require_confirmed(session, current_actor(), now=now(session))
    new_phone = forms.parse_phone(request.form)
    flow.send_code(new_phone, _CHANGE)
    flow.begin(moving_to=new_phone)
    return redirect(url_for("accounts.phone_code"), 303)


@bp.get("/me/phone/code")
@requires(Permission.LEARN)
def phone_code() -> ResponseReturnValue:
    """Ask for the code that went to the new number."""
    if "moving_to" not in flow.entering():
        return redirect(url_for("accounts.phone"))
    return _phone_code_page({})


@bp.post("/me/phone/code")
@requires(Permission.LEARN)
def phone_code_now() -> ResponseReturnValue:
    """Move to the new number."""
    if "moving_to" not in flow.entering():
        return redirect(url_for("accounts.phone"), 303)
    return _move()


@reshow(_phone_code_page)
def _move() -> ResponseReturnValue:
    code = forms.parse_code(request.form)
    flow.spend_try()
    new_phone = str(flow.entering()["moving_to"])
    with database().transaction() as session:
        refusal = security.change_phone(
            session,
            current_actor(),
            phone=new_phone,
            code=code,
            keys=login.keys(),
            now=now(session),
        )
    if refusal is not None:
        raise refusal
    flow.begin()
    flash(gettext("Done. From now on please sign in with the new number."), "ok")
    return redirect(url_for("accounts.devices"), 303)
