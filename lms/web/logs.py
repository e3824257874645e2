"""What goes to the log: a line of JSON an event, no local variables, nobody's numbers."""

import logging
import re
import secrets
import sys

import structlog
from flask import g, has_request_context

# Mainland phone numbers and 18-digit resident numbers, wherever they slip in.
_PRIVATE = re.compile(r"(?<!\d)(1[3-9]\d{9}|\d{17}[\dXx])(?!\d)")
_HIDDEN = "[hidden]"


def init_logs() -> None:
    """Set structlog up for the process."""
    structlog.configure(
        processors=[
            _name_request,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            # Plain tracebacks: pretty ones print local variables, and those hold people's data.
            structlog.processors.format_exc_info,
            _hide_private,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )


def request_id() -> str:
    """Return the short name of this request, which its error page and its log lines share."""
    name: str = g.get("request_id") or secrets.token_hex(4).upper()
    g.request_id = name
    return name


def _name_request(
    _logger: object, _name: str, entry: structlog.typing.EventDict
) -> structlog.typing.EventDict:
    """Name the request only where something is said of it: most requests pass in silence."""
    if has_request_context():
        entry["request"] = request_id()
    return entry


def _hide_private(
    _logger: object, _name: str, entry: structlog.typing.EventDict
) -> structlog.typing.EventDict:
    return {key: _hide(value) for key, value in entry.items()}


def _hide(value: object) -> object:
    return _PRIVATE.sub(_HIDDEN, value) if isinstance(value, str) else value
