"""Shows a form again with what was wrong, instead of an error page."""

from collections.abc import Callable, Mapping
from functools import wraps
from typing import ParamSpec

from flask import make_response
from flask.typing import ResponseReturnValue

from lms.core.errors import Conflict, Forbidden, InvalidInput, Message

Faults = Mapping[str, Message]
P = ParamSpec("P")


def reshow(
    page: Callable[..., ResponseReturnValue],
) -> Callable[[Callable[P, ResponseReturnValue]], Callable[P, ResponseReturnValue]]:
    """Call ``page`` with the view's own arguments and the ``faults`` where the view refuses."""

    def around(view: Callable[P, ResponseReturnValue]) -> Callable[P, ResponseReturnValue]:
        @wraps(view)
        def call(*args: P.args, **kwargs: P.kwargs) -> ResponseReturnValue:
            try:
                return view(*args, **kwargs)
            except InvalidInput as error:
                faults: Faults = error.fields
                status = error.status
            except (Conflict, Forbidden) as error:
                faults, status = {"form": error.message}, error.status
            response = make_response(page(*args, faults=faults, **kwargs))
            response.status_code = status
            return response

        return call

    return around
