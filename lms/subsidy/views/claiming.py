"""Filling a claim in, one step a page: each is kept, and one may come back days later."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from lms.accounts import login
from lms.accounts.service import banks, consents
from lms.accounts.service.consents import Given
from lms.core.access import Permission
from lms.core.clock import local_day, utc_now
from lms.core.errors import Conflict, InvalidInput, LmsError, Message, NotFound, TooMany
from lms.subsidy import queries, service
from lms.subsidy.claim_words import CLAIM_WORDS
from lms.subsidy.domain.claim_draft import ClaimStep, step_of
from lms.subsidy.domain.claim_promise import CLAIM_PROMISE, OF_CLAIMS
from lms.subsidy.forms import claims as forms
from lms.subsidy.forms.claims import SentAccount
from lms.subsidy.gateway import shelf
from lms.subsidy.queries import Draft, Shown
from lms.subsidy.service import HandedIn
from lms.subsidy.views.ground import ground
from lms.web import limits
from lms.web.access import current_actor, database, requires
from lms.web.client import address_prefix
from lms.web.i18n import gettext, say
from lms.web.limits import DAY, Limit, Use

bp = Blueprint("claiming", __name__, url_prefix="/me/subsidy/claims")
ID = "int(max=9223372036854775807):claim_id"
# One counter with the page about the account: whoever tries numbers out learns which are taken.
_NUMBERS = Limit("identity-person", 10, DAY)
Faults = dict[str, Message]


@bp.post("")
@requires(Permission.LEARN)
def begin() -> ResponseReturnValue:
    """Begin a claim by what is known now, or go on with the one there is."""
    programme_id, seen_id = forms.parse_programme(request.form)
    if programme_id is None:
        raise NotFound
    try:
        claim_id = _begun(programme_id)
    except Conflict as error:
        return _not_begun(programme_id, error)
    first = url_for("claiming.step", claim_id=claim_id, name=ClaimStep.CONDITIONS, since=seen_id)
    return redirect(first, 303)


def _begun(programme_id: int) -> int:
    """Return the new draft; what was decided on the way is kept whatever comes of it."""
    actor = current_actor()
    with database().transaction() as session:
        fresh = service.look_again(
            session, actor, programme_id=programme_id, ground=ground(session)
        )
    if fresh is None:
        raise NotFound
    with database().transaction() as session:
        claim = service.begin(session, actor, decision_id=fresh.decision_id, ground=ground(session))
        session.flush()
        return claim.id


def _not_begun(programme_id: int, error: Conflict) -> ResponseReturnValue:
    """Lead to the claim there is, after a second tap too; else say why there is none."""
    with database().snapshot() as session:
        held = queries.live_claim_of(session, current_actor().person_id, programme_id)
    if held is not None:
        return redirect(url_for("claims.follow", claim_id=held.id), 303)
    flash(say(error.message), "bad")
    return redirect(url_for("subsidy.mine"), 303)


_STEP = f"/<{ID}>/<any(conditions, papers, account, promise, 'hand-in'):name>"


@bp.get(_STEP)
@requires(Permission.LEARN)
def step(claim_id: int, name: str) -> ResponseReturnValue:
    """Show a step with all that is known now; never one that was not reached yet."""
    since = forms.parse_since(request.args)
    with database().snapshot() as session:
        found = _draft(session, claim_id, since=since)
    if isinstance(found, Shown):
        return _follow(claim_id)
    if ClaimStep(name).number > found.reached:
        return _to(claim_id, step_of(found.reached))
    return _page(found, ClaimStep(name), {})


@bp.post(f"/<{ID}>/conditions")
@requires(Permission.LEARN)
def conditions(claim_id: int) -> ResponseReturnValue:
    """Let the claim rest on what the learner has just seen, and go on."""
    try:
        with database().transaction() as session:
            service.look_over(session, current_actor(), claim_id=claim_id, ground=ground(session))
    except Conflict as error:
        return _again(claim_id, ClaimStep.CONDITIONS, error)
    return _to(claim_id, ClaimStep.PAPERS)


@bp.post(f"/<{ID}>/papers")
@requires(Permission.LEARN)
def papers(claim_id: int) -> ResponseReturnValue:
    """Go on; what is still missing is said once more before it is handed in."""
    with database().transaction() as session:
        service.keep_step(
            session, current_actor(), claim_id=claim_id, step=ClaimStep.ACCOUNT.number
        )
    return _to(claim_id, ClaimStep.ACCOUNT)


@bp.post(f"/<{ID}>/account")
@requires(Permission.LEARN)
def account(claim_id: int) -> ResponseReturnValue:
    """Take the account and what goes with it, and go on."""
    with database().snapshot() as session:
        known = _draft(session, claim_id)
    if isinstance(known, Shown):
        return _follow(claim_id)
    try:
        _keep_account(known, _sent(known))
    except (InvalidInput, Conflict, TooMany) as error:
        return _again(claim_id, ClaimStep.ACCOUNT, error)
    return _to(claim_id, ClaimStep.PROMISE)


def _sent(known: Draft) -> SentAccount:
    return forms.parse_account(
        request.form,
        name=current_actor().name,
        is_known=known.account is not None,
        agreed=known.agreed,
    )


def _keep_account(known: Draft, sent: SentAccount) -> None:
    actor, claim_id = current_actor(), known.claim.id
    if sent.new is not None:
        limits.spend(database(), Use(_NUMBERS, f"account {actor.person_id}"))
    with database().transaction() as session:
        at, own = ground(session).now, actor.person_id
        given = Given(network=address_prefix())
        consents.agree(session, person_id=own, subjects=sent.ticked, given=given, now=at)
        if sent.new is not None:
            banks.declare(
                session, person_id=own, new=sent.new, by_id=own, keys=login.keys(), now=at
            )
        service.keep_step(session, actor, claim_id=claim_id, step=ClaimStep.PROMISE.number)


@bp.post(f"/<{ID}>/promise")
@requires(Permission.LEARN)
def promise(claim_id: int) -> ResponseReturnValue:
    """Keep the promise with its time and network, and go on."""
    try:
        forms.require_promise(request.form)
        with database().transaction() as session:
            service.sign(
                session,
                current_actor(),
                claim_id=claim_id,
                address=address_prefix(),
                now=ground(session).now,
            )
    except (InvalidInput, Conflict) as error:
        return _again(claim_id, ClaimStep.PROMISE, error)
    return _to(claim_id, ClaimStep.HAND_IN)


@bp.post(f"/<{ID}>/hand-in")
@requires(Permission.LEARN)
def hand_in(claim_id: int) -> ResponseReturnValue:
    """Hand the claim in; a second tap lands where the first one did."""
    sent = HandedIn(
        version=forms.parse_version(request.form),
        has_promised=False,
        address=address_prefix(),
        amount_fen=forms.parse_amount(request.form),
    )
    try:
        with database().transaction() as session:
            service.hand_in(
                session, current_actor(), claim_id=claim_id, sent=sent, ground=ground(session)
            )
    except (InvalidInput, Conflict) as error:
        return _again(claim_id, ClaimStep.HAND_IN, error)
    flash(gettext("Handed in. You get a message at every step."), "ok")
    return _follow(claim_id)


def _draft(session: Session, claim_id: int, *, since: int | None = None) -> Draft | Shown:
    """Return the claim to fill in, or as it is where it waits for others."""
    shown = queries.shown_claim(session, claim_id, current_actor().person_id, since=since)
    if shown is None:
        raise NotFound
    if not shown.is_open:
        return shown
    return queries.draft(session, shown, shelf=shelf(), today=local_day(utc_now()))


def _again(claim_id: int, name: ClaimStep, error: LmsError) -> ResponseReturnValue:
    """Show the step again with what is wrong; where the claim waits for others, show that."""
    with database().snapshot() as session:
        found = _draft(session, claim_id)
    if isinstance(found, Shown):
        return _follow(claim_id)
    faults = dict(error.fields) if isinstance(error, InvalidInput) else {"form": error.message}
    return _page(found, name, faults), error.status


def _page(found: Draft, name: ClaimStep, faults: Faults) -> str:
    return render_template(
        f"subsidy/claim_{name.name.lower()}.html",
        draft=found,
        claim=found.claim,
        step=name,
        steps=list(ClaimStep),
        faults=faults,
        version=CLAIM_PROMISE.removeprefix(OF_CLAIMS),
        **CLAIM_WORDS,
    )


def _to(claim_id: int, name: ClaimStep) -> ResponseReturnValue:
    return redirect(url_for("claiming.step", claim_id=claim_id, name=name.value), 303)


def _follow(claim_id: int) -> ResponseReturnValue:
    return redirect(url_for("claims.follow", claim_id=claim_id), 303)
