"""What somebody wants exported, and in which file."""

from dataclasses import dataclass
from datetime import date

from lms.roster.domain.filters import Filters
from lms.roster.domain.kinds import TITLES, ExportFormat, ExportKind
from lms.roster.domain.lines import in_words

__all__ = [
    "OFFERED",
    "ExportFormat",
    "ExportKind",
    "ExportOrder",
    "FrozenOrder",
    "file_name",
]

# Those that can be ordered on the page of completions; the call list is ordered on its own.
OFFERED: tuple[ExportKind, ...] = tuple(each for each in ExportKind if each != ExportKind.BEHIND)


@dataclass(frozen=True, slots=True)
class ExportOrder:
    """What somebody wants exported, in which form and for what.

    One of a frozen list names it; its filters then name the county alone.
    """

    kind: ExportKind
    format: ExportFormat
    language: str
    purpose: str
    filters: Filters
    is_unmasked: bool = False
    batch_id: int | None = None


@dataclass(frozen=True, slots=True)
class FrozenOrder:
    """The file somebody wants of a frozen list, and what for."""

    batch_id: int
    format: ExportFormat
    purpose: str
    is_unmasked: bool = False


def file_name(
    export_format: ExportFormat,
    day: date,
    language: str,
    kind: ExportKind = ExportKind.COMPLETIONS,
    *,
    frozen: int | None = None,
) -> str:
    """Return the name the browser saves an export under; ``frozen`` is the number of a batch."""
    which = "" if frozen is None else f"-定稿第{frozen}号"
    title = in_words(TITLES[kind], language)
    return f"{title}{which}-{day.isoformat()}.{export_format.ending}"
