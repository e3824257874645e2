"""The OpenAPI description of the calls, for whoever writes a program that makes them."""

from flask import Blueprint
from flask.typing import ResponseReturnValue

from lms.exchange.gateway import description
from lms.web.access import public

bp = Blueprint("description", __name__)


@bp.get("/api/v1/openapi.json")
@public
def openapi() -> ResponseReturnValue:
    """Answer with the description."""
    return description(), 200, {"Content-Type": "application/json"}
