"""Finds the till of the server that answers, and lets events go out once the answer is sent."""

from collections.abc import Callable
from contextlib import ExitStack
from threading import Lock, Timer
from typing import cast

from flask import Flask, Response, current_app, g

from lms.demo.stripe_server.till import StripeTill

_NAME = "stripe_till"
_LATE_SECONDS = 1.0


class _Once:
    """Does something the first time it is called, whichever thread calls it."""

    def __init__(self, work: Callable[[], None]) -> None:
        self._work = work
        self._lock = Lock()
        self._is_done = False

    def __call__(self) -> None:
        with self._lock:
            if self._is_done:
                return
            self._is_done = True
        self._work()


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
        if events:
            go_out = _Once(lambda: till.courier.go_out(events))
            response.call_on_close(go_out)
            # Nobody closes an answer whose browser left in the middle of it.
            late = Timer(_LATE_SECONDS, go_out)
            late.daemon = True
            late.start()
        return response

    app.before_request(begin)
    app.after_request(end)
