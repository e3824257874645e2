"""What is said in a video as a text to read and search; reading it earns nothing."""

from collections.abc import Sequence
from itertools import groupby
from operator import attrgetter

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lms.catalog.models import ItemKind
from lms.catalog.outline import ItemView, LessonView
from lms.core.access import Permission
from lms.core.errors import NotFound
from lms.learning import forms, queries
from lms.learning.queries import EnrolledCourse, Place
from lms.media.domain.transcript import Found, find
from lms.web.access import current_actor, database, requires
from lms.web.i18n import language

bp = Blueprint("transcripts", __name__)
_ON_A_PAGE = 20


@bp.get("/learn/<slug>/<item>/transcript")
@requires(Permission.LEARN)
def lesson(slug: str, item: str) -> ResponseReturnValue:
    """Show what is said in the video, or only where the words looked for are."""
    asked = forms.search(request.args, spoken=language())
    with database().snapshot() as session:
        own = queries.own_course(session, slug=slug, person_id=current_actor().person_id)
        if own is None:
            return redirect(url_for("learning.course", slug=slug))
        here, video = _video(own, item)
        text = queries.transcript(session, video, asked.language)
    found = find(text.paragraphs, asked.words) if text and asked.words else []
    return render_template(
        "learning/transcript.html",
        course=own.standing.course,
        here=here,
        item=video,
        text=text,
        asked=asked,
        found=found,
        most_signs=forms.MOST_SIGNS,
    )


@bp.get("/courses/<slug>/transcripts")
@requires(Permission.LEARN)
def course(slug: str) -> ResponseReturnValue:
    """Show where words are said in the videos of the learner's course, twenty places a page."""
    asked = forms.search(request.args, spoken=language())
    with database().snapshot() as session:
        own = queries.own_course(session, slug=slug, person_id=current_actor().person_id)
        if own is None:
            return redirect(url_for("learning.course", slug=slug))
        texts = queries.search_course(
            session, own.standing.course, words=asked.words, language=asked.language
        )
    start = (asked.page - 1) * _ON_A_PAGE
    return render_template(
        "learning/transcripts.html",
        course=own.standing.course,
        text=texts,
        asked=asked,
        shown=_by_video(texts.places[start : start + _ON_A_PAGE]),
        has_more=len(texts.places) > start + _ON_A_PAGE,
        most_signs=forms.MOST_SIGNS,
    )


def _by_video(places: Sequence[Place]) -> list[tuple[Place, list[Found]]]:
    """Return the places of each video together, with its first."""
    groups = (list(group) for _, group in groupby(places, key=attrgetter("item")))
    return [(group[0], [place.found for place in group]) for group in groups]


def _video(own: EnrolledCourse, address: str) -> tuple[LessonView, ItemView]:
    """Return the video at the address (``A01.video``); of a lesson alone (``A01``) its first."""
    lesson_key, _, key = address.partition(".")
    here = own.standing.course.lesson(lesson_key)
    for each in here.items if here else ():
        if each.kind == ItemKind.VIDEO and key in ("", each.key) and here:
            return here, each
    raise NotFound
