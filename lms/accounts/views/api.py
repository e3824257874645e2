"""The session calls of the HTTP API."""

from typing import Any

from flask import Blueprint, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import generate_csrf

from lms.accounts import forms, login
from lms.accounts.domain.roles import written_scope
from lms.accounts.models import CodePurpose
from lms.accounts.service import sign_ins
from lms.accounts.views import flow, proof
from lms.core.access import Actor, Permission, Role
from lms.core.errors import TooMany
from lms.db.session import now
from lms.web.access import current_actor, database, optional_actor, public, requires

bp = Blueprint("accounts_api", __name__, url_prefix="/api/v1/session")
_ACCEPTED = 202


def _body() -> forms.Fields:
    return forms.json_object(request.get_json())


def _shown(actor: Actor | None) -> dict[str, Any]:
    return {
        "signed_in": actor is not None,
        "csrf_token": generate_csrf(),
        "person": _person(actor) if actor else None,
    }


def _person(actor: Actor) -> dict[str, Any]:
    roles = [{"role": grant.role, "scope": written_scope(grant.scope)} for grant in actor.grants]
    everybody = {"role": Role.LEARNER, "scope": "platform"}
    return {"id": actor.person_id, "name": actor.name, "roles": roles or [everybody]}


@bp.get("")
@public
def read_session() -> ResponseReturnValue:
    """Tell who is signed in, and the token that changing calls send along."""
    return _shown(optional_actor())


@bp.post("")
@public
def begin_session() -> ResponseReturnValue:
    """Sign in with ``{phone, password, otp?}`` or ``{phone, code}``."""
    body = _body()
    enter = _with_code if forms.text(body, "code") else _with_password
    return _shown(enter(body))


def _with_password(body: forms.Fields) -> Actor:
    entry = forms.parse_password_entry(body)
    outcome = flow.try_password(entry)
    if isinstance(outcome, sign_ins.SecondFactorDue) and entry.otp:
        outcome = flow.try_second_factor(outcome.token, entry.otp)
    return flow.come_in(outcome)


def _with_code(body: forms.Fields) -> Actor:
    return flow.come_in(flow.try_code_and_name(forms.parse_code_entry(body)))


@bp.delete("")
@public
def end_session() -> ResponseReturnValue:
    """Sign out; the copied cookie is worth nothing from now on."""
    actor = optional_actor()
    if actor is not None:
        with database().transaction() as session:
            sign_ins.close(session, actor, now=now(session))
    login.leave()
    return _shown(None), {"Clear-Site-Data": '"cache"'}


@bp.post("/code")
@public
def send_code() -> ResponseReturnValue:
    """Send a code; the answer tells nothing about the number."""
    phone = forms.parse_phone(_body())
    try:
        flow.send_code(phone, CodePurpose.SIGN_IN)
    except TooMany as error:
        return {"sent": True}, _ACCEPTED, {"Retry-After": str(error.retry_after)}
    return {"sent": True}, _ACCEPTED


@bp.post("/confirm")
@requires(Permission.LEARN)
def confirm() -> ResponseReturnValue:
    """Prove anew who one is with ``{password}`` or ``{otp}``; holds for ten minutes."""
    proof.prove(current_actor(), _body())
    return _shown(current_actor())
