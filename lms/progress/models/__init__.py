"""The tables of counted time: the ledger, what is derived from it, and what people look at."""

from lms.progress.models.desk import PresenceCheck, StudyFlag, TimeRequest
from lms.progress.models.ledger import PlaybackLease, StudyClock, WatchSlice
from lms.progress.models.totals import CourseTime, FinalResult, ItemCompletion, MaterialProgress

__all__ = [
    "CourseTime",
    "FinalResult",
    "ItemCompletion",
    "MaterialProgress",
    "PlaybackLease",
    "PresenceCheck",
    "StudyClock",
    "StudyFlag",
    "TimeRequest",
    "WatchSlice",
]
