"""Lets single views take bodies above the limit of forms, after the person is known."""

from collections.abc import Callable
from functools import wraps

from flask import request
from flask.typing import ResponseReturnValue

from lms.web.server import csrf

View = Callable[..., ResponseReturnValue]


def large_body(limit_bytes: int, *, typed_bytes: int = 0) -> Callable[[View], View]:
    """Let the view take a body of up to ``limit_bytes``; put it right above the function.

    ``typed_bytes`` of it may be words of a form, where those are more than forms usually hold.
    Reading the form token reads the body. So the check of the token waits until the person is
    known and may call the view, and only then the limit is raised and the token checked.
    """

    def mark(view: View) -> View:
        @wraps(view)
        def checked(**arguments: object) -> ResponseReturnValue:
            request.max_content_length = limit_bytes
            if typed_bytes:
                request.max_form_memory_size = typed_bytes
            csrf.protect()
            return view(**arguments)

        csrf.exempt(checked)
        return checked

    return mark
