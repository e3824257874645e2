"""One beat of a new learner, handed to the step function itself."""

from lms.progress.domain.answers import BeatState
from lms.progress.domain.settings import CountingSettings
from lms.progress.domain.state import DayPart, ItemProgress, LearnerClock, Lease, Moment

SETTINGS = CountingSettings()
START = BeatState(LearnerClock(), Lease("L", "item", 0), ItemProgress("item", 100_000))


def moment(now, **part):
    return Moment(now, (DayPart(1, now - SETTINGS.gap_cap_ms, now, **part),))


def refused(outcome):
    return {reason.value: ms for reason, ms in outcome.answer.refused}
