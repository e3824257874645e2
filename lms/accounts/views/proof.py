"""Proving anew who one is, before exports and changes to one's own sign-in."""

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lms.accounts import forms, login, queries
from lms.accounts.domain.people import masked_phone
from lms.accounts.domain.places import landing
from lms.accounts.models import CodePurpose
from lms.accounts.service import security
from lms.accounts.views import flow
from lms.accounts.views.blueprint import Faults, bp, reshow
from lms.core.access import Actor, Permission
from lms.db.session import now
from lms.web.access import current_actor, database, requires


def prove(actor: Actor, fields: forms.Fields) -> None:
    """Take whichever proof was sent: the app's number, a code, else the password."""
    if forms.text(fields, "otp"):
        _prove_by_app(actor, forms.parse_code(fields, "otp"))
    elif "code" in fields:
        _prove_by_code(actor, forms.parse_code(fields))
    else:
        _prove_by_password(actor, forms.text(fields, "password"))


def _prove_by_app(actor: Actor, otp: str) -> None:
    flow.spend_otp(actor)
    with database().transaction() as session:
        security.confirm_with_otp(session, actor, otp, keys=login.keys(), now=now(session))


def _prove_by_code(actor: Actor, code: str) -> None:
    flow.spend_try()
    with database().transaction() as session:
        refusal = security.confirm_with_code(
            session, actor, code, keys=login.keys(), now=now(session)
        )
    if refusal is not None:
        raise refusal


def _prove_by_password(actor: Actor, password: str) -> None:
    flow.spend_password(actor)
    with database().snapshot() as session:
        phone = queries.person(session, actor.person_id).phone or ""
    checked = flow.verified_hash(phone, password)
    with database().transaction() as session:
        security.confirm_with_password(session, actor, verified_hash=checked, now=now(session))


def _confirm_page(faults: Faults) -> ResponseReturnValue:
    with database().snapshot() as session:
        person = queries.person(session, current_actor().person_id)
        second = queries.totp_of(session, person.id)
    return render_template(
        "accounts/confirm.html",
        faults=faults,
        phone=masked_phone(person.phone),
        has_password=person.password_hash is not None,
        has_app=second is not None and second.confirmed_at is not None,
        by_code=request.values.get("by") == "code" or "code" in request.form,
    )


@bp.get("/confirm")
@requires(Permission.LEARN)
def confirm() -> ResponseReturnValue:
    """Ask for a fresh proof."""
    return _confirm_page({})


@bp.post("/confirm")
@requires(Permission.LEARN)
@reshow(_confirm_page)
def confirm_now() -> ResponseReturnValue:
    """Take the proof and go on to where it was needed."""
    prove(current_actor(), request.form)
    return redirect(landing(set(), request.form.get("next")), 303)


@bp.post("/confirm/code")
@requires(Permission.LEARN)
@reshow(_confirm_page)
def send_confirm_code() -> ResponseReturnValue:
    """Send a code to the own number, for people without a password."""
    with database().snapshot() as session:
        phone = queries.person(session, current_actor().person_id).phone or ""
    flow.send_code(phone, CodePurpose.CONFIRM)
    return redirect(url_for("accounts.confirm", next=request.form.get("next"), by="code"), 303)
