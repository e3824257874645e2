"""What the pages of a lesson share: its form with what was refused, its players, its texts."""

from collections.abc import Mapping
from typing import Any

from flask import make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup
from sqlalchemy.orm import Session
from werkzeug.datastructures import FileStorage

from lms.catalog.models import Item, Lesson
from lms.core.clock import utc_now
from lms.core.errors import InvalidInput, LmsError, Message
from lms.db.base import Localized
from lms.media import queries as media_queries
from lms.media.domain.names import POSTER, Label, Language
from lms.media.domain.tickets import Right
from lms.media.service import MAX_UPLOAD_BYTES, issue_ticket
from lms.studio import queries
from lms.studio.forms import Form
from lms.web.access import current_actor, database, settings
from lms.web.i18n import language, localized
from lms.web.markdown import render

_MEGABYTE = 1024 * 1024


def lesson_page(
    slug: str, key: str, *, error: LmsError | None = None, typed: Form | None = None
) -> ResponseReturnValue:
    """Return the lesson's form; ``typed`` is what was typed and refused, so it is not lost."""
    if error is not None and request.accept_mimetypes.best == "application/json":
        raise error
    with database().snapshot() as session:
        shown = queries.lesson_bench(session, current_actor(), slug, key)
    if not shown.bench.is_draft:
        return redirect(url_for("studio_lessons.preview", slug=slug, key=key))
    page = render_template(
        "studio/lesson.html",
        shown=shown,
        bench=shown.bench,
        values=values_of(shown) if typed is None else typed,
        has_typed=typed is not None,
        faults=error.fields if isinstance(error, InvalidInput) else {},
        refusal=error.message if error and not isinstance(error, InvalidInput) else None,
        tickets=_tickets(shown),
        most_megabytes=MAX_UPLOAD_BYTES // _MEGABYTE,
    )
    return make_response(page, error.status if error else 200)


def sent_file() -> FileStorage:
    """Return the one file of the form. Raises ``InvalidInput`` where none was chosen."""
    sent = request.files.get("file")
    if sent is None or not sent.filename:
        raise InvalidInput({"file": Message("file_not_chosen", "Please choose a file first.")})
    return sent


def values_of(shown: queries.LessonBench) -> dict[str, str]:
    """Return the fields of the form as they are saved."""
    lesson = shown.lesson
    values = {
        "minutes": str(lesson.minutes),
        "title_zh": lesson.title.get("zh", ""),
        "title_en": lesson.title.get("en", ""),
        **{f"objectives_{code}": _lines(lesson, code) for code in ("zh", "en")},
    }
    for slot in shown.slots:
        values[f"minutes-{slot.name}"] = str(slot.minutes)
        for code in ("zh", "en"):
            body = (slot.item.body or {}) if slot.item else {}
            values[f"body-{slot.name}-{code}"] = body.get(code, "")
    return values


def players(session: Session, shown: queries.LessonBench) -> dict[int, dict[str, Any]]:
    """Return the addresses of each ready video of the lesson by item id."""
    found = {}
    for item, facts in shown.videos:
        playable = media_queries.playable(session, facts.asset_id) if facts else None
        if playable is not None:
            found[item.id] = _addresses(playable, item.captions)
    return found


def texts(shown: queries.LessonBench) -> dict[int, tuple[Markup, str]]:
    """Return each text of the lesson as HTML with its language, by item id."""
    return {item.id: _text(item) for item in shown.entry.items if item.body}


def _text(item: Item) -> tuple[Markup, str]:
    body: Localized = item.body or {"zh": ""}
    return render(localized(body)), language() if body.get(language()) else "zh"


def _lines(lesson: Lesson, code: str) -> str:
    """Return the objectives of one language, a line each; gaps at the end are left out."""
    return "\n".join(words.get(code, "") for words in lesson.objectives).rstrip("\n")


def _tickets(shown: queries.LessonBench) -> dict[str, str]:
    """Return, for each asset, the right to ask how far it is, whoever sent it."""
    return {
        facts.asset_id: issue_ticket(
            settings().secret_key, facts, current_actor(), right=Right.MANAGE, at=utc_now()
        )
        for _item, facts in shown.videos
        if facts
    }


def _addresses(found: media_queries.Playable, captions: Mapping[str, int] | None) -> dict[str, Any]:
    ticket = issue_ticket(
        settings().secret_key, found, current_actor(), right=Right.MANAGE, at=utc_now()
    )

    def address(name: str) -> str:
        return url_for("media.serve", ticket=ticket, name=name)

    return {
        "poster": address(POSTER) if found.has_poster else None,
        "sources": [address(Label(file.label).filename) for file in found.pictures],
        "captions": [
            (code, f"{address(Language(code).filename)}?v={number}")
            for code, number in (found.captions if captions is None else captions).items()
        ],
    }
