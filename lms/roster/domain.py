"""What a completion list holds: its columns, its cells and what a learner still lacks."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from lms.accounts.domain.people import masked_phone
from lms.core.clock import local_day
from lms.progress.domain.completion import credit_hours
from lms.sheets.domain import clean

Text = Mapping[str, str]
Cell = str | int | float | date | None


class ExportKind(StrEnum):
    """Which list; the others follow with classes and subsidies."""

    COMPLETIONS = "completions"


class ExportFormat(StrEnum):
    """In which file a list is handed over."""

    XLSX = "xlsx"
    CSV = "csv"


class Status(StrEnum):
    """Which enrollments a list holds; ``active`` are those not finished."""

    COMPLETED = "completed"
    ACTIVE = "active"
    WITHDRAWN = "withdrawn"
    CANCELLED = "cancelled"
    ALL = "all"


class ExportState(StrEnum):
    """Where an export stands; ``done`` means the file is there, or went out."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


STATUS_WORDS: Mapping[str, Text] = {
    Status.COMPLETED: {"zh": "已结业", "en": "Completed"},
    Status.ACTIVE: {"zh": "没学完", "en": "Not finished"},
    Status.WITHDRAWN: {"zh": "已退出", "en": "Withdrawn"},
    Status.CANCELLED: {"zh": "已取消", "en": "Cancelled"},
}


@dataclass(frozen=True, slots=True)
class Filters:
    """What narrows a list; the names are those of the address bar.

    Days are days of the installation: of completion where only completed enrollments are
    listed, of enrollment otherwise; both ends belong to the list.
    """

    course: str | None = None
    institution: str | None = None
    county: str | None = None
    town: str | None = None
    status: Status = Status.COMPLETED
    first_day: date | None = None
    last_day: date | None = None
    q: str | None = None

    def as_query(self) -> dict[str, str]:
        """Return the filters as the address bar writes them; what narrows nothing is left out."""
        values = {
            "course": self.course,
            "institution": self.institution,
            "county": self.county,
            "town": self.town,
            "status": None if self.status is Status.COMPLETED else str(self.status),
            "from": self.first_day and self.first_day.isoformat(),
            "to": self.last_day and self.last_day.isoformat(),
            "q": self.q,
        }
        return {key: value for key, value in values.items() if value}


@dataclass(frozen=True, slots=True)
class ExportOrder:
    """What somebody wants exported, in which form and for what."""

    kind: ExportKind
    format: ExportFormat
    language: str
    purpose: str
    filters: Filters


@dataclass(frozen=True, slots=True)
class Step:
    """One item of a course; ``label`` is how people call its lesson, empty for the final test."""

    lesson_key: str
    item_key: str
    label: str
    lesson_title: Text
    item_title: Text
    is_required: bool


@dataclass(frozen=True, slots=True)
class Lacking:
    """A lesson that is not complete, and its required items that are not."""

    label: str
    title: Text
    items: tuple[Text, ...]


def lacking(steps: Iterable[Step], done: Collection[tuple[str, str]]) -> tuple[Lacking, ...]:
    """Return what is missing for completion, lesson by lesson in the order of the course.

    ``done`` holds (lesson key, item key) of what is complete.
    """
    missing: dict[str, list[Step]] = {}
    for step in steps:
        if step.is_required and (step.lesson_key, step.item_key) not in done:
            missing.setdefault(step.lesson_key, []).append(step)
    return tuple(
        Lacking(found[0].label, found[0].lesson_title, tuple(step.item_title for step in found))
        for found in missing.values()
    )


@dataclass(frozen=True, slots=True)
class Line:
    """One enrollment in a completion list."""

    enrollment_id: int
    person_id: int
    name: str
    phone: str
    county: Text
    town: str
    course: Text
    status: str
    enrolled_at: datetime
    completed_at: datetime | None
    verified_ms: int
    final_percent: float | None
    lacking: tuple[Lacking, ...] = field(default=())
    course_slug: str = ""
    version: int = 0
    is_behind: bool = False
    """Whether the course has a newer version and nobody else decides on theirs, as for a class."""

    @property
    def phone_masked(self) -> str:
        """Return the number with its middle hidden."""
        return masked_phone(self.phone)

    @property
    def hours(self) -> float:
        """Return credit hours of 45 verified minutes, floored to one decimal."""
        return credit_hours(self.verified_ms) / 10

    @property
    def enrolled_on(self) -> date:
        """Return the calendar day of enrollment."""
        return local_day(self.enrolled_at)

    @property
    def completed_on(self) -> date | None:
        """Return the calendar day of completion."""
        return local_day(self.completed_at) if self.completed_at else None


def in_words(text: Text, language: str) -> str:
    """Return a stored text in the language, else in Chinese."""
    return text.get(language) or text["zh"]


def lacking_in_words(missing: Sequence[Lacking], language: str) -> str:
    """Return what is missing as one cell: ``A04 做一做、本课小测；结业测验``."""
    comma, semicolon = ("、", "；") if language == "zh" else (", ", "; ")
    return semicolon.join(
        f"{lesson.label} {comma.join(in_words(item, language) for item in lesson.items)}".lstrip()
        for lesson in missing
    )


@dataclass(frozen=True, slots=True)
class Column:
    """A column of an exported list; ``kind`` is text, day, number or whole."""

    key: str
    title: Text
    kind: str
    width: int


# The column order is the hand-over order. Names follow the county rosters (花名册).
COLUMNS: tuple[Column, ...] = (
    Column("seq", {"zh": "序号", "en": "No."}, "whole", 7),
    Column("name", {"zh": "姓名", "en": "Name"}, "text", 14),
    Column("phone", {"zh": "联系电话", "en": "Phone"}, "text", 16),
    Column("county", {"zh": "县（市、区）", "en": "County"}, "text", 14),
    Column("town", {"zh": "乡镇", "en": "Town"}, "text", 14),
    Column("course", {"zh": "课程名称", "en": "Course"}, "text", 30),
    Column("status", {"zh": "学习结果", "en": "Result"}, "text", 12),
    Column("enrolled_on", {"zh": "报名日期", "en": "Enrolled on"}, "day", 13),
    Column("completed_on", {"zh": "结业日期", "en": "Completed on"}, "day", 13),
    Column("hours", {"zh": "线上核验学时", "en": "Verified hours"}, "number", 14),
    Column("final", {"zh": "结业测验成绩", "en": "Final test (%)"}, "number", 14),
    Column("lacking", {"zh": "还差什么", "en": "Still missing"}, "text", 40),
    Column("record", {"zh": "记录编号", "en": "Record"}, "text", 14),
)

SHEET_TITLE: Text = {"zh": "结业名单", "en": "Completions"}
LIST_TITLE: Text = {"zh": "学员结业名单", "en": "List of course completions"}
SIGNATURES: Text = {
    "zh": "填报单位（盖章）：              经办人：              负责人：              填表日期：",
    "en": "Unit (seal):              Prepared by:              Approved by:              Date:",
}


def cells(line: Line, number: int, language: str) -> tuple[Cell, ...]:
    """Return the cells of a line in the order of ``COLUMNS``; texts are clean."""
    percent = line.final_percent
    found: tuple[Cell, ...] = (
        number,
        line.name,
        line.phone_masked,
        in_words(line.county, language),
        line.town,
        in_words(line.course, language),
        in_words(STATUS_WORDS[line.status], language),
        line.enrolled_on,
        line.completed_on,
        line.hours,
        float(percent) if percent is not None else None,
        lacking_in_words(line.lacking, language),
        str(line.enrollment_id),
    )
    return tuple(clean(cell) if isinstance(cell, str) else cell for cell in found)


def file_name(export_format: ExportFormat, day: date, language: str) -> str:
    """Return the name the browser saves an export under."""
    return f"{in_words(LIST_TITLE, language)}-{day.isoformat()}.{export_format}"


def export_state(job_state: str, *, is_over: bool) -> ExportState:
    """Return the state of an export: its job's, until the days it is kept are over."""
    if is_over and job_state == ExportState.DONE:
        return ExportState.EXPIRED
    return ExportState(job_state)
