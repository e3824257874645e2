"""How far the learner is from each subsidy: the page, and the call for programs."""

from typing import Any

from flask import Blueprint, jsonify, render_template, request
from flask.typing import ResponseReturnValue

from lms.core.access import Permission
from lms.core.clock import local_day, rfc3339, utc_now
from lms.core.errors import InvalidInput, Message
from lms.subsidy import queries
from lms.subsidy.claim_words import CLAIM_WORDS
from lms.subsidy.forms import policies as forms
from lms.subsidy.gateway import shelf
from lms.subsidy.queries import Last, Meter, Row
from lms.subsidy.views.ground import taken
from lms.web.access import current_actor, database, requires
from lms.web.i18n import localized, say

bp = Blueprint("subsidy", __name__)
_CURRENCY = "CNY"


@bp.record_once
def _read_policies(_state: object) -> None:
    """Read the policies, so that a file at fault stops the start and not a learner's page."""
    shelf()


@bp.get("/me/subsidy")
@requires(Permission.LEARN)
def mine() -> ResponseReturnValue:
    """Show each condition: missing first, then what nobody asked yet, then what is met."""
    actor = current_actor()
    with database().snapshot() as session:
        meters = queries.meters(session, actor.person_id, shelf=shelf(), today=local_day(utc_now()))
        last = queries.last_decisions(session, [actor.person_id])
        claims = queries.claims_of(session, actor.person_id)
    return render_template(
        "subsidy/subsidy.html",
        meters=meters,
        decisions={pair[1]: each.decision_id for pair, each in last.items()},
        claims=claims,
        own=queries.claims_by_meter(meters, claims),
        open_to={each.programme.id for each in meters if queries.may_be_claimed(each, taken())},
        taken=taken(),
        **CLAIM_WORDS,
    )


@bp.get("/me/subsidy/earlier")
@requires(Permission.LEARN)
def earlier() -> ResponseReturnValue:
    """Show the learner what the site would have found at the end of a day."""
    actor, today = current_actor(), local_day(utc_now())
    day, fault = forms.parse_earlier(request.args, today)
    with database().snapshot() as session:
        found = queries.explained(session, actor.person_id, day=day, files=shelf())
    page = render_template(
        "subsidy/earlier.html",
        meters=found.meters if found else (),
        day=day,
        today=today,
        fault=fault,
    )
    return page, InvalidInput.status if fault else 200


@bp.get("/api/v1/me/eligibility")
@requires(Permission.LEARN)
def eligibility() -> ResponseReturnValue:
    """List what the site finds now, programme by programme, with every clause."""
    actor = current_actor()
    with database().snapshot() as session:
        meters = queries.meters(session, actor.person_id, shelf=shelf(), today=local_day(utc_now()))
        last = queries.last_decisions(session, [actor.person_id])
    items = [_meter(meter, last.get((actor.person_id, meter.programme.id))) for meter in meters]
    return jsonify({"items": items, "next": None})


def _meter(meter: Meter, last: Last | None) -> dict[str, Any]:
    policy = meter.policy
    return {
        "programme": meter.programme.slug,
        "title": localized(meter.programme.title),
        "policy": policy.id if policy else None,
        "version": policy.version if policy else None,
        "status": policy.status.value if policy else None,
        "outcome": meter.decision.outcome.value,
        "amount_fen": meter.decision.amount_fen,
        "currency": _CURRENCY,
        "payable": not meter.is_practice,
        "decision": last.decision_id if last else None,
        "decided_at": rfc3339(last.decided_at) if last else None,
        "clauses": [_clause(row) for row in meter.rows],
    }


def _clause(row: Row) -> dict[str, Any]:
    return {
        "id": row.result.id,
        "verdict": row.result.verdict.value,
        "reason": row.result.code,
        "title": say(row.heading),
        "message": say(row.sentence),
        "next_step": _said(row.next_step),
    }


def _said(message: Message | None) -> str | None:
    return say(message) if message else None
