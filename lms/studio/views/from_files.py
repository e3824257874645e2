"""Many files at once: the lessons they become, before the first byte is sent."""

from typing import Any

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue

from lms.core.access import Permission
from lms.db.session import now
from lms.studio import forms, service
from lms.studio.domain import Chosen
from lms.web.access import current_actor, database, requires
from lms.web.i18n import say

bp = Blueprint("studio_files", __name__, url_prefix="/studio/courses/<slug>/lessons/from-files")


@bp.post("")
@requires(Permission.COURSE_EDIT)
def make(slug: str) -> ResponseReturnValue:
    """Make a lesson of each video and tell where each file is to go."""
    chosen = forms.chosen_files(request.get_json())
    with database().transaction() as session:
        made = service.lessons_from_files(
            session, actor=current_actor(), slug=slug, chosen=chosen, at=now(session)
        )
        return _as_json(slug, chosen, made)


def _as_json(slug: str, chosen: Chosen, made: service.Made) -> dict[str, Any]:
    names = [file.name for file in chosen.files]
    return {
        "edits": made.edits,
        "lessons": [_lesson(slug, names, each) for each in made.lessons],
        "left_out": [
            {"file": each.file, "name": names[each.file], "message": say(each.message)}
            for each in made.plan.left_out
        ],
    }


def _lesson(slug: str, names: list[str], made: service.MadeLesson) -> dict[str, Any]:
    key = made.lesson.key
    return {
        "file": made.planned.file,
        "name": names[made.planned.file],
        "lesson": key,
        "title": made.lesson.title["zh"],
        "item": str(made.item.id),
        "unfinished": str(made.coming.item_id) if made.coming else None,
        "has_video": made.has_video,
        "page": url_for("studio_lessons.lesson", slug=slug, key=key),
        "captions": [
            {
                "file": each.file,
                "name": names[each.file],
                "language": each.language,
                "is_there": each.language in made.languages,
                "address": url_for(
                    "studio_captions.upload",
                    slug=slug,
                    key=key,
                    item=made.item.key,
                    language=each.language,
                ),
            }
            for each in made.planned.captions
        ],
    }
