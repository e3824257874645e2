"""Tells programs how far a video is."""

from typing import Any

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from lms.core.access import Permission
from lms.core.clock import utc_now
from lms.media import queries, service
from lms.web.access import current_actor, database, requires, settings
from lms.web.i18n import say

bp = Blueprint("media_api", __name__, url_prefix="/api/v1/media")
_MS = 1000


@bp.get("/<asset_id>")
@requires(Permission.MEDIA_UPLOAD)
def show(asset_id: str) -> ResponseReturnValue:
    """Answer the owner, the platform's instructors and whoever holds a ticket to manage it."""
    managed = service.managed_asset(
        settings().secret_key, request.args.get("ticket"), actor=current_actor(), at=utc_now()
    )
    with database().snapshot() as session:
        facts = queries.facts_for(session, asset_id, actor=current_actor(), managed=managed)
    return _as_json(facts)


def _as_json(facts: queries.AssetFacts) -> dict[str, Any]:
    error = facts.error
    return {
        "id": facts.asset_id,
        "filename": facts.filename,
        "state": facts.state,
        "progress": round(facts.progress, 3),
        "at_work": facts.is_at_work,
        "ladder": facts.ladder,
        "stream": facts.has_stream,
        "thumbnails": facts.thumbnails,
        "error": {"code": error.code, "message": say(error)} if error else None,
        "duration": facts.duration_ms / _MS if facts.duration_ms is not None else None,
        "renditions": [
            {
                "label": rendition.label,
                "width": rendition.width,
                "height": rendition.height,
                "bytes": rendition.byte_size,
                "bit_rate": rendition.bit_rate,
            }
            for rendition in facts.renditions
        ],
        "captions": list(facts.captions),
    }
