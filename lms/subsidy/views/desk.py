"""The desk of facts: what is known of somebody, by whom and why; confirmed, corrected, undone."""

from collections.abc import Callable
from functools import partial

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from lms.core.access import Permission
from lms.core.clock import local_day, utc_now
from lms.core.errors import Conflict, InvalidInput, LmsError, NotFound
from lms.db.session import now
from lms.subsidy import forms, queries, service
from lms.subsidy.domain.dated import FactKey
from lms.subsidy.forms.certificates import parse_said
from lms.subsidy.views.sending import LIMIT, show_paper, take_paper
from lms.subsidy.words import SHOWN
from lms.web.access import current_actor, database, requires
from lms.web.i18n import gettext, say
from lms.web.uploads import large_body

bp = Blueprint(
    "fact_desk", __name__, url_prefix="/staff/people/<int(max=9223372036854775807):person_id>"
)
_ID = "<int(max=9223372036854775807):certificate_id>"
# What staff write down; who somebody is comes from their card, consent from themselves.
WRITABLE = (
    FactKey.GROUPS,
    FactKey.TIES,
    FactKey.PUBLIC_STAFF,
    FactKey.RECEIVING_PENSION,
    FactKey.FULL_TIME_STUDENT,
    FactKey.OTHER_PUBLIC_SOURCE,
    FactKey.PAST_SUBSIDIES,
)
_LOOKED = {"found": True, "not_found": False, "unsure": None}


@bp.get("/facts")
@requires(Permission.FACTS_READ)
def facts(person_id: int) -> ResponseReturnValue:
    """Show each fact with its history, papers and certificates."""
    actor, today = current_actor(), local_day(utc_now())
    with database().snapshot() as session:
        person = queries.subject(session, actor, person_id, Permission.FACTS_READ)
        own = queries.standing(session, person, today=today)
        history = queries.history(session, person_id)
        papers = queries.papers(session, person_id)
        held = queries.certificates(session, person_id)
    day = own.answers.day
    may_write = actor.person_id != person_id and queries.reaches(
        actor, person.county_code, Permission.FACTS_RECORD
    )
    return render_template(
        "subsidy/desk_facts.html",
        own=own,
        known=own.dossier.known(first_day=day, today=today),
        differs=own.dossier.differing(first_day=day, today=today),
        history=history,
        papers=papers,
        held=held,
        occupations=own.programmes,
        writable=WRITABLE,
        may_write=may_write,
        today=today,
        desk_place=None,
        **SHOWN,
    )


@bp.post("/facts/<key>")
@requires(Permission.FACTS_RECORD)
def write(person_id: int, key: str) -> ResponseReturnValue:
    """Confirm what was said, write down what is so, or that nobody knows any more."""
    if key not in WRITABLE:
        raise NotFound
    fact_key, action = FactKey(key), request.form.get("action", "")
    if action == "confirm":
        return _said(person_id, partial(_confirm, person_id, fact_key))
    return _said(person_id, partial(_correct, person_id, fact_key, is_known=action != "unknown"))


@bp.post("/papers")
@requires(Permission.FACTS_RECORD)
@large_body(LIMIT)
def send_paper(person_id: int) -> ResponseReturnValue:
    """Keep a paper somebody brought to the office."""
    with database().snapshot() as session:
        queries.subject(session, current_actor(), person_id, Permission.FACTS_RECORD)
    service.require_another(current_actor(), person_id)
    kind = forms.parse_paper_kind(request.form)
    try:
        take_paper(person_id, kind)
    except InvalidInput as error:
        flash(_first(error), "bad")
    else:
        flash(gettext("The paper is kept."), "ok")
    return _back(person_id)


@bp.get("/papers/<paper_id>")
@requires(Permission.FACTS_READ)
def paper(person_id: int, paper_id: str) -> ResponseReturnValue:
    """Show a paper; that it was looked at is written down."""
    with database().snapshot() as session:
        queries.subject(session, current_actor(), person_id, Permission.FACTS_READ)
        found = queries.paper(session, paper_id)
    if found.person_id != person_id:
        raise NotFound
    return show_paper(found, purpose="check of facts")


@bp.post(f"/certificates/{_ID}")
@requires(Permission.FACTS_RECORD)
def certificate(person_id: int, certificate_id: int) -> ResponseReturnValue:
    """Say whether the registry knows a certificate, mend what it says, or take it out."""
    with database().snapshot() as session:
        queries.subject(session, current_actor(), person_id, Permission.FACTS_RECORD)
        if certificate_id not in {each.row.id for each in queries.certificates(session, person_id)}:
            raise NotFound
    return _said(person_id, partial(_certificate, certificate_id))


def _confirm(person_id: int, key: FactKey, session: Session) -> None:
    service.confirm(
        session,
        actor=current_actor(),
        person_id=person_id,
        key=key,
        given=forms.parse_correction(request.form, needs_reason=False),
        now=now(session),
    )


def _correct(person_id: int, key: FactKey, session: Session, *, is_known: bool) -> None:
    actor = current_actor()
    person = queries.subject(session, actor, person_id, Permission.FACTS_RECORD)
    given = forms.parse_correction(request.form, needs_reason=True)
    value = None
    if is_known:
        own = queries.standing(session, person, today=local_day(utc_now()))
        held = own.dossier.known(first_day=own.answers.day, today=own.answers.today).get(key)
        value = forms.parse_answer(key, request.form, before=held.value if held else None)
    service.correct(
        session,
        actor=actor,
        person_id=person_id,
        fact=(key, value),
        given=given,
        now=now(session),
    )


def _certificate(certificate_id: int, session: Session) -> None:
    actor, action, at = current_actor(), request.form.get("action", ""), now(session)
    is_void, is_mended = action == "void", action == "correct"
    given = forms.parse_correction(request.form, needs_reason=is_void or is_mended)
    if is_void:
        reason = given.reason or ""
        service.void_certificate(
            session, actor=actor, certificate_id=certificate_id, reason=reason, now=at
        )
        return
    said = None
    if is_mended:
        said = parse_said(request.form, queries.occupations(session), local_day(at))
    verified = _LOOKED.get(action)
    service.look_at_certificate(
        session,
        actor=actor,
        certificate_id=certificate_id,
        said=said,
        looked=service.Looked(verified, given.reason, given.evidence_id),
        now=at,
    )


def _said(person_id: int, work: Callable[[Session], None]) -> ResponseReturnValue:
    """Do the work and show the page again, with what was wrong where something was."""
    try:
        with database().transaction() as session:
            work(session)
    except (InvalidInput, Conflict) as error:
        flash(_first(error), "bad")
    else:
        flash(gettext("Written down."), "ok")
    return _back(person_id)


def _first(error: LmsError) -> str:
    message = (
        next(iter(error.fields.values())) if isinstance(error, InvalidInput) else error.message
    )
    return say(message)


def _back(person_id: int) -> ResponseReturnValue:
    return redirect(url_for("fact_desk.facts", person_id=person_id), 303)
