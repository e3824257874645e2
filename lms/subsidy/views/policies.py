"""The desk's policies: what is in force, what is proposed, who decides, how it was earlier."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import FileStorage

from lms.accounts.domain.people import masked_name
from lms.accounts.domain.proofs import is_confirmed
from lms.core.access import Actor, Permission
from lms.core.clock import local_day, utc_now
from lms.core.errors import InvalidInput, Message, NotFound
from lms.db.session import now
from lms.subsidy import policy_words as words
from lms.subsidy import queries, service
from lms.subsidy.domain.proposals import ProposalState
from lms.subsidy.forms import policies as forms
from lms.subsidy.gateway import shelf
from lms.web.access import current_actor, database, requires
from lms.web.i18n import gettext

bp = Blueprint("policy_desk", __name__, url_prefix="/staff/policies")
_SHOWN = 50
_ID = "<int(max=9223372036854775807):proposal_id>"


@bp.get("")
@requires(Permission.POLICY_LOAD)
def board() -> ResponseReturnValue:
    """Show the versions in force and what was proposed."""
    return _board({}, "")


@bp.post("")
@requires(Permission.POLICY_LOAD)
def propose() -> ResponseReturnValue:
    """Take a text of versions; what is wrong with it is said beside it."""
    text = ""
    try:
        text = forms.parse_policies(request.form, _file(request.files.get("file")))
        with database().transaction() as session:
            row = service.propose(
                session, actor=current_actor(), text=text, files=shelf(), now=now(session)
            )
    except InvalidInput as error:
        return _board(error.fields, text or request.form.get("text", "")), error.status
    flash(gettext("Proposed. Try it out; then another administrator decides."), "ok")
    return redirect(url_for("policy_desk.proposal", proposal_id=row.id))


@bp.get(f"/proposals/{_ID}")
@requires(Permission.POLICY_LOAD)
def proposal(proposal_id: int) -> ResponseReturnValue:
    """Show what a proposal changes and what trying it out found."""
    actor = current_actor()
    with database().snapshot() as session:
        _reach(queries.may_load(session, actor))
        page = queries.proposal_page(session, proposal_id, shelf())
    if page is None:
        raise NotFound
    return render_template(
        "subsidy/desk_proposal.html",
        page=page,
        is_own=page.proposal.proposed_by_id == actor.person_id,
        is_confirmed=is_confirmed(actor.confirmed_at, at=utc_now()),
        words=words,
        masked_name=masked_name,
        desk_place=None,
    )


@bp.post(f"/proposals/{_ID}/dry-run")
@requires(Permission.POLICY_LOAD)
def try_out(proposal_id: int) -> ResponseReturnValue:
    """Order a dry run over everybody, or have one that was stopped go on."""
    with database().transaction() as session:
        service.order_trial(
            session,
            actor=current_actor(),
            proposal_id=proposal_id,
            files=shelf(),
            now=now(session),
        )
    return _back(proposal_id)


@bp.post(f"/proposals/{_ID}/dry-run/stop")
@requires(Permission.POLICY_LOAD)
def stop(proposal_id: int) -> ResponseReturnValue:
    """Stop the dry run; what it counted is kept."""
    with database().transaction() as session:
        service.stop_trial(session, actor=current_actor(), proposal_id=proposal_id)
    return _back(proposal_id)


@bp.post(f"/proposals/{_ID}/accept")
@requires(Permission.POLICY_LOAD)
def accept(proposal_id: int) -> ResponseReturnValue:
    """Bring what somebody else proposed into force."""
    with database().transaction() as session:
        service.accept(
            session,
            actor=current_actor(),
            proposal_id=proposal_id,
            sha256=forms.parse_digest(request.form),
            files=shelf(),
            now=now(session),
        )
    flash(gettext("In force. Everybody it touches is decided anew, one after the other."), "ok")
    return _back(proposal_id)


@bp.post(f"/proposals/{_ID}/refuse")
@requires(Permission.POLICY_LOAD)
def refuse(proposal_id: int) -> ResponseReturnValue:
    """Reject what somebody else proposed, or withdraw one's own."""
    reason = forms.parse_reason(request.form)
    with database().transaction() as session:
        state = service.refuse(
            session,
            actor=current_actor(),
            proposal_id=proposal_id,
            reason=reason,
            now=now(session),
        )
    was_own = state is ProposalState.WITHDRAWN
    said = gettext("Withdrawn. Nothing changed.") if was_own else gettext("Rejected.")
    flash(said, "ok")
    return _back(proposal_id)


@bp.get("/explain")
@requires(Permission.FACTS_READ)
def explain() -> ResponseReturnValue:
    """Say what the site would have found of a person on an earlier day, clause by clause."""
    actor, today = current_actor(), local_day(utc_now())
    person_id, asked = forms.parse_question(request.args)
    day = min(asked or today, today)
    found = None
    with database().snapshot() as session:
        if person_id is not None:
            _reach(queries.may_explain(session, actor, person_id))
            found = queries.explained(session, person_id, day=day, files=shelf())
    return render_template(
        "subsidy/desk_explain.html",
        found=found,
        person_id=person_id,
        day=day,
        today=today,
        words=words,
        desk_place=None,
    )


def _board(faults: Any, text: str) -> str:  # noqa: ANN401 (messages by field)
    actor: Actor = current_actor()
    fault: Message | None = faults.get("text")
    with database().snapshot() as session:
        may_load = queries.may_load(session, actor)
        return render_template(
            "subsidy/desk_policies.html",
            may_load=may_load,
            lines=queries.version_lines(session, shelf()),
            proposals=queries.proposals(session, limit=_SHOWN) if may_load else (),
            fault=fault,
            text=text,
            words=words,
            desk_place=None,
        )


def _file(sent: FileStorage | None) -> Any:  # noqa: ANN401 (a stream)
    return sent.stream if sent and sent.filename else None


def _reach(is_reached: bool) -> None:  # noqa: FBT001 (what was asked)
    if not is_reached:
        raise NotFound


def _back(proposal_id: int) -> ResponseReturnValue:
    return redirect(url_for("policy_desk.proposal", proposal_id=proposal_id))
