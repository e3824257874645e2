"""Signing a villager up at the village office: with their phone, or on paper without one."""

from dataclasses import replace

import flask
from flask import Blueprint, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lms.accounts import forms as accounts_forms
from lms.accounts import login
from lms.accounts.domain.people import masked_phone
from lms.accounts.models import CodePurpose
from lms.accounts.service import codes, helping
from lms.core.access import Permission
from lms.core.clock import local_day, utc_now
from lms.core.errors import InvalidInput, LmsError, Message
from lms.db.session import now
from lms.staff import forms, queries
from lms.staff.views.people import back
from lms.web import limits
from lms.web.access import current_actor, database, requires
from lms.web.client import address_prefix
from lms.web.i18n import gettext
from lms.web.limits import DAY, HOUR, Limit, Use

bp = Blueprint("helping", __name__, url_prefix="/staff/people/new")
_HELPING = "helping"
_PHONE_HOUR = Limit("help-phone", 5, HOUR)
_HELPER_DAY = Limit("help-helper", 300, DAY)
_TRIES = Limit("help-tries", 60, HOUR)

Faults = dict[str, Message]


def _phone_page(faults: Faults) -> str:
    return render_template("staff/helping_phone.html", faults=faults, desk_place=None)


def _form_page(faults: Faults) -> str:
    with database().snapshot() as session:
        counties = queries.counties_in_reach(session, current_actor(), Permission.PEOPLE_SIGN_UP)
    phone = flask.session.get(_HELPING)
    return render_template(
        "staff/helping.html",
        faults=faults,
        phone=masked_phone(phone) if phone else None,
        counties=counties,
        desk_place=None,
    )


def _again(page: str, error: LmsError) -> ResponseReturnValue:
    response = make_response(page)
    response.status_code = error.status
    return response


def _faults(error: LmsError) -> Faults:
    return dict(error.fields) if isinstance(error, InvalidInput) else {"form": error.message}


@bp.get("")
@requires(Permission.PEOPLE_SIGN_UP)
def start() -> ResponseReturnValue:
    """Ask for the villager's number, or go on without a phone."""
    return _phone_page({})


@bp.post("")
@requires(Permission.PEOPLE_SIGN_UP)
def phone() -> ResponseReturnValue:
    """Text the villager a code to read out; without a phone, ask for a paper."""
    if request.form.get("way") == "paper":
        flask.session[_HELPING] = None
        return redirect(url_for("helping.form"), 303)
    try:
        number = accounts_forms.parse_phone(request.form)
        _send(number)
    except InvalidInput as error:
        return _again(_phone_page(_faults(error)), error)
    flask.session[_HELPING] = number
    return redirect(url_for("helping.form"), 303)


def _send(number: str) -> None:
    helper = Use(_HELPER_DAY, str(current_actor().person_id))
    limits.spend(database(), Use(_PHONE_HOUR, number), helper)
    with database().transaction() as session:
        codes.send_code(
            session,
            phone=number,
            purpose=CodePurpose.HELPER,
            keys=login.keys(),
            locale=None,
            now=now(session),
        )


@bp.get("/form")
@requires(Permission.PEOPLE_SIGN_UP)
def form() -> ResponseReturnValue:
    """Ask for name, card and what the villager agrees to."""
    if _HELPING not in flask.session:
        return redirect(url_for("helping.start"))
    return _form_page({})


@bp.post("/form")
@requires(Permission.PEOPLE_SIGN_UP)
def form_now() -> ResponseReturnValue:
    """Make the person, or say what is still missing."""
    if _HELPING not in flask.session:
        return redirect(url_for("helping.start"), 303)
    try:
        person_id = _sign_up(flask.session[_HELPING])
    except LmsError as error:
        return _again(_form_page(_faults(error)), error)
    del flask.session[_HELPING]
    return back(person_id, gettext("Signed up. They can sign in with their number and learn."))


def _sign_up(number: str | None) -> int:
    actor = current_actor()
    limits.spend(database(), Use(_TRIES, str(actor.person_id)))
    with database().snapshot() as session:
        own = queries.counties_in_reach(session, actor, Permission.PEOPLE_SIGN_UP)
    helped = forms.parse_helped(
        request.form,
        phone=number,
        counties=[county.code for county in own],
        today=local_day(utc_now()),
    )
    code = accounts_forms.parse_code(request.form) if number else None
    helped = replace(helped, code=code, network=address_prefix())
    with database().transaction() as session:
        made = helping.sign_up(session, actor, helped, keys=login.keys(), now=now(session))
    if isinstance(made, InvalidInput):
        raise made
    return made
