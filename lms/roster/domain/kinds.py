"""Which lists there are, what they are called, and the files they are handed over in."""

from collections.abc import Mapping
from enum import StrEnum

from lms.core.errors import Message
from lms.roster.domain.filters import Text


class ExportKind(StrEnum):
    """Which list; the last four are the county's rosters A, B, C and P."""

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
    CSV_GB18030 = "csv_gb18030"
    PDF = "pdf"

    @property
    def ending(self) -> str:
        """Return the ending of the file's name."""
        return "csv" if self is ExportFormat.CSV_GB18030 else self.value


# What stands above the rows and in the file's name.
TITLES: Mapping[ExportKind, Text] = {
    ExportKind.COMPLETIONS: {"zh": "学员结业名单", "en": "List of course completions"},
    ExportKind.BEHIND: {"zh": "未结业学员联系表", "en": "Call list of unfinished learners"},
    ExportKind.OPENING: {"zh": "培训人员花名册", "en": "Roster of trainees"},
    ExportKind.APPLICATION: {"zh": "补贴资金申请花名册", "en": "Roster of subsidy applications"},
    ExportKind.HOURS: {"zh": "学时证明（学习记录表）", "en": "Proof of hours (study record)"},
    ExportKind.NOTICE: {"zh": "公示名单", "en": "Public notice list"},
}
SHEETS: Mapping[ExportKind, Text] = {
    ExportKind.COMPLETIONS: {"zh": "结业名单", "en": "Completions"},
    ExportKind.BEHIND: {"zh": "联系表", "en": "Call list"},
    ExportKind.OPENING: {"zh": "花名册", "en": "Trainees"},
    ExportKind.APPLICATION: {"zh": "申请花名册", "en": "Applications"},
    ExportKind.HOURS: {"zh": "学习记录表", "en": "Study record"},
    ExportKind.NOTICE: {"zh": "公示名单", "en": "Notice"},
}
# A printed list is set as a whole, so it has an end; longer ones go out as a workbook.
_MOST_PRINTED = 5_000
# Of proofs of hours a sheet is one learner with all their sessions.
_MOST_SHEETS = 300


def most_printed(kind: ExportKind) -> int:
    """Return how many entries of a list are printed at most."""
    return _MOST_SHEETS if kind is ExportKind.HOURS else _MOST_PRINTED


def not_printable(kind: ExportKind) -> Message:
    """Return what is said where a list is longer."""
    return Message(
        "list_not_printable",
        "A printed list has at most %(most)s entries. Please take the XLSX file, which takes any "
        "number.",
        {"most": most_printed(kind)},
    )
