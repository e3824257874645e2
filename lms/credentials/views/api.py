"""The learner's badges for programs."""

from typing import Any

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue

from lms.core.access import Permission
from lms.core.clock import rfc3339, utc_now
from lms.credentials import queries
from lms.credentials.domain.addresses import Site
from lms.credentials.domain.document import hours_words
from lms.web.access import current_actor, database, requires, settings

bp = Blueprint("credentials_api", __name__, url_prefix="/api/v1/me")


@bp.get("/credentials")
@requires(Permission.LEARN)
def credentials() -> ResponseReturnValue:
    """List the signed-in person's badges, newest first; nobody has more than one a course."""
    with database().snapshot() as session:
        mine = queries.badges_of(session, current_actor().person_id)
    return jsonify({"items": [_public(each) for each in mine], "next": None})


def _public(badge: queries.Badge) -> dict[str, Any]:
    value = badge.value
    page = Site(settings().base_url).badge(badge.id)
    return {
        "id": badge.id,
        "number": badge.serial,
        "state": badge.standing(utc_now()),
        "course": value.course_slug if value else None,
        "title": dict(value.course_title) if value else None,
        "credit_hours": float(hours_words(value.verified_ms)) if value else None,
        "score_percent": value.score_percent if value else None,
        "issued_at": rfc3339(badge.issued_at),
        "valid_until": rfc3339(badge.valid_until),
        "revoked_at": rfc3339(badge.revoked_at),
        "page": page,
        "files": {form: f"{page}.{form}" for form in ("json", "jwt", "png", "svg", "pdf")}
        if value
        else {},
    }
