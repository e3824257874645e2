"""A roster of people: who each row is, and what is wrong with it, named by its row alone."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from lms.accounts.domain import identity, particulars
from lms.accounts.domain import people as rules
from lms.core.errors import Message
from lms.sheets.domain import FORMULA, ROUNDED, Row, is_rounded

# How the columns are called; the first name is the one our own sheet has.
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "name": ("姓名", "学员姓名", "name"),
    "phone": ("联系电话", "手机号码", "手机号", "手机", "电话", "phone"),
    "id_number": ("身份证号码", "身份证号", "公民身份号码", "证件号码", "id_number", "id number"),
    "town": ("乡镇", "乡镇街道", "所属乡镇", "村(社区)", "town"),
    **{key: (name, key) for key, name in particulars.COLUMNS.items()},
    "cert_of_status_no": ("就业创业证号", "学籍号", "就业创业证号/学籍号", "cert_of_status_no"),
}
NEEDED = (frozenset({"name", "phone"}), frozenset({"name", "id_number"}))
# So many faults are named; a file with more is at fault as a whole.
MOST_FAULTS = 200
_LONGEST_TOWN = 40

_TWICE = "row_twice"
_NOBODY = Message("row_nobody", "A phone number or an identity number is needed.")
_TOWN = Message("town_long", "The name of the town is too long.")


@dataclass(frozen=True, slots=True)
class RosterLine:
    """One person of a roster; ``number`` is the row people see in their spreadsheet.

    ``said`` are the particulars that stand in the row, by the names they are kept under.
    """

    number: int
    name: str
    phone: str | None
    id_number: str | None
    town: str | None
    said: Mapping[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Roster:
    """The people of a file, and what is wrong by row."""

    lines: list[RosterLine] = field(default_factory=list)
    faults: dict[int, Message] = field(default_factory=dict)

    @property
    def has_numbers(self) -> bool:
        """Tell whether anybody's identity number stands in it."""
        return any(line.id_number for line in self.lines)


def read_roster(rows: Iterable[Row], *, today: date) -> Roster:
    """Return the people below the heading; two rows that name one person are a fault."""
    found = Roster()
    seen: dict[tuple[str, str], int] = {}
    for row in rows:
        read = _line(row, today)
        fault = read if isinstance(read, Message) else _twice(read, seen)
        if fault is not None:
            found.faults[row.number] = fault
        elif isinstance(read, RosterLine):
            found.lines.append(read)
        if len(found.faults) >= MOST_FAULTS:
            break
    return found


def _twice(line: RosterLine, seen: dict[tuple[str, str], int]) -> Message | None:
    for kind, value in (("phone", line.phone), ("id", line.id_number)):
        if value is None:
            continue
        first = seen.setdefault((kind, value), line.number)
        if first != line.number:
            return Message(_TWICE, "It names the same person as row %(row)s.", {"row": first})
    return None


def _line(row: Row, today: date) -> RosterLine | Message:
    if row.calculates:
        return FORMULA
    name, town = rules.normal_name(row.plain("name")), rules.normal_name(row.plain("town"))
    phone, number = rules.normal_phone(row.plain("phone")), _number(row)
    if isinstance(number, Message):
        return number
    fault = rules.name_fault(name) or (rules.phone_fault(phone) if phone else None)
    if number:
        fault = fault or _number_fault(number, today)
    if not phone and not number:
        fault = fault or _NOBODY
    if len(town) > _LONGEST_TOWN:
        fault = fault or _TOWN
    said = _particulars(row)
    if isinstance(said, Message):
        return fault or said
    return fault or RosterLine(row.number, name, phone or None, number or None, town or None, said)


def _particulars(row: Row) -> dict[str, str] | Message:
    """Return what the row says of particulars, or the column in which no list would take it."""
    said: dict[str, str] = {}
    for key, name in particulars.COLUMNS.items():
        cell = row.cells.get(key)
        # The numbers of certificates are as long as those of cards.
        is_off = cell is not None and is_rounded(cell)
        found = ROUNDED if is_off else particulars.read_particular(key, row.plain(key))
        if isinstance(found, Message):
            return Message(
                "row_particular",
                "Column %(column)s: %(fault)s",
                {"column": name, "fault": found},
            )
        said.update((part, value) for part, value in found.items() if value)
    return said


def _number(row: Row) -> str | Message:
    cell = row.cells.get("id_number")
    if cell is None:
        return ""
    return ROUNDED if is_rounded(cell) else identity.normal_number(cell.text)


def _number_fault(number: str, today: date) -> Message | None:
    fault = identity.number_fault(number, today=today)
    return fault or identity.age_fault(identity.birth_date_of(number), today=today)
