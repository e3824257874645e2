"""Rosters as training offices send them, with numbers of nobody."""

from collections.abc import Sequence
from datetime import timedelta

from tests.factories.identity import BORN, make_number
from tests.factories.sheets import text, workbook

ROSTER = ["序号", "姓名", "手机号", "身份证号码", "乡镇"]


def card(number: int) -> str:
    """Return the sound identity number of the list's person of that number."""
    return make_number(BORN + timedelta(days=number), order=2)


def line(number: int, **changes: str) -> list[object]:
    """Return the row of the list's person of that number."""
    values = {
        "name": f"学员{number}",
        "phone": f"139{number:08d}",
        "card": card(number),
        "town": "芳村镇",
    } | changes
    return [number, values["name"], values["phone"], values["card"], values["town"]]


def roster(*rows: Sequence[object]) -> bytes:
    """Return the workbook with the rows."""
    return workbook(rows, heading=ROSTER)


def roster_csv(*rows: Sequence[object]) -> bytes:
    """Return the same as a CSV of an older Chinese spreadsheet."""
    return text(rows, heading=ROSTER).encode("gb18030")
