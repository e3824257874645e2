"""Serves videos, posters and captions to whoever holds a ticket for them."""

import re

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from lms.core.clock import utc_now
from lms.core.errors import NotFound
from lms.media import queries, service
from lms.media.domain.names import CAPTION_NAMES, POSTER
from lms.media.domain.tickets import Ticket
from lms.media.views.answers import answer_file, answer_text
from lms.web.access import database, optional_actor, public, settings

bp = Blueprint("media", __name__)
_TICKET_SECONDS = 6 * 3600
_YEAR_SECONDS = 31_536_000
# As long as an id can be on every engine.
_NUMBER = re.compile(r"[0-9]{1,18}")
_PRIVATE = f"private, max-age={_TICKET_SECONDS}"
_SHORT = "private, max-age=60"
_PUBLIC = f"public, max-age={_YEAR_SECONDS}, immutable"


@bp.get("/media/<ticket>/<name>")
@public
def serve(ticket: str, name: str) -> ResponseReturnValue:
    """Answer the person the ticket was issued to; it decides here, no role does."""
    held = service.read_ticket(settings().secret_key, ticket, actor=optional_actor(), at=utc_now())
    if name in CAPTION_NAMES:
        return _captions(held, name)
    return answer_file(held.asset_id, held.version, name, cache=_PRIVATE)


@bp.get("/posters/<asset_id>/<version>.webp")
@public
def poster(asset_id: str, version: str) -> ResponseReturnValue:
    """Show a poster to anyone who has its address, which nobody can guess."""
    return answer_file(asset_id, version, POSTER, cache=_PUBLIC)


def _captions(held: Ticket, name: str) -> ResponseReturnValue:
    number = request.args.get("v", "")
    if number and not _NUMBER.fullmatch(number):
        raise NotFound
    with database().snapshot() as session:
        text = queries.caption_text(
            session, held.asset_id, CAPTION_NAMES[name], int(number) if number else None
        )
    if text is None:
        raise NotFound
    return answer_text(text, cache=_SHORT)
