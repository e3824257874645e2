"""One lesson of a draft: its words and texts, and how learners will see it."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lms.catalog import service
from lms.core.access import Permission
from lms.core.errors import Conflict, InvalidInput
from lms.db.session import now
from lms.studio import forms, queries
from lms.studio.views.answers import lesson_page, players, texts
from lms.web.access import current_actor, database, requires
from lms.web.i18n import gettext

bp = Blueprint("studio_lessons", __name__, url_prefix="/studio/courses/<slug>/lessons/<key>")


@bp.get("")
@requires(Permission.COURSE_EDIT)
def lesson(slug: str, key: str) -> ResponseReturnValue:
    """Show the lesson's form; a published version is shown as learners see it."""
    return lesson_page(slug, key)


@bp.post("")
@requires(Permission.COURSE_EDIT)
def save(slug: str, key: str) -> ResponseReturnValue:
    """Save the lesson's words; what was typed stays on the page where it is refused."""
    place = service.LessonPlace(current_actor(), slug, key)
    try:
        edits = forms.edits(request.form)
        with database().transaction() as session:
            slots = queries.lesson_bench(session, current_actor(), slug, key).slot_names
            words = forms.lesson_words(request.form, slots)
            service.edit_lesson(session, place=place, words=words, edits=edits, at=now(session))
    except (InvalidInput, Conflict) as error:
        return lesson_page(slug, key, error=error, typed=request.form)
    flash(gettext("Saved."), "ok")
    return redirect(url_for("studio_lessons.lesson", slug=slug, key=key))


@bp.get("/preview")
@requires(Permission.COURSE_EDIT)
def preview(slug: str, key: str) -> ResponseReturnValue:
    """Show the lesson as learners will see it; nothing is counted."""
    with database().snapshot() as session:
        shown = queries.lesson_bench(session, current_actor(), slug, key)
        parts: dict[str, Any] = {
            "players": players(session, shown),
            "texts": texts(shown),
        }
    return render_template("studio/preview.html", shown=shown, bench=shown.bench, **parts)
