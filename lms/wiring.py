"""Which features listen to which events, and which handler does which job: one table each."""

from collections.abc import Sequence

from lms.db.bus import Bus
from lms.db.bus import Handler as EventHandler
from lms.jobs.tasks import Handler as JobHandler
from lms.notify.handlers import send_message

EVENTS: dict[type, Sequence[EventHandler]] = {}

JOBS: dict[str, JobHandler] = {
    "sms.send": send_message,
}


def event_bus() -> Bus:
    """Return the bus with every listener."""
    return Bus(EVENTS)
