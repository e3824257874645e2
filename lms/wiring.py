"""Which features listen to which events, and which handler does which job: one table each."""

from collections.abc import Sequence

from lms.db.bus import Bus
from lms.db.bus import Handler as EventHandler
from lms.jobs.tasks import Handler as JobHandler

EVENTS: dict[type, Sequence[EventHandler]] = {}

JOBS: dict[str, JobHandler] = {}


def event_bus() -> Bus:
    """Return the bus with every listener."""
    return Bus(EVENTS)
