"""Reads a file as it goes on paper: the days of a period, and the end of the ledger."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from lms.progress import queries as progress
from lms.record.domain.courses import CourseLine
from lms.record.domain.decisions import DecisionLine
from lms.record.domain.ledger import Window
from lms.record.queries.decisions import decisions
from lms.record.queries.file import LearnerFile, Sight, learner_file
from lms.record.queries.people import Reading


@dataclass(frozen=True, slots=True)
class Sheet:
    """A file with what paper says besides: which period, and the hash of the whole ledger."""

    file: LearnerFile
    window: Window
    courses: tuple[CourseLine, ...]
    decisions: tuple[DecisionLine, ...]
    entries: int
    head: str

    @property
    def older(self) -> date | None:
        """Return the first day shown, where older ones of the period were left off."""
        return self.file.ledger.next

    @property
    def credited_ms(self) -> int:
        """Return what the days shown brought."""
        return sum(day.credited_ms for day in self.file.ledger.days)

    @property
    def granted_ms(self) -> int:
        """Return the part of it that people decided."""
        return sum(day.granted_ms for day in self.file.ledger.days)


def sheet(
    session: Session, person_id: int, sight: Sight, *, today: date, reading: Reading | None = None
) -> Sheet | None:
    """Return the file for paper; ``None`` where it is out of reach or the course is not in it."""
    file = learner_file(session, person_id, sight, today=today, reading=reading)
    if file is None:
        return None
    wanted = sight.days.course
    courses = tuple(each for each in file.holder.courses if wanted in (None, each.course.slug))
    if wanted and not courses:
        return None
    entries, head = file.holder.entries, file.holder.head
    if entries is None or head is None:
        entries, head = progress.ledger_head(session, person_id)
    decided = decisions(session, file.holder, sight.days)
    return Sheet(file, sight.days, courses, decided, entries, head)
