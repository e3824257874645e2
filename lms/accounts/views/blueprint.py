"""The blueprint all account pages share, and how a form is shown again with its faults."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec

import structlog
from flask import Blueprint, Response, make_response, request
from flask.typing import ResponseReturnValue

from lms.core.errors import (
    ConfirmationNeeded,
    InvalidInput,
    LmsError,
    Message,
    NotFound,
    SecondFactorNeeded,
    TooMany,
)
from lms.web.client import address_prefix

log = structlog.get_logger(__name__)
bp = Blueprint("accounts", __name__)

P = ParamSpec("P")
Faults = dict[str, Message]
# These have pages of their own.
_ELSEWHERE = (ConfirmationNeeded, SecondFactorNeeded, NotFound)


def reshow(
    page: Callable[[Faults], ResponseReturnValue],
) -> Callable[[Callable[P, ResponseReturnValue]], Callable[P, ResponseReturnValue]]:
    """Show the page again with what was wrong, instead of an error page."""

    def around(view: Callable[P, ResponseReturnValue]) -> Callable[P, ResponseReturnValue]:
        @wraps(view)
        def call(*args: P.args, **kwargs: P.kwargs) -> ResponseReturnValue:
            try:
                return view(*args, **kwargs)
            except _ELSEWHERE:
                raise
            except LmsError as error:
                return _again(page, error)

        return call

    return around


def _again(page: Callable[[Faults], ResponseReturnValue], error: LmsError) -> Response:
    log.info(
        "refused",
        code=error.code,
        status=error.status,
        path=request.path,
        network=address_prefix(),
        fields=sorted(error.fields) if isinstance(error, InvalidInput) else [],
    )
    faults = dict(error.fields) if isinstance(error, InvalidInput) else {"form": error.message}
    response = make_response(page(faults))
    response.status_code = error.status
    if isinstance(error, TooMany):
        response.headers["Retry-After"] = str(error.retry_after)
    return response
