"""What somebody wants exported, and in which file."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from lms.roster.domain.columns import LIST_TITLE
from lms.roster.domain.filters import Filters
from lms.roster.domain.lines import in_words


class ExportKind(StrEnum):
    """Which list."""

    COMPLETIONS = "completions"
    BEHIND = "behind"
    OPENING = "opening"
    APPLICATION = "application"
    HOURS = "hours"
    NOTICE = "notice"


class ExportFormat(StrEnum):
    """In which file a list is handed over."""

    XLSX = "xlsx"
    CSV = "csv"


@dataclass(frozen=True, slots=True)
class ExportOrder:
    """What somebody wants exported, in which form and for what."""

    kind: ExportKind
    format: ExportFormat
    language: str
    purpose: str
    filters: Filters
    is_unmasked: bool = False


def file_name(export_format: ExportFormat, day: date, language: str) -> str:
    """Return the name the browser saves an export under."""
    return f"{in_words(LIST_TITLE, language)}-{day.isoformat()}.{export_format}"
