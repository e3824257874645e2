"""What an exported list holds: its columns and its cells."""

from dataclasses import dataclass
from datetime import date

from lms.roster.domain.filters import STATUS_WORDS, Text
from lms.roster.domain.lines import Line, in_words, lacking_in_words
from lms.sheets.domain import clean

Cell = str | int | float | date | None


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
