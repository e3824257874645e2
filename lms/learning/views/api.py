"""Courses and the learner's own file for programs; shapes are those of the public API."""

from typing import Any

from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue

from lms.catalog.outline import CourseView, ItemView, LessonView
from lms.core.access import Permission
from lms.core.errors import NotFound
from lms.db.session import now
from lms.learning import forms, queries, service
from lms.learning.views.paying import or_checkout
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
    """Join a course, in a class where one is named; 402 where it has to be paid for."""
    training_class_id = forms.parse_class(request.get_json(silent=True))
    with or_checkout(slug, training_class_id), database().transaction() as session:
        enrollment_id = service.join_course(
            session,
            actor=current_actor(),
            slug=slug,
            training_class_id=training_class_id,
            now=now(session),
        )
    return jsonify({"enrollment": enrollment_id, "course": slug, "status": "active"}), 201


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
