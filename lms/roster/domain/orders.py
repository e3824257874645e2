"""What somebody wants exported, in which file, and where it stands."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from lms.roster.domain.filters import Filters
from lms.roster.domain.kinds import TITLES, ExportFormat, ExportKind
from lms.roster.domain.lines import in_words

__all__ = ["ExportFormat", "ExportKind", "ExportOrder", "ExportState", "export_state", "file_name"]


class ExportState(StrEnum):
    """Where an export stands; ``done`` means the file is there, or went out."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class ExportOrder:
    """What somebody wants exported, in which form and for what."""

    kind: ExportKind
    format: ExportFormat
    language: str
    purpose: str
    filters: Filters


def file_name(
    export_format: ExportFormat,
    day: date,
    language: str,
    kind: ExportKind = ExportKind.COMPLETIONS,
) -> str:
    """Return the name the browser saves an export under."""
    return f"{in_words(TITLES[kind], language)}-{day.isoformat()}.{export_format.ending}"


def export_state(job_state: str, *, is_over: bool) -> ExportState:
    """Return the state of an export: its job's, until the days it is kept are over."""
    if is_over and job_state == ExportState.DONE:
        return ExportState.EXPIRED
    return ExportState(job_state)
