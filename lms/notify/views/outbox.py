"""The outbox page: in development, messages are read here instead of on a phone."""

from flask import Blueprint, render_template

from lms.core.errors import NotFound
from lms.notify import queries
from lms.web.access import database, public, settings

bp = Blueprint("notify", __name__)


@bp.get("/outbox")
@public
def outbox() -> str:
    """Show the last messages; outside development there is no such page."""
    if settings().production:
        raise NotFound
    with database().snapshot() as session:
        return render_template("notify/outbox.html", messages=queries.newest(session))
