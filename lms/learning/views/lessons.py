"""The lesson page: one item in front, the way through the lesson beside it."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from lms.catalog.models import ItemKind
from lms.core.access import Actor, Permission
from lms.core.clock import utc_now
from lms.core.errors import NotFound
from lms.learning import queries
from lms.learning.domain import ItemStanding, LessonStanding
from lms.learning.queries import EnrolledCourse
from lms.media import queries as media_queries
from lms.media.domain.names import POSTER, Language
from lms.media.domain.tickets import Right
from lms.media.service import issue_ticket
from lms.progress import queries as progress_queries
from lms.progress.domain.refusals import by_reason, uncounted
from lms.progress.domain.spans import Spans
from lms.progress.domain.totals import NOTHING_YET
from lms.progress.gateway import counting_of
from lms.progress.reasons import reason_of
from lms.web.access import current_actor, database, requires, settings
from lms.web.i18n import language, localized, say
from lms.web.markdown import render as render_markdown

# A line seldom changes within a shorter video.
_ADAPTS_FROM_MS = 180_000

bp = Blueprint("lessons", __name__, url_prefix="/learn")

_TEMPLATES = {
    ItemKind.VIDEO: "learning/video.html",
    ItemKind.READING: "learning/reading.html",
    ItemKind.PRACTICE: "learning/practice.html",
    ItemKind.QUIZ: "learning/quiz_start.html",
}


@bp.get("/<slug>")
@requires(Permission.LEARN)
def resume(slug: str) -> ResponseReturnValue:
    """Go on where the learner stopped: the first step that is not done."""
    actor = current_actor()
    with database().snapshot() as session:
        own = queries.own_course(session, slug=slug, person_id=actor.person_id)
    if own is None:
        return redirect(url_for("learning.course", slug=slug))
    step = own.standing.next_step()
    if step is None:
        return redirect(url_for("learning.course", slug=slug))
    return redirect(url_for("lessons.lesson", slug=slug, item=step[1].item.address))


@bp.get("/<slug>/<item>")
@requires(Permission.LEARN)
def lesson(slug: str, item: str) -> ResponseReturnValue:
    """Show a lesson (``A01``, its first open step) or one step of it (``A01.text``)."""
    actor = current_actor()
    with database().snapshot() as session:
        own = queries.own_course(session, slug=slug, person_id=actor.person_id, item=item)
        if own is None:
            return redirect(url_for("learning.course", slug=slug))
        here, shown = _find(own.standing.lesson(item.partition(".")[0]), item.partition(".")[2])
        parts = _PARTS[ItemKind(shown.item.kind)](session, actor, shown)
        parts |= _counted(session, actor, own, shown)
    counting = counting_of(own.standing.course.programme_slug)
    return render_template(
        _TEMPLATES[ItemKind(shown.item.kind)],
        own=own,
        course=own.standing.course,
        here=here,
        item=shown.item,
        standing=shown,
        percent=_percent(shown),
        follow=_follow(own.standing.next_step(), here, shown),
        gap_seconds=counting.gap_cap_ms // 1000,
        seeking=counting.seeking.value,
        reason=lambda code: say(reason_of(code, counting)),
        **parts,
    )


def _find(here: LessonStanding | None, key: str) -> tuple[LessonStanding, ItemStanding]:
    """Return the lesson and the step named, else its first step not done, else its first."""
    if here is None or not here.items:
        raise NotFound
    if key:
        shown = next((each for each in here.items if each.item.key == key), None)
        if shown is None:
            raise NotFound
        return here, shown
    open_step = next((each for each in here.items if not each.is_complete), here.items[0])
    return here, open_step


def _follow(
    step: tuple[LessonStanding, ItemStanding] | None, here: LessonStanding, shown: ItemStanding
) -> ItemStanding | None:
    """Return the step to offer after this one, if any."""
    # A quiz that is still to be passed has its own button; a second one would compete with it.
    if here.is_open and shown.item.kind == ItemKind.QUIZ and not shown.is_complete:
        return None
    if step is None or step[1].item.id != shown.item.id:
        return step[1] if step else None
    # The minutes missing here can wait: what follows in the lesson is open as well.
    behind = here.items[here.items.index(shown) + 1 :]
    return next((each for each in behind if not each.is_complete), None)


def _percent(shown: ItemStanding) -> int:
    whole = shown.most_ms
    return shown.totals.verified_ms * 100 // whole if whole else 0


def _video(session: Session, actor: Actor, shown: ItemStanding) -> dict[str, Any]:
    found = media_queries.playable(session, shown.item.asset_id or "")
    if found is None:
        return {"video": None}
    # With one rung there is nothing to change between, and a short video is over too soon.
    adapts = len(found.pictures) > 1 and shown.item.duration_ms > _ADAPTS_FROM_MS
    addresses = _addresses(found, actor, shown.item.captions)
    return {"video": addresses | {"adapts": found.has_stream and adapts}}


def _counted(
    session: Session, actor: Actor, own: EnrolledCourse, shown: ItemStanding
) -> dict[str, Any]:
    """Return the sets of the step, what of it does not count and why, and the newest appeal."""
    whose = {"person_id": actor.person_id, "material_id": shown.item.material_id or 0}
    sets = own.sets
    if sets is None and shown.totals is not NOTHING_YET:
        sets = progress_queries.sets_of(session, **whose)
    lost, appeal = [], None
    # What an earlier version brought already cannot be made good by watching again.
    if shown.totals.refused_ms and sets is not None and shown.room_ms:
        refused = progress_queries.refusals(session, **whose)
        lost = uncounted(refused, Spans.of(sets.credited))
        appeal = progress_queries.newest_appeal(session, **whose)
    return {
        "sets": sets,
        "lost": lost,
        "lost_ms": sum(each.end_ms - each.begin_ms for each in lost),
        "losses": by_reason(lost),
        "appeal": appeal,
    }


def _addresses(
    found: media_queries.Playable, actor: Actor, captions: Mapping[str, int] | None
) -> dict[str, Any]:
    key = settings().secret_key
    ticket = issue_ticket(key, found, actor, right=Right.WATCH, at=utc_now())

    # Building an address takes as long as a statement; the files of a video differ in the name.
    folder = url_for("media.serve", ticket=ticket, name=POSTER).removesuffix(POSTER)

    def address(name: str) -> str:
        return folder + name

    def source(file: media_queries.RenditionFacts) -> dict[str, Any]:
        return {
            "address": address(file.label.filename),
            "label": file.label.value,
            "byte_size": file.byte_size,
        }

    return {
        "poster": address(POSTER) if found.has_poster else None,
        "sources": [source(file) for file in found.pictures],
        "sound": source(found.sound) if found.sound else None,
        "captions": [
            {"address": f"{address(Language(each).filename)}?v={number}", "language": each}
            for each, number in (found.captions if captions is None else captions).items()
        ],
    }


def _text(session: Session, _actor: Actor, shown: ItemStanding) -> dict[str, Any]:
    body = queries.body_of(session, shown.item.id) or {"zh": ""}
    return {
        "text": render_markdown(localized(body)),
        "text_language": language() if body.get(language()) else "zh",
    }


def _quiz(session: Session, actor: Actor, shown: ItemStanding) -> dict[str, Any]:
    return {"quiz": queries.quiz_facts(session, person_id=actor.person_id, item_id=shown.item.id)}


_PARTS = {
    ItemKind.VIDEO: _video,
    ItemKind.READING: _text,
    ItemKind.PRACTICE: _text,
    ItemKind.QUIZ: _quiz,
}
