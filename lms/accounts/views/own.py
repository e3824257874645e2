"""A learner's own identity number, bank account, guardian and consents."""

from datetime import datetime

import flask
from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from lms.accounts import forms, login, queries
from lms.accounts.domain import identity as rules
from lms.accounts.domain.identity import NewGuardian
from lms.accounts.domain.people import masked_phone
from lms.accounts.domain.texts import GUARDIAN, HANDOVER, SENSITIVE, version_of
from lms.accounts.models import CodePurpose
from lms.accounts.service import banks, consents, guardians, holds, identities
from lms.accounts.views import flow
from lms.accounts.views.blueprint import Faults, bp, reshow
from lms.core.access import Permission
from lms.core.clock import local_day, utc_now
from lms.core.errors import NotFound
from lms.db.session import now
from lms.web import limits
from lms.web.access import current_actor, database, requires
from lms.web.i18n import gettext
from lms.web.limits import DAY, Limit, Use

# Who tries numbers out learns that one is taken; nobody mistypes their own ten times a day.
_NUMBERS = Limit("identity-person", 10, DAY)
_GUARDIAN = "guardian"
_ASKED = (SENSITIVE, HANDOVER)


def _identity_page(faults: Faults) -> ResponseReturnValue:
    own = current_actor().person_id
    with database().snapshot() as session:
        person = queries.person(session, own)
        row = queries.identity_of(session, own)
        is_minor = row is not None and rules.needs_guardian(
            row.birth_date, today=local_day(utc_now())
        )
        return render_template(
            "accounts/identity.html",
            faults=faults,
            person=person,
            identity=row,
            account=queries.bank_of(session, own),
            checks=queries.checks_of(session, own),
            guardian=queries.guardian_of(session, own) if is_minor else None,
            is_minor=is_minor,
            agreed=_agreed(session, own),
        )


def _agreed(session: Session, person_id: int) -> set[str]:
    return {each.subject for each in queries.live_consents(session, person_id)}


@bp.get("/me/identity")
@requires(Permission.LEARN)
def identity() -> ResponseReturnValue:
    """Show whether the number and the account are known, masked, and what is still to do."""
    return _identity_page({})


@bp.post("/me/identity")
@requires(Permission.LEARN)
@reshow(_identity_page)
def identity_now() -> ResponseReturnValue:
    """Take the number, with the consent that it may be kept."""
    own = current_actor().person_id
    number = forms.parse_number(request.form, today=local_day(utc_now()))
    limits.spend(database(), Use(_NUMBERS, str(own)))
    with database().transaction() as session:
        at = now(session)
        _take_consent(session, own, at)
        identities.declare(
            session, person_id=own, number=number, by_id=own, keys=login.keys(), now=at
        )
    flash(gettext("Kept, locked away. Please show the card at the training office once."), "ok")
    return redirect(url_for("accounts.identity"), 303)


def _take_consent(session: Session, person_id: int, at: datetime) -> None:
    """Write the consent down that was ticked beside the number, unless it stands already."""
    if SENSITIVE not in _agreed(session, person_id):
        forms.require_ticked(request.form, SENSITIVE)
        consents.agree(
            session, person_id=person_id, subjects=(SENSITIVE,), given=flow.given(), now=at
        )


@bp.post("/me/identity/unlock")
@requires(Permission.LEARN)
@reshow(_identity_page)
def unlock() -> ResponseReturnValue:
    """Take the password as the second proof that a silent account is the person's."""
    actor = current_actor()
    flow.spend_password(actor)
    with database().snapshot() as session:
        phone = queries.person(session, actor.person_id).phone or ""
    checked = flow.verified_hash(phone, forms.text(request.form, "password"))
    with database().transaction() as session:
        holds.free_with_password(session, actor, verified_hash=checked, now=now(session))
    flash(gettext("Unlocked. Thank you."), "ok")
    return redirect(url_for("accounts.identity"), 303)


def _bank_page(faults: Faults) -> ResponseReturnValue:
    own = current_actor().person_id
    with database().snapshot() as session:
        return render_template(
            "accounts/bank.html",
            faults=faults,
            person=queries.person(session, own),
            account=queries.bank_of(session, own),
            agreed=_agreed(session, own),
        )


@bp.get("/me/bank")
@requires(Permission.LEARN)
def bank() -> ResponseReturnValue:
    """Ask for the account a subsidy would go to."""
    return _bank_page({})


@bp.post("/me/bank")
@requires(Permission.LEARN)
@reshow(_bank_page)
def bank_now() -> ResponseReturnValue:
    """Take the account, after a fresh proof."""
    actor = current_actor()
    new = forms.parse_account(request.form, name=actor.name)
    limits.spend(database(), Use(_NUMBERS, f"account {actor.person_id}"))
    with database().transaction() as session:
        at = now(session)
        _take_consent(session, actor.person_id, at)
        banks.declare(
            session,
            person_id=actor.person_id,
            new=new,
            by_id=actor.person_id,
            keys=login.keys(),
            now=at,
        )
    flash(gettext("Kept, locked away. The office looks whether it is in your name."), "ok")
    return redirect(url_for("accounts.identity"), 303)


@bp.get("/me/consents")
@requires(Permission.LEARN)
def my_consents() -> ResponseReturnValue:
    """Show what one agreed to, in which version, when and how."""
    own = current_actor().person_id
    with database().snapshot() as session:
        rows = queries.consents_of(session, own)
    live = {each.subject: each for each in rows if each.withdrawn_at is None}
    return render_template(
        "accounts/consents.html",
        rows=rows,
        live=live,
        asked=_ASKED,
        may_take_back=consents.MAY_BE_TAKEN_BACK,
    )


@bp.post("/me/consents/<subject>")
@requires(Permission.LEARN)
def give_consent(subject: str) -> ResponseReturnValue:
    """Agree to one text."""
    if subject not in _ASKED:
        raise NotFound
    forms.require_ticked(request.form, "agreed")
    with database().transaction() as session:
        consents.agree(
            session,
            person_id=current_actor().person_id,
            subjects=(subject,),
            given=flow.given(),
            now=now(session),
        )
    flash(gettext("Written down. You may take it back here at any time."), "ok")
    return redirect(url_for("accounts.my_consents"), 303)


@bp.post("/me/consents/<subject>/take-back")
@requires(Permission.LEARN)
def take_consent_back(subject: str) -> ResponseReturnValue:
    """Take an agreement back; it holds at once."""
    with database().transaction() as session:
        consents.take_back(
            session, person_id=current_actor().person_id, subject=subject, now=now(session)
        )
    flash(gettext("Taken back. It holds from now on."), "ok")
    return redirect(url_for("accounts.my_consents"), 303)


def _guardian_page(faults: Faults) -> ResponseReturnValue:
    return render_template(
        "accounts/guardian.html", faults=faults, version=version_of(GUARDIAN), asked=None, wait=0
    )


def _guardian_code_page(faults: Faults) -> ResponseReturnValue:
    asked = NewGuardian(**flask.session[_GUARDIAN])
    return render_template(
        "accounts/guardian.html",
        faults=faults,
        version=version_of(GUARDIAN),
        asked=asked,
        phone=masked_phone(asked.phone),
        wait=flow.seconds_to_wait(asked.phone, CodePurpose.GUARDIAN),
    )


@bp.get("/me/guardian")
@requires(Permission.LEARN)
def guardian() -> ResponseReturnValue:
    """Ask who the guardian is, or for the code that was sent to them."""
    return (_guardian_code_page if _GUARDIAN in flask.session else _guardian_page)({})


@bp.post("/me/guardian")
@requires(Permission.LEARN)
@reshow(_guardian_page)
def guardian_now() -> ResponseReturnValue:
    """Send a code to the guardian, who reads it out if they agree."""
    with database().snapshot() as session:
        person = queries.person(session, current_actor().person_id)
    new = forms.parse_guardian(request.form, own_phone=person.phone)
    flow.send_code(new.phone, CodePurpose.GUARDIAN)
    flask.session[_GUARDIAN] = {"name": new.name, "relation": new.relation, "phone": new.phone}
    return redirect(url_for("accounts.guardian"), 303)


@bp.post("/me/guardian/code")
@requires(Permission.LEARN)
def guardian_code() -> ResponseReturnValue:
    """Take the code the guardian read out."""
    if _GUARDIAN not in flask.session:
        return redirect(url_for("accounts.guardian"), 303)
    return _agree_for()


@reshow(_guardian_code_page)
def _agree_for() -> ResponseReturnValue:
    code = forms.parse_code(request.form)
    flow.spend_try()
    new = NewGuardian(**flask.session[_GUARDIAN])
    with database().transaction() as session:
        refusal = guardians.agree_by_code(
            session,
            person_id=current_actor().person_id,
            new=new,
            code=code,
            keys=login.keys(),
            now=now(session),
        )
    if refusal is not None:
        raise refusal
    del flask.session[_GUARDIAN]
    flash(gettext("Thank you. Your guardian's word is written down."), "ok")
    return redirect(url_for("accounts.identity"), 303)


@bp.post("/me/guardian/other")
@requires(Permission.LEARN)
def guardian_other() -> ResponseReturnValue:
    """Begin anew with somebody else or another number."""
    flask.session.pop(_GUARDIAN, None)
    return redirect(url_for("accounts.guardian"), 303)
