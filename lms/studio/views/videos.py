"""Videos of a lesson: one file sent by form, streamed to disk, prepared by a job."""

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import FileStorage

from lms.catalog import service
from lms.core.access import Permission
from lms.core.errors import Conflict, InvalidInput
from lms.db.session import now
from lms.media import service as media
from lms.media.gateway.storage import storage_of
from lms.studio.views.answers import lesson_page, sent_file
from lms.web.access import current_actor, database, requires, settings
from lms.web.i18n import gettext
from lms.web.server import csrf

_LESSON = "/studio/courses/<slug>/lessons/<key>"
bp = Blueprint("studio_videos", __name__, url_prefix=f"{_LESSON}/videos")
# What a form holds beside the file.
_FORM_BYTES = 64 * 1024


@bp.post("")
@requires(Permission.MEDIA_UPLOAD)
def add(slug: str, key: str) -> ResponseReturnValue:
    """Give the lesson a place for a video."""
    place = service.LessonPlace(current_actor(), slug, key)
    with database().transaction() as session:
        service.add_video(session, place=place, at=now(session))
    return _back(slug, key)


@bp.post("/<item>")
@requires(Permission.MEDIA_UPLOAD)
def upload(slug: str, key: str, item: str) -> ResponseReturnValue:
    """Take a video in; its preparation goes on after the answer."""
    place = service.LessonPlace(current_actor(), slug, key)
    with database().snapshot() as session:
        service.draft_video(session, place=place, item_key=item)
    request.max_content_length = media.MAX_UPLOAD_BYTES + _FORM_BYTES
    csrf.protect()
    try:
        _take_in(place, item, sent_file())
    except (InvalidInput, Conflict) as error:
        return lesson_page(slug, key, error=error)
    flash(gettext("The video arrived. It is being converted; you can leave this page."), "ok")
    return _back(slug, key)


# The token is checked in the view, once the body may be as large as a video.
csrf.exempt(upload)


@bp.post("/<item>/sharper")
@requires(Permission.MEDIA_UPLOAD)
def sharper(slug: str, key: str, item: str) -> ResponseReturnValue:
    """Have the sharper versions made that could not be made."""
    place = service.LessonPlace(current_actor(), slug, key)
    try:
        with database().transaction() as session:
            video = service.draft_video(session, place=place, item_key=item)
            media.ask_again(session, video.asset_id or "")
    except Conflict as error:
        return lesson_page(slug, key, error=error)
    flash(gettext("The sharper versions are being made; you can leave this page."), "ok")
    return _back(slug, key)


@bp.post("/<item>/remove")
@requires(Permission.COURSE_EDIT)
def remove(slug: str, key: str, item: str) -> ResponseReturnValue:
    """Take the video out of the draft."""
    place = service.LessonPlace(current_actor(), slug, key)
    with database().transaction() as session:
        service.remove_video(session, place=place, item_key=item, at=now(session))
    return _back(slug, key)


def _take_in(place: service.LessonPlace, item: str, sent: FileStorage) -> None:
    """Keep the bytes first, then write them down: no transaction waits for a slow disk."""
    received = media.receive(
        storage_of(settings()), sent.stream, declared_bytes=request.content_length
    )
    with database().transaction() as session:
        asset = media.register_upload(
            session,
            received=received,
            filename=sent.filename or "",
            owner_id=place.actor.person_id,
        )
        service.attach_asset(
            session, place=place, item_key=item, asset_id=asset.id, at=now(session)
        )


def _back(slug: str, key: str) -> ResponseReturnValue:
    return redirect(url_for("studio_lessons.lesson", slug=slug, key=key))
