"""A learner's claims for programs: begun by a decision, and listed with where they are."""

from typing import Any

from flask import Blueprint, jsonify, request, url_for
from flask.typing import ResponseReturnValue

from lms.core.access import Permission
from lms.core.clock import rfc3339
from lms.core.errors import NotFound
from lms.subsidy import queries, service
from lms.subsidy.domain.claim_rules import state_words
from lms.subsidy.domain.claim_states import ClaimState
from lms.subsidy.forms import claims as forms
from lms.subsidy.queries import Shown
from lms.subsidy.views.ground import ground
from lms.web.access import current_actor, database, requires
from lms.web.i18n import localized, say

bp = Blueprint("claims_api", __name__, url_prefix="/api/v1/me/subsidy-claims")


@bp.post("")
@requires(Permission.LEARN)
def begin() -> ResponseReturnValue:
    """Begin a claim by a decision; it is decided again first, and that is kept."""
    actor, decision_id = current_actor(), forms.parse_decision(request.get_json(silent=True))
    with database().transaction() as session:
        named = queries.own_decision(session, decision_id, actor.person_id)
        if named is None:
            raise NotFound
        own = ground(session)
        service.look_again(session, actor, programme_id=named.programme_id, ground=own)
    with database().transaction() as session:
        claim = service.begin(session, actor, decision_id=decision_id, ground=ground(session))
        session.flush()
        begun = queries.shown_claim(session, claim.id, actor.person_id)
    if begun is None:
        raise NotFound
    return jsonify(_claim(begun)), 201, {"Location": _address(begun)}


@bp.get("")
@requires(Permission.LEARN)
def claims() -> ResponseReturnValue:
    """List the person's claims, those that go on first."""
    with database().snapshot() as session:
        found = queries.claims_of(session, current_actor().person_id)
    return jsonify({"items": [_claim(each) for each in found], "next": None})


def _claim(shown: Shown) -> dict[str, Any]:
    claim = shown.claim
    return {
        "id": claim.id,
        "number": claim.number,
        "programme": shown.slug,
        "title": localized(shown.title),
        "county": claim.county_code,
        "state": claim.state,
        "message": say(state_words(ClaimState(claim.state))),
        "holder": shown.story.holder.value,
        "version": claim.version,
        "decision": claim.decision_id,
        "amount_fen": claim.amount_fen,
        "paid_fen": claim.paid_fen,
        "currency": "CNY",
        "created_at": rfc3339(claim.created_at),
        "submitted_at": rfc3339(claim.submitted_at),
        "state_at": rfc3339(claim.state_at),
        "urls": {
            "page": _address(shown),
            "withdraw": url_for("claims.ask", claim_id=claim.id),
        },
    }


def _address(shown: Shown) -> str:
    return url_for("claims.follow", claim_id=shown.claim.id)
