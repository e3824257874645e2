"""What staff do with a card before them: look, type, open a number for a purpose, unlock."""

from flask import Blueprint, Response, make_response, render_template, request
from flask.typing import ResponseReturnValue

from lms.accounts import forms as accounts_forms
from lms.accounts import login
from lms.accounts.domain.texts import SENSITIVE
from lms.accounts.models import ConsentWay
from lms.accounts.service import banks, consents, guardians, holds, identities, security
from lms.accounts.service.consents import Given
from lms.core.access import Permission
from lms.core.clock import local_day, utc_now
from lms.db.session import now
from lms.staff import forms, queries
from lms.staff.views.people import back
from lms.web.access import current_actor, database, requires
from lms.web.client import address_prefix
from lms.web.i18n import gettext

bp = Blueprint(
    "identities", __name__, url_prefix="/staff/people/<int(max=9223372036854775807):person_id>"
)


@bp.post("/identity")
@requires(Permission.IDENTITY_CHECK)
def look(person_id: int) -> ResponseReturnValue:
    """Write down that the card was looked at, and what it said."""
    actor = current_actor()
    found = forms.parse_look(request.form, by_id=actor.person_id, today=local_day(utc_now()))
    consent = Given(ConsentWay.PAPER, actor.person_id, address_prefix())
    with database().transaction() as session:
        at = now(session)
        queries.person_in_reach(session, actor, Permission.IDENTITY_CHECK, person_id)
        if accounts_forms.is_ticked(request.form, SENSITIVE):
            consents.agree(
                session, person_id=person_id, subjects=(SENSITIVE,), given=consent, now=at
            )
        identities.look(session, person_id=person_id, found=found, keys=login.keys(), now=at)
    return back(person_id, gettext("Written down."))


@bp.post("/guardian")
@requires(Permission.IDENTITY_CHECK)
def guardian(person_id: int) -> ResponseReturnValue:
    """Write down the guardian who stands before staff."""
    actor = current_actor()
    with database().transaction() as session:
        person = queries.person_in_reach(session, actor, Permission.IDENTITY_CHECK, person_id)
        new = forms.parse_guardian(request.form, own_phone=person.phone)
        guardians.agree_in_person(
            session, person_id=person_id, new=new, by_id=actor.person_id, now=now(session)
        )
    return back(person_id, gettext("The guardian’s word is written down."))


@bp.post("/unlock")
@requires(Permission.IDENTITY_CHECK)
def unlock(person_id: int) -> ResponseReturnValue:
    """Unlock what waited for a second proof: the person is here, with the card."""
    actor = current_actor()
    with database().transaction() as session:
        queries.person_in_reach(session, actor, Permission.IDENTITY_CHECK, person_id)
        holds.free_in_person(session, actor, person_id=person_id, now=now(session))
    return back(person_id, gettext("Unlocked."))


@bp.post("/account")
@requires(Permission.IDENTITY_CHECK)
def account(person_id: int) -> ResponseReturnValue:
    """Write down whether the account is in the person's own name."""
    actor, is_own = current_actor(), request.form.get("own") == "yes"
    with database().transaction() as session:
        queries.person_in_reach(session, actor, Permission.IDENTITY_CHECK, person_id)
        banks.look(session, actor, person_id=person_id, is_own=is_own, now=now(session))
    return back(person_id, gettext("Written down."))


@bp.post("/reveal")
@requires(Permission.IDENTITY_READ)
def reveal(person_id: int) -> ResponseReturnValue:
    """Show a whole number once, for a purpose that is written down first."""
    actor, purpose = current_actor(), accounts_forms.parse_purpose(request.form)
    read = banks.reveal if request.form.get("what") == "account" else identities.reveal
    with database().transaction() as session:
        at = now(session)
        security.require_confirmed(session, actor, now=at)
        person = queries.person_in_reach(session, actor, Permission.IDENTITY_READ, person_id)
        number = read(
            session, actor, person_id=person_id, purpose=purpose, keys=login.keys(), now=at
        )
    return _unkept(
        render_template(
            "staff/number.html", person=person, number=number, purpose=purpose, desk_place=None
        )
    )


def _unkept(page: str) -> Response:
    """Return a page that no browser keeps."""
    response = make_response(page)
    response.headers["Cache-Control"] = "no-store"
    return response
