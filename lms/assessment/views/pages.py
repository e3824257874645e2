"""The quiz pages: one question at a time, a last look, the result."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lms.assessment import forms, queries, service
from lms.assessment.domain import seconds_left
from lms.assessment.views.overdue import close_overdue
from lms.core.access import Permission
from lms.core.errors import Conflict
from lms.db.session import now
from lms.web.access import current_actor, database, requires
from lms.web.i18n import say

# Longer numbers than the database holds are no ids: 404, like any other unknown one.
_ID = "int(max=9223372036854775807)"

bp = Blueprint("assessment", __name__, url_prefix=f"/attempts/<{_ID}:attempt_id>")


@bp.get(f"/<{_ID}:position>")
@requires(Permission.LEARN)
def question(attempt_id: int, position: int) -> ResponseReturnValue:
    """Show one question; the others wait in the same page, for lines that drop."""
    return _open_page("assessment/question.html", attempt_id, position)


@bp.get("/check")
@requires(Permission.LEARN)
def check(attempt_id: int) -> ResponseReturnValue:
    """Show what is not answered yet before the hand-in."""
    return _open_page("assessment/check.html", attempt_id, 1)


@bp.post("/answers")
@requires(Permission.LEARN)
def save(attempt_id: int) -> ResponseReturnValue:
    """Keep the answers of the page and go where the button says."""
    page = forms.parse_page(request.form.to_dict(flat=False))
    try:
        with database().transaction() as session:
            service.save_page(
                session,
                actor=current_actor(),
                attempt_id=attempt_id,
                given=page.given,
                now=now(session),
            )
    except Conflict as refusal:
        # Handed in elsewhere, or out of time: the page we go to shows the result.
        flash(say(refusal.message), "warn")
    if page.go is None:
        return redirect(url_for("assessment.check", attempt_id=attempt_id))
    return redirect(url_for("assessment.question", attempt_id=attempt_id, position=page.go))


@bp.post("/submit")
@requires(Permission.LEARN)
def hand_in(attempt_id: int) -> ResponseReturnValue:
    """Grade the attempt; a second tap shows the same result."""
    with database().transaction() as session:
        service.hand_in(session, actor=current_actor(), attempt_id=attempt_id, now=now(session))
    return redirect(url_for("assessment.result", attempt_id=attempt_id))


@bp.get("")
@requires(Permission.LEARN)
def result(attempt_id: int) -> ResponseReturnValue:
    """Show the grade, what to look at again and what comes next."""
    close_overdue(attempt_id)
    with database().snapshot() as session:
        shown = queries.result(session, person_id=current_actor().person_id, attempt_id=attempt_id)
        if shown.is_open:
            return redirect(url_for("assessment.check", attempt_id=attempt_id))
        wrong = queries.review(session, shown)
        place = queries.place(session, revision_id=shown.revision_id, item_id=shown.item_id)
    return render_template("assessment/result.html", result=shown, wrong=wrong, place=place)


def _open_page(template: str, attempt_id: int, position: int) -> ResponseReturnValue:
    """Show a page of an open attempt; a closed one has only its result to show."""
    close_overdue(attempt_id)
    with database().snapshot() as session:
        sheet = queries.sheet(session, person_id=current_actor().person_id, attempt_id=attempt_id)
        if not sheet.is_open:
            return redirect(url_for("assessment.result", attempt_id=attempt_id))
        place = queries.place(session, revision_id=sheet.revision_id, item_id=sheet.item_id)
        left = seconds_left(sheet.deadline_at, now(session))
    return render_template(template, sheet=sheet, here=sheet.at(position), place=place, left=left)
