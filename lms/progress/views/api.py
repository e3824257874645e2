"""Lease and beat calls; shapes and names are those of the public API."""

from collections import Counter
from typing import Any

from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue

from lms.core.access import Permission
from lms.core.clock import rfc3339
from lms.core.errors import Message, NotFound
from lms.core.ids import digest
from lms.progress import forms, queries, service
from lms.progress.domain.checks import CheckKind
from lms.progress.domain.completion import coverage
from lms.progress.domain.spans import Spans
from lms.progress.domain.units import ms_to_seconds
from lms.progress.reasons import REASONS, reason_of
from lms.web.access import current_actor, database, requires
from lms.web.i18n import gettext, say

bp = Blueprint("progress", __name__, url_prefix="/api/v1")


_ENDED = {
    "lease_superseded": Message(
        "lease_superseded", "Another phone or page is playing now, so this one does not count."
    ),
    "lease_ended": Message("lease_ended", "This page stopped counting. Press play to go on."),
}


@bp.post("/items/<int(max=9223372036854775807):item_id>/lease")
@requires(Permission.LEARN)
def take_lease(item_id: int) -> ResponseReturnValue:
    """Give this browser the right to earn time on the item."""
    with database().transaction() as session:
        reply = service.take_lease(session, actor=current_actor(), item_id=item_id)
    body = {
        "lease": reply.lease,
        "beat_seconds": ms_to_seconds(reply.settings.beat_ms),
        "gap_seconds": ms_to_seconds(reply.settings.gap_cap_ms),
        "seq": 0,
        "duration": ms_to_seconds(reply.duration_ms),
        "resume_at": ms_to_seconds(reply.position_ms),
        "watched": reply.watched.as_seconds(),
        "credited": reply.credited.as_seconds(),
        "verified_seconds": ms_to_seconds(reply.verified_ms),
        "held": reply.held.as_seconds(),
        "held_seconds": ms_to_seconds(reply.held.size),
        "max_rate": float(reply.settings.max_rate),
        "prompt": _prompt(reply.prompt, reply.now_ms),
    }
    return jsonify(body), 201


@bp.post("/leases/<lease_id>/beats")
@requires(Permission.LEARN)
def take_beat(lease_id: str) -> ResponseReturnValue:
    """Count what was played since the last beat."""
    sent = service.SentBeat(
        actor=current_actor(),
        lease_id=lease_id,
        report=forms.parse_beat(request.get_data() if request.is_json else b""),
        device_hash=digest(request.headers.get("User-Agent", "")),
    )
    counted = service.count_beat(database(), sent)
    if counted is not None and _is_kept(counted.written):
        return _beat_answer(counted.reply)
    with database().transaction() as session:
        reply = service.take_beat(session, sent)
    return _beat_answer(reply)


def _is_kept(written: service.Written | None) -> bool:
    """Write what a beat counted; False where the learner's clock was taken in the meantime."""
    return written is None or database().write_at_once(written.statements, written.values)


@bp.post("/leases/<lease_id>/prompts/<int(max=9223372036854775807):check_id>")
@requires(Permission.LEARN)
def answer_prompt(lease_id: str, check_id: int) -> ResponseReturnValue:
    """Take the answer to a presence check, or give more time for it."""
    form = forms.parse_check(request.get_json(silent=True))
    with database().transaction() as session:
        reply = service.answer_check(
            session,
            actor=current_actor(),
            lease_id=lease_id,
            check_id=check_id,
            answer=form.answer,
        )
    return jsonify(_check_answer(reply))


@bp.delete("/leases/<lease_id>")
@requires(Permission.LEARN)
def end_lease(lease_id: str) -> ResponseReturnValue:
    """Give the lease back."""
    with database().transaction() as session:
        service.end_lease(session, actor=current_actor(), lease_id=lease_id)
    return "", 204


@bp.get("/items/<int(max=9223372036854775807):item_id>/progress")
@requires(Permission.LEARN)
def item_progress(item_id: int) -> ResponseReturnValue:
    """Show what was seen and counted of one item."""
    actor = current_actor()
    with database().snapshot() as session:
        found = queries.item_progress(session, person_id=actor.person_id, item_id=item_id)
    if found is None:
        raise NotFound
    return jsonify(_progress_body(found))


@bp.get("/lessons/<int(max=9223372036854775807):lesson_id>/progress")
@requires(Permission.LEARN)
def lesson_progress(lesson_id: int) -> ResponseReturnValue:
    """Show what was seen and counted of one lesson: the sum of its items."""
    actor = current_actor()
    with database().snapshot() as session:
        items = queries.lesson_progress(session, person_id=actor.person_id, lesson_id=lesson_id)
    if not items:
        raise NotFound
    bodies = [_progress_body(item) for item in items]
    return jsonify(_lesson_body(items, bodies))


def _prompt(prompt: dict[str, Any] | None, now_ms: int) -> dict[str, Any] | None:
    """Return a presence check as the player shows it, with the seconds left from now."""
    if prompt is None:
        return None
    body = {name: value for name, value in prompt.items() if name != "answer_by_ms"}
    answer_by_ms = prompt["answer_by_ms"]
    left = None if answer_by_ms is None else ms_to_seconds(max(0, answer_by_ms - now_ms))
    is_question = prompt["kind"] == CheckKind.QUESTION
    text = gettext("Which of these was just said?") if is_question else None
    return body | {"text": text, "seconds_left": left}


def _check_answer(reply: service.CheckReply) -> dict[str, Any]:
    sets = reply.known.state().progress
    return {
        "prompt": _prompt(reply.prompt, reply.known.moment.now),
        "right": reply.is_right,
        "missed": reply.was_missed,
        "verified_seconds": ms_to_seconds(sets.verified_ms),
        "held_seconds": ms_to_seconds(sets.held.size),
        "coverage": coverage(sets.seen, sets.duration_ms),
        "watched": sets.seen.as_seconds(),
        "credited": sets.credited.as_seconds(),
        "held": sets.held.as_seconds(),
        "completed": sets.is_complete,
    }


def _beat_answer(reply: service.BeatReply) -> ResponseReturnValue:
    body = dict(reply.answer)
    body["prompt"] = _prompt(body["prompt"], reply.now_ms)
    body["refused"] = [
        part | {"message": say(reason_of(part["reason"], reply.settings))}
        for part in body["refused"]
    ]
    if reply.code is None:
        return jsonify(body)
    message = _ENDED[reply.code]
    body |= {"type": "about:blank", "title": "Conflict", "status": 409}
    body |= {"code": message.code, "detail": say(message)}
    response = jsonify(body)
    response.content_type = "application/problem+json"
    return response, 409


def _refusal(part: dict[str, Any]) -> dict[str, Any]:
    words = REASONS[part["reason"]]
    return part | {"message": gettext(words)}


def _progress_body(found: queries.ItemProgressRow) -> dict[str, Any]:
    seen = Spans.of(found.seen)
    return {
        "item": found.item_id,
        "kind": found.kind,
        "verified_seconds": ms_to_seconds(found.verified_ms),
        "granted_seconds": ms_to_seconds(found.granted_ms),
        "held_seconds": ms_to_seconds(Spans.of(found.held).size),
        "duration": ms_to_seconds(found.duration_ms),
        "coverage": coverage(seen, found.duration_ms),
        "watched": seen.as_seconds(),
        "credited": Spans.of(found.credited).as_seconds(),
        "completed_at": rfc3339(found.completed_at),
        "refused": [
            _refusal({"seconds": ms_to_seconds(ms), "reason": reason})
            for reason, ms in sorted(found.refused.items())
        ],
    }


def _lesson_body(
    items: list[queries.ItemProgressRow], bodies: list[dict[str, Any]]
) -> dict[str, Any]:
    """Lay the items end to end: the lesson's own time runs through all of them."""
    watched: list[tuple[int, int]] = []
    refused: Counter[str] = Counter()
    offset = 0
    for item in items:
        watched.extend((begin + offset, end + offset) for begin, end in item.seen)
        refused.update(item.refused)
        offset += item.duration_ms
    seen = Spans.of(watched)
    needed = [item for item in items if item.is_required] or items
    done = [item.completed_at for item in needed if item.completed_at is not None]
    return {
        "verified_seconds": ms_to_seconds(sum(item.verified_ms for item in items)),
        "duration": ms_to_seconds(offset),
        "coverage": coverage(seen, offset),
        "watched": seen.as_seconds(),
        "completed_at": rfc3339(max(done)) if len(done) == len(needed) else None,
        "refused": [
            _refusal({"seconds": ms_to_seconds(ms), "reason": reason})
            for reason, ms in sorted(refused.items())
        ],
        "items": bodies,
    }
