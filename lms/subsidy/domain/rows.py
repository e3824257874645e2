"""The rows of a list: which columns there are, whom a row names, what is wrong with it."""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from typing import Any, NamedTuple

from lms.accounts.domain.people import MAX_NAME, name_fault, normal_name, normal_phone, phone_fault
from lms.core.errors import InvalidInput, Message
from lms.subsidy.domain.lists import ListKind

MOST_ROWS = 200_000
# So many faults are named; a file with more is at fault as a whole.
MOST_FAULTS = 200
_HEADING_WITHIN = 6
_ID_DIGITS = 18
_EXACT_DIGITS = 15
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = "10X98765432"
_ID = re.compile(r"[0-9]{17}[0-9X]")
_ROUNDED = re.compile(r"[0-9](\.[0-9]+)?[Ee]\+?[0-9]+")
_STARTS = tuple("=+-@\t\r")
_EXCEL_EPOCH = date(1899, 12, 30)
_EXCEL_DAYS = range(20_000, 80_000)


class CellKind(StrEnum):
    """What a cell holds."""

    TEXT = "text"
    NUMBER = "number"
    FORMULA = "formula"


class Cell(NamedTuple):
    """What stands in a cell, as text."""

    text: str
    kind: CellKind


# How columns are called; the first sign of a heading row is one that names people.
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
_COLUMN = {name: key for key, names in _NAMES.items() for name in names}
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
_FORMULA = Message("cell_formula", "There is a formula, or a text that would become one.")
_FLOAT = Message(
    "cell_rounded",
    "The number of the card was rounded (like 1.1E+17). Format the column as text and fill it in "
    "again.",
)
_BAD_ID = Message("id_number", "This is not the number of an identity card.")
_NOBODY = Message("row_nobody", "It names nobody: a card number, or phone and name, are needed.")
_TWICE = "row_twice"
_NO_HEADING = Message(
    "list_heading",
    "No heading row was found. A column must be called 身份证号码, or two must be called 联系电话 "
    "and 姓名.",
)


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


def parse_rows(rows: Iterable[Sequence[Cell]], kind: ListKind) -> Parsed:
    """Return the lines below the heading. Raises ``InvalidInput`` where no heading is found."""
    columns: dict[str, int] = {}
    found = Parsed()
    seen: dict[Any, int] = {}
    for number, row in enumerate(rows, start=1):
        if not columns:
            columns = _columns(row)
            if not columns and number >= _HEADING_WITHIN:
                break
            continue
        if any(cell.text.strip() or cell.kind is CellKind.FORMULA for cell in row):
            _add(found, seen, _line(row, number, columns, kind), number)
        if len(found.faults) >= MOST_FAULTS:
            break
    if not columns:
        raise InvalidInput({"list": _NO_HEADING})
    if not found.lines and not found.faults:
        raise InvalidInput(
            {"list": Message("list_no_rows", "There are no rows below the heading.")}
        )
    return found


def _columns(row: Sequence[Cell]) -> dict[str, int]:
    """Return where each known column stands, none where the row is no heading."""
    columns: dict[str, int] = {}
    for place, cell in enumerate(row):
        plain = unicodedata.normalize("NFKC", cell.text).replace(" ", "").lower()
        key = _COLUMN.get(plain) or _COLUMN.get(plain.replace("_", " "))
        if key:
            columns.setdefault(key, place)
    names_people = "id_number" in columns or {"phone", "name"} <= set(columns)
    return columns if names_people else {}


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


def _line(
    row: Sequence[Cell], number: int, columns: Mapping[str, int], kind: ListKind
) -> Line | Message:
    cells = {key: row[place] for key, place in columns.items() if place < len(row)}
    for cell in cells.values():
        if cell.kind is CellKind.FORMULA or _would_calculate(cell):
            return _FORMULA
    person = _person(cells)
    if isinstance(person, Message):
        return person
    if kind is not ListKind.SUBSIDIES:
        return Line(number, person)
    fields = {key: _said(key, cells[key]) for key in _NAMES if key in cells}
    for key in ("id_number", "phone", "name"):
        fields.pop(key, None)
    return Line(number, person, fields)


def _would_calculate(cell: Cell) -> bool:
    return cell.kind is CellKind.TEXT and cell.text.startswith(_STARTS)


def _person(cells: Mapping[str, Cell]) -> Person | Message:
    card = cells.get("id_number")
    if card and card.text.strip():
        return _by_card(card)
    phone = normal_phone(_plain(cells.get("phone")))
    name = normal_name(_plain(cells.get("name")))
    if not phone or not name:
        return _NOBODY
    fault = phone_fault(phone) or name_fault(name)
    if fault is None and len(name) <= MAX_NAME:
        return Person(None, phone, name)
    return fault or _NOBODY


def _by_card(card: Cell) -> Person | Message:
    text = unicodedata.normalize("NFKC", card.text).replace(" ", "").strip().upper()
    is_rounded = _ROUNDED.fullmatch(text) or (
        card.kind is CellKind.NUMBER and len(text.partition(".")[0]) > _EXACT_DIGITS
    )
    if is_rounded:
        return _FLOAT
    return Person(text, None, None) if is_id_number(text) else _BAD_ID


def is_id_number(text: str) -> bool:
    """Tell whether it is the number of a resident identity card, check digit included."""
    if len(text) != _ID_DIGITS or not _ID.fullmatch(text):
        return False
    try:
        date(int(text[6:10]), int(text[10:12]), int(text[12:14]))
    except ValueError:
        return False
    total = sum(int(digit) * weight for digit, weight in zip(text, _WEIGHTS, strict=False))
    return _CHECKS[total % 11] == text[-1]


def _plain(cell: Cell | None) -> str:
    if cell is None:
        return ""
    text = cell.text.strip()
    # A phone number in a cell of numbers: 13812345678.0 or 1.3812345678E10.
    if cell.kind is CellKind.NUMBER:
        try:
            value = float(text)
        except ValueError:
            return text
        return str(int(value)) if value.is_integer() and abs(value) < 10**_EXACT_DIGITS else text
    return text


def _said(key: str, cell: Cell) -> str:
    """Return what a cell says in the words the desk's form has."""
    text = _plain(cell)
    if key == "date":
        return _day(text, cell.kind)
    return _SAYS.get(key, {}).get(text, text)


def _day(text: str, kind: CellKind) -> str:
    if kind is CellKind.NUMBER and text.isdecimal() and int(text) in _EXCEL_DAYS:
        return (_EXCEL_EPOCH + timedelta(days=int(text))).isoformat()
    parts = re.fullmatch(r"([0-9]{4})[-/.年]([0-9]{1,2})[-/.月]([0-9]{1,2})日?", text)
    return f"{parts[1]}-{int(parts[2]):02d}-{int(parts[3]):02d}" if parts else text
