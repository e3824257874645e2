"""Says to machines whether the site is up and whether it can work; no data, no names."""

from flask import Blueprint
from flask.typing import ResponseReturnValue
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from lms.web.access import database, public

bp = Blueprint("health", __name__)


@bp.get("/healthz")
@public
def alive() -> ResponseReturnValue:
    """Answer as long as the process lives."""
    return "ok\n", 200, {"Content-Type": "text/plain"}


@bp.get("/readyz")
@public
def ready() -> ResponseReturnValue:
    """Answer whether the database answers."""
    try:
        with database().snapshot() as session:
            session.execute(text("SELECT 1"))
    except SQLAlchemyError:
        return "database\n", 503, {"Content-Type": "text/plain", "Retry-After": "5"}
    return "ok\n", 200, {"Content-Type": "text/plain"}
