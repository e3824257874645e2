"""Captions of a video: sent as a file, or typed beside it; and how they read as a text."""

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lms.catalog import service
from lms.core.access import Permission
from lms.core.errors import Conflict, InvalidInput, LmsError
from lms.media import queries as media_queries
from lms.media import service as media
from lms.media.domain.captions import MAX_BYTES
from lms.media.domain.names import Language
from lms.studio import forms, queries
from lms.studio.views.answers import lesson_page, players, sent_file
from lms.web.access import current_actor, database, requires
from lms.web.i18n import gettext
from lms.web.i18n import language as spoken
from lms.web.uploads import large_body

_VIDEO = "/studio/courses/<slug>/lessons/<key>/videos/<item>"
_CAPTIONS = "/captions/<any(zh, en):language>"
bp = Blueprint("studio_captions", __name__, url_prefix=_VIDEO)
# A form ends lines in two bytes; those of captions are short.
_TYPED_BYTES = MAX_BYTES * 3 // 2
# What a form holds beside the words.
_FORM_BYTES = 64 * 1024


@bp.get(f"{_CAPTIONS}/text")
@bp.get(_CAPTIONS)
@requires(Permission.MEDIA_UPLOAD)
def edit(slug: str, key: str, item: str, language: str) -> ResponseReturnValue:
    """Show the captions beside the video; a published version is shown as learners see it."""
    place = service.LessonPlace(current_actor(), slug, key)
    return _editor(place, item, Language(language))


@bp.post(f"{_CAPTIONS}/text")
@requires(Permission.MEDIA_UPLOAD)
@large_body(_TYPED_BYTES + _FORM_BYTES, typed_bytes=_TYPED_BYTES)
def save(slug: str, key: str, item: str, language: str) -> ResponseReturnValue:
    """Save what was typed, or show it again with each line that is wrong."""
    place = service.LessonPlace(current_actor(), slug, key)
    try:
        text, base = forms.captions(request.form)
        with database().transaction() as session:
            video = service.draft_video(session, place=place, item_key=item)
            media.edit_caption(
                session,
                asset_id=video.asset_id or "",
                language=Language(language),
                text=text,
                base=base,
            )
    except (InvalidInput, Conflict) as error:
        return _editor(place, item, Language(language), error=error)
    flash(gettext("The captions are saved."), "ok")
    return redirect(
        url_for("studio_captions.edit", slug=slug, key=key, item=item, language=language)
    )


@bp.post(_CAPTIONS)
@requires(Permission.MEDIA_UPLOAD)
def upload(slug: str, key: str, item: str, language: str) -> ResponseReturnValue:
    """Take captions in as a file, or name each line that is wrong."""
    place = service.LessonPlace(current_actor(), slug, key)
    try:
        sent = sent_file()
        with database().transaction() as session:
            video = service.draft_video(session, place=place, item_key=item)
            media.set_caption(
                session,
                asset_id=video.asset_id or "",
                language=Language(language),
                data=sent.stream.read(),
                source_name=sent.filename or "",
            )
    except (InvalidInput, Conflict) as error:
        return lesson_page(slug, key, error=error)
    flash(gettext("The captions are saved."), "ok")
    return redirect(url_for("studio_lessons.lesson", slug=slug, key=key))


@bp.get("/transcript")
@requires(Permission.COURSE_EDIT)
def transcript(slug: str, key: str, item: str) -> ResponseReturnValue:
    """Show the captions as learners will read them."""
    with database().snapshot() as session:
        shown = queries.lesson_bench(session, current_actor(), slug, key)
        video, _ = shown.video(item)
        wanted = [(video.asset_id or "", video.captions)]
        text = media_queries.transcripts(session, wanted, request.args.get("in", spoken()))[0]
    return render_template("studio/transcript.html", shown=shown, item=video, text=text)


def _editor(
    place: service.LessonPlace, item: str, language: Language, *, error: LmsError | None = None
) -> ResponseReturnValue:
    """Return the editor; with ``error`` it keeps what was typed."""
    slug, key = place.slug, place.lesson_key
    with database().snapshot() as session:
        shown = queries.lesson_bench(session, place.actor, slug, key)
        if error is None and not shown.bench.is_draft:
            return redirect(url_for("studio_lessons.preview", slug=slug, key=key))
        captions = queries.caption_bench(session, shown, item, language)
        player = players(session, shown).get(captions.item.id)
    page = render_template(
        "studio/captions.html",
        shown=shown,
        captions=captions,
        player=player,
        text=request.form.get("text", "") if error else captions.text,
        faults=error.fields if isinstance(error, InvalidInput) else {},
        refusal=error.message if isinstance(error, Conflict) else None,
    )
    return make_response(page, error.status if error else 200)
