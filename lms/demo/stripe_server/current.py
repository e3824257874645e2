"""Finds the till of the server that answers, and lets events go out once the answer is sent."""

from contextlib import ExitStack
from typing import cast

from flask import Flask, Response, current_app, g

from lms.demo.stripe_server.till import StripeTill

_NAME = "stripe_till"


def current_till() -> StripeTill:
    """Return the till behind the request."""
    return cast("StripeTill", current_app.extensions[_NAME])


def init_till(app: Flask, till: StripeTill) -> None:
    """Put the till behind the application's requests."""
    app.extensions[_NAME] = till

    def begin() -> None:
        g.open = ExitStack()
        g.events = g.open.enter_context(till.courier.answering())
        till.sweep()

    def end(response: Response) -> Response:
        g.open.close()
        events: list[str] = g.events
        response.call_on_close(lambda: till.courier.go_out(events))
        return response

    app.before_request(begin)
    app.after_request(end)
