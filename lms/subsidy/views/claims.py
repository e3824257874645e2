"""Following a claim: where it is, who has it and what comes next; and taking it back."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lms.core.access import Permission
from lms.core.errors import Conflict, NotFound
from lms.subsidy import queries, service
from lms.subsidy.claim_words import CLAIM_WORDS
from lms.subsidy.domain.claim_draft import step_of
from lms.subsidy.domain.claim_states import ClaimState
from lms.subsidy.forms import claims as forms
from lms.subsidy.queries import Followed
from lms.subsidy.views.ground import ground
from lms.web.access import current_actor, database, requires
from lms.web.i18n import gettext, say

bp = Blueprint("claims", __name__, url_prefix="/me/subsidy/claims")
ID = "int(max=9223372036854775807):claim_id"


@bp.get(f"/<{ID}>")
@requires(Permission.LEARN)
def follow(claim_id: int) -> ResponseReturnValue:
    """Show where the claim is; one that was never handed in is gone on with where one left."""
    found = _followed(claim_id)
    if found.claim.state == ClaimState.DRAFT:
        step = step_of(found.claim.draft_step)
        return redirect(url_for("claiming.step", claim_id=claim_id, name=step.value))
    return render_template(
        "subsidy/claim.html",
        followed=found,
        shown=found.shown,
        claim=found.claim,
        story=found.story,
        **CLAIM_WORDS,
    )


@bp.get(f"/<{ID}>/withdraw")
@requires(Permission.LEARN)
def ask(claim_id: int) -> ResponseReturnValue:
    """Say what taking the claim back means, before it is done."""
    found = _followed(claim_id)
    if not found.may_withdraw:
        return redirect(url_for("claims.follow", claim_id=claim_id))
    return render_template(
        "subsidy/claim_withdraw.html", shown=found.shown, claim=found.claim, **CLAIM_WORDS
    )


@bp.post(f"/<{ID}>/withdraw")
@requires(Permission.LEARN)
def withdraw(claim_id: int) -> ResponseReturnValue:
    """Take the claim back, or say what keeps it."""
    version = forms.parse_version(request.form)
    try:
        with database().transaction() as session:
            service.take_back(
                session,
                current_actor(),
                claim_id=claim_id,
                version=version,
                ground=ground(session),
            )
    except Conflict as error:
        flash(say(error.message), "bad")
    else:
        flash(gettext("Taken back. Nothing is paid for it."), "ok")
    return redirect(url_for("claims.follow", claim_id=claim_id), 303)


def _followed(claim_id: int) -> Followed:
    with database().snapshot() as session:
        shown = queries.shown_claim(session, claim_id, current_actor().person_id)
        if shown is None:
            raise NotFound
        return queries.followed(session, shown)
