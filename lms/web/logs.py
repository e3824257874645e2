"""What goes to the log: a line of JSON an event, no local variables, nobody's numbers."""

import logging
import re
import sys

import structlog

# Mainland phone numbers and 18-digit resident numbers, wherever they slip in.
_PRIVATE = re.compile(r"(?<!\d)(1[3-9]\d{9}|\d{17}[\dXx])(?!\d)")
_HIDDEN = "[hidden]"


def init_logs() -> None:
    """Set structlog up for the process."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
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


def _hide_private(
    _logger: object, _name: str, entry: structlog.typing.EventDict
) -> structlog.typing.EventDict:
    return {key: _hide(value) for key, value in entry.items()}


def _hide(value: object) -> object:
    return _PRIVATE.sub(_HIDDEN, value) if isinstance(value, str) else value
