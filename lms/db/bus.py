"""Tells high features what happened in low ones: same transaction, same thread."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy.orm import Session

Handler = Callable[[Session, Any], None]


class Bus:
    """The table of handlers by event type; filled once by the composition root."""

    def __init__(self, handlers: Mapping[type, Sequence[Handler]] | None = None) -> None:
        self._handlers = dict(handlers or {})

    def emit(self, session: Session, happened: object) -> None:
        """Call each handler of the event's type, in the order of the table."""
        for handler in self._handlers.get(type(happened), ()):
            handler(session, happened)


def emit(session: Session, happened: object) -> None:
    """Tell the features that listen; what they write commits or fails with the caller."""
    bus: Bus = session.info["bus"]
    bus.emit(session, happened)
