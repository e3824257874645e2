"""Courses and the learner's own file for programs; shapes are those of the public API."""

from typing import Any

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue

from lms.catalog.outline import CourseView, ItemView, LessonView
from lms.core.access import Permission
from lms.core.clock import rfc3339
from lms.core.errors import NotFound
from lms.db.session import now
from lms.learning import queries, service
from lms.progress.domain.units import ms_to_seconds
from lms.web.access import current_actor, database, optional_actor, public, requires
from lms.web.i18n import localized
from lms.web.pages import hours

bp = Blueprint("learning_api", __name__, url_prefix="/api/v1")


@bp.get("/courses")
@public
def courses() -> ResponseReturnValue:
    """List the menu of training."""
    with database().snapshot() as session:
        found = queries.menu(session)
    return jsonify({"items": [_summary(course) for course in found], "next": None})


@bp.get("/courses/<slug>")
@public
def course(slug: str) -> ResponseReturnValue:
    """Show one course with its lessons and items."""
    actor = optional_actor()
    with database().snapshot() as session:
        person_id = actor.person_id if actor else None
        found = queries.visible_course(session, slug=slug, person_id=person_id)
    if found is None:
        raise NotFound
    tree, enrollment = found
    return jsonify(
        _summary(tree)
        | {
            "revision": tree.number,
            "enrolled": enrollment is not None,
            "status": enrollment.status if enrollment else None,
            "lessons": [_lesson(lesson) for lesson in tree.lessons],
        }
    )


@bp.post("/courses/<slug>/enrollment")
@requires(Permission.LEARN)
def enroll(slug: str) -> ResponseReturnValue:
    """Join a course; 402 where it has to be paid for."""
    with database().transaction() as session:
        enrollment_id = service.join_course(
            session, actor=current_actor(), slug=slug, now=now(session)
        )
    return jsonify({"enrollment": enrollment_id, "course": slug, "status": "active"}), 201


@bp.get("/me/record")
@requires(Permission.LEARN)
def record() -> ResponseReturnValue:
    """Show the learner's own file."""
    actor = current_actor()
    with database().snapshot() as session:
        mine = queries.own_courses(session, actor.person_id)
        ledger = queries.ledger(session, actor.person_id, limit=200)
        attempts = queries.own_attempts(session, actor.person_id, limit=200)
    return jsonify(
        {
            "courses": [_own(each) for each in mine],
            "days": [
                {
                    "day": row.day.isoformat(),
                    "lesson": localized(row.title),
                    "verified_seconds": ms_to_seconds(row.credited_ms),
                    "refused_seconds": ms_to_seconds(row.refused_ms),
                }
                for row in ledger
            ],
            "attempts": [
                {
                    "attempt": each.id,
                    "title": localized(each.title),
                    "number": each.number,
                    "percent": each.percent,
                    "passed": each.passed,
                    "submitted_at": rfc3339(each.submitted_at),
                }
                for each in attempts
            ],
        }
    )


def _summary(course: CourseView) -> dict[str, Any]:
    return {
        "slug": course.slug,
        "title": localized(course.title),
        "summary": localized(course.summary),
        "institution": localized(course.institution),
        "price": {"amount": course.price_fen, "currency": "CNY"},
        "credit_hours": float(hours(course.duration_ms)),
        "minutes": course.duration_ms // 60_000,
    }


def _lesson(lesson: LessonView) -> dict[str, Any]:
    return {
        "id": lesson.id,
        "key": lesson.key,
        "title": localized(lesson.title),
        "minutes": lesson.minutes,
        "module": lesson.module_key,
        "items": [_item(item) for item in lesson.items],
    }


def _item(item: ItemView) -> dict[str, Any]:
    return {
        "id": item.id,
        "key": item.key,
        "kind": item.kind,
        "title": localized(item.title),
        "required": item.is_required,
        "duration": ms_to_seconds(item.duration_ms),
        "asset": item.asset_id,
    }


def _own(each: queries.EnrolledCourse) -> dict[str, Any]:
    standing = each.standing
    return {
        "course": standing.course.slug,
        "status": each.status,
        "enrolled_at": rfc3339(each.enrolled_at),
        "completed_at": rfc3339(each.completed_at),
        "verified_seconds": ms_to_seconds(standing.credited_ms),
        "credit_hours": float(hours(standing.credited_ms)),
        "lessons": [
            {
                "key": lesson.lesson.key,
                "title": localized(lesson.lesson.title),
                "verified_seconds": ms_to_seconds(lesson.credited_ms),
                "completed": lesson.is_complete,
            }
            for lesson in standing.lessons
        ],
    }
