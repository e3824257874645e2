"""The rows of a list: which columns there are, whom a row names, what is wrong with it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, NamedTuple

from lms.accounts.domain.identity import normal_number, number_fault
from lms.accounts.domain.people import name_fault, normal_name, normal_phone, phone_fault
from lms.core.errors import InvalidInput, Message
from lms.sheets.domain import (
    FORMULA,
    NO_ROWS,
    ROUNDED,
    Cell,
    CellKind,
    Row,
    Rows,
    below_heading,
    is_rounded,
    plain,
)
from lms.subsidy.domain.lists import ListKind

# So many faults are named; a file with more is at fault as a whole.
MOST_FAULTS = 200
_EXCEL_EPOCH = date(1899, 12, 30)
_EXCEL_DAYS = range(20_000, 80_000)


# How columns are called.
_NAMES: Mapping[str, tuple[str, ...]] = {
    "id_number": ("身份证号码", "身份证号", "公民身份号码", "证件号码", "id_number", "id number"),
    "phone": ("联系电话", "手机号码", "手机号", "手机", "电话", "phone"),
    "name": ("姓名", "name"),
    "kind": ("补贴类型", "补贴种类", "kind"),
    "occupation": ("职业代码", "职业编码", "occupation"),
    "work_type": ("职业工种", "工种", "work_type"),
    "level": ("等级", "级别", "level"),
    "status": ("状态", "发放状态", "status"),
    "paid_to": ("发放对象", "补贴对象", "paid_to"),
    "date": ("发放日期", "申请日期", "日期", "date"),
    "amount": ("补贴金额", "金额", "金额(元)", "amount"),
}
# The first sign of a heading row is one that names people.
_NEEDED = (frozenset({"id_number"}), frozenset({"phone", "name"}))
_SAYS: Mapping[str, Mapping[str, str]] = {
    "kind": {"培训补贴": "training", "职业培训补贴": "training", "技能提升补贴": "skill_upgrade",
             "生活费补贴": "living", "评价补贴": "assessment", "鉴定补贴": "assessment"},
    "status": {"已发放": "paid", "已拨付": "paid", "发放中": "pending", "审核中": "pending",
               "退回": "rejected", "未通过": "rejected", "追回": "revoked", "撤销": "revoked"},
    "paid_to": {"个人": "person", "机构": "institution", "培训机构": "institution",
                "企业": "enterprise", "单位": "enterprise"},
    "level": {"五级": "5", "四级": "4", "三级": "3", "二级": "2", "一级": "1", "初级": "5",
              "中级": "4", "高级": "3", "技师": "2", "高级技师": "1"},
}  # fmt: skip
_BAD_ID = Message("id_number", "This is not the number of an identity card.")
_NOBODY = Message("row_nobody", "It names nobody: a card number, or phone and name, are needed.")
_TWICE = "row_twice"
_WHO = frozenset({"id_number", "phone", "name"})


class Person(NamedTuple):
    """Whom a row names: by the number of a card, else by phone and name."""

    id_number: str | None
    phone: str | None
    name: str | None


@dataclass(frozen=True, slots=True)
class Line:
    """One row: its number in the file, whom it names, and a subsidy where the list is of those."""

    number: int
    person: Person
    fields: Mapping[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Parsed:
    """The rows of a list, and what is wrong by row; a row is named by its number alone."""

    lines: list[Line] = field(default_factory=list)
    faults: dict[int, Message] = field(default_factory=dict)


def parse_rows(rows: Rows, kind: ListKind) -> Parsed:
    """Return the lines below the heading. Raises ``InvalidInput`` where no heading is found."""
    found = Parsed()
    seen: dict[Any, int] = {}
    for row in below_heading(rows, _NAMES, needed=_NEEDED):
        _add(found, seen, _line(row, kind), row.number)
        if len(found.faults) >= MOST_FAULTS:
            break
    if not found.lines and not found.faults:
        raise InvalidInput({"list": NO_ROWS})
    return found


def _add(found: Parsed, seen: dict[Any, int], read: Line | Message, number: int) -> None:
    if isinstance(read, Message):
        found.faults[number] = read
        return
    key = (read.person, tuple(sorted(read.fields.items())))
    first = seen.setdefault(key, number)
    if first != number:
        found.faults[number] = Message(_TWICE, "It says the same as row %(row)s.", {"row": first})
    else:
        found.lines.append(read)


def _line(row: Row, kind: ListKind) -> Line | Message:
    if row.calculates:
        return FORMULA
    person = _person(row)
    if isinstance(person, Message):
        return person
    if kind is not ListKind.SUBSIDIES:
        return Line(row.number, person)
    fields = {key: _said(key, cell) for key, cell in row.cells.items() if key not in _WHO}
    return Line(row.number, person, fields)


def _person(row: Row) -> Person | Message:
    card = row.cells.get("id_number")
    if card and card.text.strip():
        return _by_card(card)
    phone, name = normal_phone(row.plain("phone")), normal_name(row.plain("name"))
    if not phone or not name:
        return _NOBODY
    return phone_fault(phone) or name_fault(name) or Person(None, phone, name)


def _by_card(card: Cell) -> Person | Message:
    if is_rounded(card):
        return ROUNDED
    number = normal_number(card.text)
    fault = number_fault(number, today=date.max)
    return Person(number, None, None) if fault is None else _BAD_ID


def _said(key: str, cell: Cell) -> str:
    """Return what a cell says in the words the desk's form has."""
    text = plain(cell)
    if key == "date":
        return written_day(text, cell.kind)
    return _SAYS.get(key, {}).get(text, text)


def written_day(text: str, kind: CellKind) -> str:
    """Return a day as ``2026-07-03`` where it is written in one of the usual ways."""
    if kind is CellKind.NUMBER and text.isdecimal() and int(text) in _EXCEL_DAYS:
        return (_EXCEL_EPOCH + timedelta(days=int(text))).isoformat()
    parts = re.fullmatch(r"([0-9]{4})[-/.年]([0-9]{1,2})[-/.月]([0-9]{1,2})日?", text)
    return f"{parts[1]}-{int(parts[2]):02d}-{int(parts[3]):02d}" if parts else text
