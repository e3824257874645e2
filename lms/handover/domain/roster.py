"""The roster of a package: its columns and the cells of a learner."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lms.handover.domain.claims import claim_cells
from lms.roster.domain.filters import STATUS_WORDS
from lms.roster.domain.lines import Line, in_words
from lms.sheets.domain import clean, guarded

_BETWEEN = "；"


@dataclass(frozen=True, slots=True)
class Listed:
    """A learner in the roster: who it is and, course by course, what the site holds."""

    number: int
    name: str
    id_mask: str
    lines: Sequence[Line]
    programmes: Sequence[str] = ()
    classes: Sequence[str] = ()
    certificates: Sequence[str] = ()
    serials: Sequence[str] = ()
    claims: Sequence[Mapping[str, Any]] = ()


COLUMNS: Mapping[str, str] = {
    "number": "编号 Number",
    "name": "姓名 Name",
    "id_mask": "身份证号 ID number",
    "county": "县（市、区） County",
    "town": "乡镇 Town",
    "programme": "培训项目 Programme",
    "course": "课程 Course",
    "class": "班级 Class",
    "status": "学习结果 Result",
    "hours": "线上核验学时 Verified hours",
    "final": "结业测验（%） Final test (%)",
    "certificate": "证书 State certificate",
    "serial": "徽章编号 Badge",
    "claim": "补贴申领编号 Claim",
    "claim_state": "申领状态 Claim’s state",
    "claim_sum": "补贴金额（元） Sum (yuan)",
    "claim_paid": "已拨付（元） Paid (yuan)",
    "bank_days": "银行日期 Bank’s days",
    "notice": "公示编号 Public list",
}


def cells(listed: Listed) -> list[str]:
    """Return the cells of a learner in the order of ``COLUMNS``, safe for a spreadsheet."""
    lines = listed.lines
    first = lines[0] if lines else None
    found = {
        "number": str(listed.number),
        "name": listed.name,
        "id_mask": listed.id_mask,
        "county": in_words(first.county, "zh") if first else "",
        "town": first.town if first else "",
        "programme": _joined(listed.programmes),
        "course": _joined(in_words(each.course, "zh") for each in lines),
        "class": _joined(listed.classes),
        "status": _joined(in_words(STATUS_WORDS[each.status], "zh") for each in lines),
        "hours": _joined(f"{each.hours:.1f}" for each in lines),
        "final": _joined(_percent(each.final_percent) for each in lines),
        "certificate": _joined(listed.certificates),
        "serial": _joined(listed.serials),
        **{name: _joined(words) for name, words in claim_cells(listed.claims).items()},
    }
    return [guarded(clean(found[name])) for name in COLUMNS]


def _joined(values: Iterable[str]) -> str:
    return _BETWEEN.join(values)


def _percent(value: float | None) -> str:
    return "–" if value is None else f"{value:g}"
