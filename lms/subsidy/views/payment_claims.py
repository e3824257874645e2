"""The money of one claim: its payments, paying it again, clawing it back, what came in."""

from collections.abc import Callable

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from lms.core.access import Permission
from lms.core.errors import Conflict, InvalidInput
from lms.db.session import now
from lms.subsidy import queries, service
from lms.subsidy.domain.claim_rules import state_words
from lms.subsidy.domain.claim_states import ClaimState
from lms.subsidy.forms import payments as forms
from lms.subsidy.gateway import shelf
from lms.subsidy.payment_words import SHOWN
from lms.web.access import current_actor, database, requires
from lms.web.i18n import gettext, say

bp = Blueprint(
    "payment_claims",
    __name__,
    url_prefix="/staff/payments/claims/<int(max=9223372036854775807):claim_id>",
)


@bp.get("")
@requires(Permission.SUBSIDY_READ)
def claim(claim_id: int) -> ResponseReturnValue:
    """Show the money of a claim, each step of it, and what may be done."""
    actor = current_actor()
    with database().snapshot() as session:
        found = queries.claim_in_reach(session, actor, claim_id, Permission.SUBSIDY_READ)
        money = queries.money_of_claim(session, found)
    is_others = found.person_id != actor.person_id
    return render_template(
        "subsidy/desk_payment_claim.html",
        money=money,
        state=state_words(ClaimState(found.state)),
        may_pay=is_others and queries.reaches(actor, found.county_code, Permission.SUBSIDY_PAY),
        desk_place=None,
        **SHOWN,
    )


@bp.post("/again")
@requires(Permission.SUBSIDY_PAY)
def again(claim_id: int) -> ResponseReturnValue:
    """Take over the account that was looked at since, so that the claim is paid again."""

    def work(session: Session) -> None:
        service.pay_again(
            session,
            current_actor(),
            claim_id=claim_id,
            version=forms.parse_version(request.form),
            shelf=shelf(),
            now=now(session),
        )

    return _done(claim_id, work, gettext("It is offered for the next batch."))


@bp.post("/claw-back")
@requires(Permission.SUBSIDY_PAY)
def claw_back(claim_id: int) -> ResponseReturnValue:
    """Ask back all that was paid, with a reason."""

    def work(session: Session) -> None:
        service.claw_back(
            session,
            current_actor(),
            claim_id=claim_id,
            said=(forms.parse_version(request.form), forms.parse_reason(request.form)),
            shelf=shelf(),
            now=now(session),
        )

    return _done(claim_id, work, gettext("Written down. The learner sees the reason."))


@bp.post("/recover")
@requires(Permission.SUBSIDY_PAY)
def recover(claim_id: int) -> ResponseReturnValue:
    """Note money that came back from the learner."""

    def work(session: Session) -> None:
        service.recover(
            session,
            current_actor(),
            claim_id=claim_id,
            said=(forms.parse_version(request.form), *forms.parse_money(request.form)),
            shelf=shelf(),
            now=now(session),
        )

    return _done(claim_id, work, gettext("Written down."))


def _done(claim_id: int, work: Callable[[Session], None], said: str) -> ResponseReturnValue:
    """Do the work and show the page again, with what kept it where something did."""
    try:
        with database().transaction() as session:
            work(session)
    except InvalidInput as error:
        flash(say(next(iter(error.fields.values()))), "bad")
    except Conflict as error:
        flash(say(error.message), "bad")
    else:
        flash(said, "ok")
    return redirect(url_for("payment_claims.claim", claim_id=claim_id), 303)
