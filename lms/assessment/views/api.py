"""Attempt calls; shapes and names are those of the public API."""

from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue

from lms.assessment import forms, queries, service
from lms.assessment.views.overdue import close_overdue
from lms.core.access import Permission
from lms.db.session import now
from lms.web.access import current_actor, database, requires

# Longer numbers than the database holds are no ids: 404, like any other unknown one.
_ID = "int(max=9223372036854775807)"

bp = Blueprint("assessment_api", __name__, url_prefix=f"/api/v1/attempts/<{_ID}:attempt_id>")


@bp.get("")
@requires(Permission.LEARN)
def read(attempt_id: int) -> ResponseReturnValue:
    """Show how the attempt stands; one whose time is over is closed first."""
    close_overdue(attempt_id)
    with database().snapshot() as session:
        shown = queries.result(session, person_id=current_actor().person_id, attempt_id=attempt_id)
    return jsonify(forms.result_body(shown))


@bp.put(f"/responses/<{_ID}:question_id>")
@requires(Permission.LEARN)
def respond(attempt_id: int, question_id: int) -> ResponseReturnValue:
    """Keep the answer to one question."""
    given = forms.parse_response(request.get_json(silent=True), question_id=question_id)
    with database().transaction() as session:
        saved = service.save_response(
            session,
            actor=current_actor(),
            attempt_id=attempt_id,
            given=given,
            now=now(session),
        )
    return jsonify(forms.saved_body(saved))


@bp.post("/submit")
@requires(Permission.LEARN)
def submit(attempt_id: int) -> ResponseReturnValue:
    """Hand the attempt in and show its grade."""
    actor = current_actor()
    with database().transaction() as session:
        service.submit_attempt(session, actor=actor, attempt_id=attempt_id, now=now(session))
        shown = queries.result(session, person_id=actor.person_id, attempt_id=attempt_id)
    return jsonify(forms.result_body(shown))
