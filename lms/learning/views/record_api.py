"""The learner's own file for programs: the figures of the page, from the same reading."""

from typing import Any

from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue

from lms.core.access import Permission
from lms.core.clock import local_day, rfc3339, utc_now
from lms.core.errors import NotFound
from lms.progress.domain.units import ms_to_datetime, ms_to_seconds
from lms.progress.reasons import REASONS
from lms.record import forms, queries
from lms.record.domain.courses import CourseLine, LessonLine
from lms.record.domain.ledger import Day, Entry, Sum
from lms.record.domain.reasons import Refused
from lms.record.domain.sittings import AttemptLine, BadgeLine, CheckLine
from lms.record.queries import Holder, LearnerFile
from lms.subsidy.queries import Meter
from lms.web.access import current_actor, database, requires
from lms.web.i18n import gettext, localized
from lms.web.pages import hours

bp = Blueprint("record_api", __name__, url_prefix="/api/v1/me/record")
_DAYS = 60


@bp.get("")
@requires(Permission.LEARN)
def record() -> ResponseReturnValue:
    """Show the learner's own file; the ledger a page at a time."""
    at = utc_now()
    sight = forms.parse_sight(request.args, days=_DAYS)
    with database().snapshot() as session:
        person_id = current_actor().person_id
        file = queries.learner_file(session, person_id, sight, today=local_day(at))
    if file is None:
        raise NotFound
    return jsonify(_file(file))


@bp.get("/days/<day>")
@requires(Permission.LEARN)
def day(day: str) -> ResponseReturnValue:
    """List the entries of one day."""
    wanted = forms.parse_day(day)
    after, limit = forms.parse_entries(request.args)
    with database().snapshot() as session:
        holder = queries.holder(session, current_actor().person_id)
        if holder is None:
            raise NotFound
        part = queries.day_entries(session, holder, wanted, after=after, limit=limit)
    return jsonify({"items": [_entry(each) for each in part.entries], "next": part.next})


def _file(file: LearnerFile) -> dict[str, Any]:
    at, checks = utc_now(), file.sittings.checks
    days = file.ledger.days
    return {
        "person": _person(file.holder),
        "courses": [_course(line) for line in file.holder.courses],
        "ledger": {
            "items": [_day(each) for each in days],
            "next": file.ledger.next.isoformat() if file.ledger.next else None,
        },
        # One line a day and lesson, as callers knew it before days were paged.
        "days": [{"day": each.day.isoformat(), **_sum(own)} for each in days for own in each.sums],
        "presence_checks": {
            "asked": checks.asked,
            "missed": checks.missed,
            "items": [_check(each) for each in checks.lines],
        },
        "attempts": [_attempt(each) for each in file.sittings.attempts],
        "badges": [_badge(each) | {"state": each.standing(at)} for each in file.sittings.badges],
        "subsidies": [_subsidy(each) for each in file.subsidies],
    }


def _person(holder: Holder) -> dict[str, Any]:
    return {
        "name": holder.name,
        "phone": holder.masked_phone,
        "county": localized(holder.county),
        "town": holder.town,
        "since": rfc3339(holder.since),
        "ledger": {"entries": holder.entries, "head": holder.head},
    }


def _course(line: CourseLine) -> dict[str, Any]:
    return {
        "course": line.course.slug,
        "record": line.enrollment_id,
        "status": line.status,
        "enrolled_at": rfc3339(line.enrolled_at),
        "completed_at": rfc3339(line.completed_at),
        "ended_at": rfc3339(line.ended_at),
        "verified_seconds": ms_to_seconds(line.credited_ms),
        "granted_seconds": ms_to_seconds(line.granted_ms),
        "credit_hours": float(hours(line.credited_ms)),
        "refused": _refused(line.refused),
        "lessons": [_lesson(each) for each in line.lessons],
        "former_seconds": ms_to_seconds(line.former_ms),
    }


def _lesson(each: LessonLine) -> dict[str, Any]:
    return {
        "key": each.lesson.key,
        "title": localized(each.lesson.title),
        "verified_seconds": ms_to_seconds(each.credited_ms),
        "granted_seconds": ms_to_seconds(each.granted_ms),
        "completed": each.is_complete,
    }


def _day(each: Day) -> dict[str, Any]:
    return {
        "day": each.day.isoformat(),
        "verified_seconds": ms_to_seconds(each.credited_ms),
        "granted_seconds": ms_to_seconds(each.granted_ms),
        "held_seconds": ms_to_seconds(each.held_ms),
        "refused": _refused(each.refused),
        "lessons": [_sum(own) for own in each.sums],
    }


def _sum(own: Sum) -> dict[str, Any]:
    return {
        "course": own.course,
        "key": own.lesson_key,
        "lesson": localized(own.title),
        "verified_seconds": ms_to_seconds(own.credited_ms),
        "granted_seconds": ms_to_seconds(own.granted_ms),
        "held_seconds": ms_to_seconds(own.held_ms),
        "refused_seconds": ms_to_seconds(own.refused.ms),
        "refused": _refused(own.refused),
    }


def _entry(each: Entry) -> dict[str, Any]:
    return {
        "id": each.id,
        "number": each.number,
        "kind": each.kind,
        "lesson": localized(each.title),
        "from": _moment(each.wall_from_ms),
        "to": _moment(each.wall_to_ms),
        "received_at": _moment(each.received_at_ms),
        "verified_seconds": ms_to_seconds(each.credited_ms),
        "held_seconds": ms_to_seconds(each.held_ms),
        "refused": _refused(each.refused),
        "device": each.turn.device.code if each.turn else None,
    }


def _refused(refused: Refused) -> list[dict[str, Any]]:
    return [
        {"seconds": ms_to_seconds(ms), "reason": reason, "message": gettext(REASONS[reason])}
        for reason, ms in refused.listed
    ]


def _check(each: CheckLine) -> dict[str, Any]:
    return {
        "kind": each.kind,
        "lesson": localized(each.title),
        "shown_at": _moment(each.shown_at_ms),
        "answered_at": _moment(each.answered_at_ms),
        "missed": each.was_missed,
        "right": each.is_right,
    }


def _attempt(each: AttemptLine) -> dict[str, Any]:
    return {
        "attempt": each.id,
        "title": localized(each.title),
        "number": each.number,
        "percent": each.percent,
        "passed": each.passed,
        "submitted_at": rfc3339(each.submitted_at),
    }


def _badge(each: BadgeLine) -> dict[str, Any]:
    return {
        "id": each.id,
        "serial": each.serial,
        "course": localized(each.title) if each.title else None,
        "issued_at": rfc3339(each.issued_at),
        "revoked_at": rfc3339(each.revoked_at),
    }


def _subsidy(each: Meter) -> dict[str, Any]:
    return {
        "programme": each.programme.slug,
        "title": localized(each.programme.title),
        "policy": each.policy.id if each.policy else None,
        "version": each.policy.version if each.policy else None,
        "outcome": each.decision.outcome.value,
    }


def _moment(ms: int | None) -> str | None:
    return None if ms is None else rfc3339(ms_to_datetime(ms))
