"""What people decided about time: who asked what, what came of it and why."""

from dataclasses import dataclass
from datetime import datetime

from lms.catalog.outline import Words
from lms.progress.domain.requests import RequestAim, RequestRuling


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody asked to have counted; an outage is told by its wall time, not by length."""

    aim: RequestAim
    at: datetime
    words: str
    ms: int
    began_at: datetime | None
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class DecisionLine:
    """A request and how it was ruled on; ``granted_ms`` is what of it counts in ``lessons``."""

    id: int
    asked: Asked
    ruling: RequestRuling | None
    reason: str | None
    ruled_at: datetime | None
    lessons: tuple[Words, ...]
    granted_ms: int
