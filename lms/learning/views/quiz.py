"""Starts quizzes: the course is joined, the test is open, a try is left."""

from flask import Blueprint, jsonify, redirect, url_for
from flask.typing import ResponseReturnValue

from lms.assessment import forms, queries
from lms.core.access import Permission
from lms.db.session import now
from lms.learning import service
from lms.web.access import current_actor, database, requires
from lms.web.i18n import localized

# Longer numbers than the database holds are no ids: 404, like any other unknown one.
_ID = "int(max=9223372036854775807)"

bp = Blueprint("quiz", __name__)


@bp.post(f"/items/<{_ID}:item_id>/attempts")
@requires(Permission.LEARN)
def start(item_id: int) -> ResponseReturnValue:
    """Start or go on with the quiz and show its first question without an answer."""
    actor = current_actor()
    with database().transaction() as session:
        attempt = service.start_quiz(session, actor=actor, item_id=item_id, now=now(session))
        sheet = queries.sheet(session, person_id=actor.person_id, attempt_id=attempt.id)
    return redirect(url_for("assessment.question", attempt_id=attempt.id, position=sheet.next_open))


@bp.post(f"/api/v1/items/<{_ID}:item_id>/attempts")
@requires(Permission.LEARN)
def start_call(item_id: int) -> ResponseReturnValue:
    """Start the quiz, or return the open attempt, with its questions and saved answers."""
    actor = current_actor()
    with database().transaction() as session:
        attempt = service.start_quiz(session, actor=actor, item_id=item_id, now=now(session))
        sheet = queries.sheet(session, person_id=actor.person_id, attempt_id=attempt.id)
    return jsonify(forms.sheet_body(sheet, localized)), 201
