"""Which features listen to which events, and which handler does which job: one table each."""

from collections.abc import Sequence

from lms.assessment.events import AttemptGraded
from lms.db.bus import Bus
from lms.db.bus import Handler as EventHandler
from lms.jobs.tasks import Handler as JobHandler
from lms.media.tasks import prepare as prepare_video
from lms.notify.handlers import send_message
from lms.progress import handlers as progress
from lms.roster.tasks import make_export

EVENTS: dict[type, Sequence[EventHandler]] = {
    AttemptGraded: (progress.quiz_passed,),
}

JOBS: dict[str, JobHandler] = {
    "media.prepare": prepare_video,
    "roster.export": make_export,
    "sms.send": send_message,
}


def event_bus() -> Bus:
    """Return the bus with every listener."""
    return Bus(EVENTS)
