"""The people desk: find somebody, read their sheet, correct it, give and take roles."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lms.accounts import forms as accounts_forms
from lms.accounts import login
from lms.accounts import queries as accounts
from lms.accounts.domain import particulars as lists
from lms.accounts.domain.roles import written_scope
from lms.accounts.models import RoleGrant
from lms.accounts.service import desk, roles, security
from lms.accounts.service import particulars as written
from lms.core.access import Grant, Permission, Role, Scope, ScopeKind
from lms.core.errors import InvalidInput, Message, NotFound
from lms.db.session import now
from lms.staff import forms, queries
from lms.staff.domain import PeopleSearch
from lms.web.access import current_actor, database, requires, settings
from lms.web.i18n import gettext

bp = Blueprint("people", __name__, url_prefix="/staff/people")
_ASKED = ("q", "county", "identity", "state", "staff")
_PERSON = "/<int(max=9223372036854775807):person_id>"


def back(person_id: int, said: str) -> ResponseReturnValue:
    """Lead back to the sheet and say what was done."""
    flash(said, "ok")
    return redirect(url_for("people.person", person_id=person_id), 303)


@bp.get("")
@requires(Permission.PEOPLE_READ)
def people() -> ResponseReturnValue:
    """Show the people of the actor's places that fit the search."""
    search = forms.parse_people(request.args)
    with database().snapshot() as session:
        page = queries.people(session, current_actor(), search, index=login.keys().index)
    return render_template("staff/people.html", page=page, search=search, desk_place=None)


@bp.post("")
@requires(Permission.PEOPLE_READ)
def find() -> ResponseReturnValue:
    """Lead to whom an identity number names, without it in an address; else to the list."""
    words = request.form.get("q", "").strip()
    if not forms.is_card(words):
        asked: dict[str, Any] = {name: request.form.get(name) or None for name in _ASKED}
        return redirect(url_for("people.people", **asked), 303)
    search = PeopleSearch(words=words)
    with database().snapshot() as session:
        page = queries.people(session, current_actor(), search, index=login.keys().index)
    if page.lines:
        return redirect(url_for("people.person", person_id=page.lines[0].id), 303)
    flash(gettext("Nobody of your places has this identity number."), "warn")
    return redirect(url_for("people.people"), 303)


@bp.get(_PERSON)
@requires(Permission.PEOPLE_READ)
def person(person_id: int) -> ResponseReturnValue:
    """Show what is known of a person, and what the actor may do."""
    return _sheet(person_id, {})


def _sheet(person_id: int, faults: dict[str, Message]) -> str:
    actor = current_actor()
    with database().snapshot() as session:
        sheet = queries.sheet(session, actor, person_id)
        scopes = queries.scopes_to_grant(session, actor)
    return render_template(
        "staff/person.html",
        sheet=sheet,
        scopes=scopes,
        roles=[role for role in Role if role is not Role.LEARNER],
        written_scope=lambda row: written_scope(Scope(ScopeKind(row.scope_kind), row.scope_id)),
        is_own=actor.person_id == person_id,
        keys=tuple(lists.COLUMNS),
        choices=lists.CHOICES,
        values=request.form if faults else accounts.said_particulars(sheet.particulars),
        faults=faults,
        desk_place=None,
    )


@bp.post(f"{_PERSON}/correct")
@requires(Permission.PEOPLE_EDIT)
def correct(person_id: int) -> ResponseReturnValue:
    """Correct name and town."""
    actor, (name, town) = current_actor(), forms.parse_correction(request.form)
    with database().transaction() as session:
        queries.person_in_reach(session, actor, Permission.PEOPLE_EDIT, person_id)
        desk.correct(session, actor, person_id=person_id, name=name, town=town, now=now(session))
    return back(person_id, gettext("Corrected."))


@bp.post(f"{_PERSON}/particulars")
@requires(Permission.PEOPLE_EDIT)
def particulars(person_id: int) -> ResponseReturnValue:
    """Write down what lists ask about the person."""
    actor = current_actor()
    try:
        said = accounts_forms.parse_particulars(request.form, lists.COLUMNS)
    except InvalidInput as error:
        return _sheet(person_id, error.fields), error.status
    with database().transaction() as session:
        queries.person_in_reach(session, actor, Permission.PEOPLE_EDIT, person_id)
        by, at = actor.person_id, now(session)
        written.write(session, person_id=person_id, said=said, by_id=by, now=at)
    return back(person_id, gettext("Written down."))


@bp.post(f"{_PERSON}/phone")
@requires(Permission.PEOPLE_EDIT)
def phone(person_id: int) -> ResponseReturnValue:
    """Give the person a number to sign in with, after a fresh proof of who does so."""
    actor, number = current_actor(), accounts_forms.parse_phone(request.form)
    with database().transaction() as session:
        at = now(session)
        security.require_confirmed(session, actor, now=at)
        queries.person_in_reach(session, actor, Permission.PEOPLE_EDIT, person_id)
        desk.give_phone(session, actor, person_id=person_id, phone=number, now=at)
    return back(person_id, gettext("They sign in with the new number from now on."))


@bp.post(f"{_PERSON}/invite")
@requires(Permission.PEOPLE_EDIT)
def invite(person_id: int) -> ResponseReturnValue:
    """Text the person where to sign in."""
    actor, site = current_actor(), f"{settings().base_url}/sign-in"
    with database().transaction() as session:
        queries.person_in_reach(session, actor, Permission.PEOPLE_EDIT, person_id)
        desk.invite(session, actor, person_id=person_id, site=site, now=now(session))
    return back(person_id, gettext("The message is on its way."))


@bp.post(f"{_PERSON}/lock")
@requires(Permission.PEOPLE_EDIT)
def lock(person_id: int) -> ResponseReturnValue:
    """Keep the person out."""
    actor, reason = current_actor(), forms.parse_reason(request.form)
    with database().transaction() as session:
        queries.person_in_reach(session, actor, Permission.PEOPLE_EDIT, person_id)
        desk.lock_out(session, actor, person_id=person_id, reason=reason, now=now(session))
    return back(person_id, gettext("Locked. They are signed out everywhere."))


@bp.post(f"{_PERSON}/let-in")
@requires(Permission.PEOPLE_EDIT)
def let_in(person_id: int) -> ResponseReturnValue:
    """Let the person in again."""
    actor = current_actor()
    with database().transaction() as session:
        queries.person_in_reach(session, actor, Permission.PEOPLE_EDIT, person_id)
        desk.let_in(session, actor, person_id=person_id, now=now(session))
        has_phone = accounts.person(session, person_id).phone is not None
    if has_phone:
        return back(person_id, gettext("They may sign in again."))
    # Who closed the account gave the number up with it.
    said = gettext(
        "The account is open again, with all that was learned. Now give them their mobile number "
        "under “Another mobile number”; then they sign in with a code and agree anew."
    )
    return back(person_id, said)


@bp.post(f"{_PERSON}/sign-out")
@requires(Permission.PEOPLE_EDIT)
def sign_out(person_id: int) -> ResponseReturnValue:
    """End every browser of the person, say after a lost phone."""
    actor = current_actor()
    with database().transaction() as session:
        queries.person_in_reach(session, actor, Permission.PEOPLE_EDIT, person_id)
        roles.sign_out_everywhere(session, actor, person_id=person_id, now=now(session))
    return back(person_id, gettext("Signed out everywhere."))


@bp.post(f"{_PERSON}/roles")
@requires(Permission.ROLES_GRANT)
def grant(person_id: int) -> ResponseReturnValue:
    """Give a role inside the actor's scopes, after a fresh proof."""
    actor, wanted = current_actor(), forms.parse_grant(request.form)
    with database().transaction() as session:
        at = now(session)
        security.require_confirmed(session, actor, now=at)
        queries.person_in_reach(session, actor, Permission.ROLES_GRANT, person_id)
        around = queries.scopes_around(session, wanted.scope)
        roles.grant_role(session, actor, person_id=person_id, grant=wanted, around=around, now=at)
    return back(person_id, gettext("The role is given. They sign in anew with it."))


@bp.post(f"{_PERSON}/roles/<int(max=9223372036854775807):grant_id>/revoke")
@requires(Permission.ROLES_GRANT)
def revoke(person_id: int, grant_id: int) -> ResponseReturnValue:
    """Take a role back."""
    actor = current_actor()
    with database().transaction() as session:
        at = now(session)
        security.require_confirmed(session, actor, now=at)
        queries.person_in_reach(session, actor, Permission.ROLES_GRANT, person_id)
        row = session.get(RoleGrant, grant_id)
        if row is None or row.person_id != person_id:
            raise NotFound
        held = Grant(Role(row.role), Scope(ScopeKind(row.scope_kind), row.scope_id))
        around = queries.scopes_around(session, held.scope)
        roles.revoke_role(session, actor, grant_id=grant_id, around=around, now=at)
    return back(person_id, gettext("The role is taken back."))
