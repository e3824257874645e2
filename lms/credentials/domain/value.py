"""What one badge says, as one value: both signed forms, page and paper are made from it."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

Words = Mapping[str, str]  # {"zh": …, "en": …}; zh always stands


@dataclass(frozen=True, slots=True)
class Training:
    """The work type and level a course trains for, and the published standard it follows."""

    title: Words
    occupation_code: str
    work_type: str
    level: int
    standard_name: str
    standard_code: str


@dataclass(frozen=True, slots=True)
class Evidence:
    """The end of the holder's watch ledger when the badge was made: entries and chained hash."""

    entries: int
    head: str


@dataclass(frozen=True, slots=True)
class BadgeValue:
    """Everything a badge says of a completion.

    ``verified_ms`` is what was studied of the course, ``planned_ms`` the most it can earn;
    ``score_percent`` is the best final test, ``None`` where the course has none.
    """

    course_slug: str
    course_title: Words
    course_summary: Words
    course_version: int
    cover: str
    institution_slug: str
    institution: Words
    class_name: str | None
    training: Training | None
    verified_ms: int
    planned_ms: int
    score_percent: int | None
    pass_percent: int | None
    started_at: datetime
    completed_at: datetime
    evidence: Evidence

    def as_json(self) -> dict[str, Any]:
        """Return the value as it is kept beside what was signed."""
        plain = asdict(self)
        plain["started_at"] = self.started_at.isoformat()
        plain["completed_at"] = self.completed_at.isoformat()
        return plain

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> "BadgeValue":
        """Return the value that was kept."""
        training = kept["training"]
        return cls(
            **{
                **kept,
                "training": Training(**training) if training else None,
                "evidence": Evidence(**kept["evidence"]),
                "started_at": datetime.fromisoformat(kept["started_at"]),
                "completed_at": datetime.fromisoformat(kept["completed_at"]),
            }
        )


@dataclass(frozen=True, slots=True)
class Award:
    """What makes a value one person's badge: its names, dates, status entry and hashed holder."""

    id: str
    subject_id: str
    serial: str
    holder_number: str
    salt: str
    issued_at: datetime
    valid_until: datetime | None
    status_list: int
    status_index: int
