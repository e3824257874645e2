"""Lists as offices send them: workbooks and CSV files made in memory."""

import io
import zipfile
from collections.abc import Sequence

import xlsxwriter

HEADING = ["序号", "姓名", "身份证号码", "联系电话"]
# Synthetic numbers with sequence 000, never issued.
CARDS = ("330802199001010002", "33080219900106000X", "330824200802290001", "331127200911300004")


def workbook(rows: Sequence[Sequence[object]], *, heading: Sequence[str] = HEADING) -> bytes:
    """Return an XLSX; a text beginning with ``=`` becomes a formula, as Excel makes it."""
    made = io.BytesIO()
    with xlsxwriter.Workbook(made, {"in_memory": True}) as book:
        sheet = book.add_worksheet("名单")
        for place, row in enumerate([heading, *rows]):
            for column, value in enumerate(row):
                sheet.write(place, column, value)
    return made.getvalue()


def text(rows: Sequence[Sequence[object]], *, heading: Sequence[str] = HEADING) -> str:
    """Return the rows as CSV."""
    return "\r\n".join(",".join(map(str, row)) for row in [heading, *rows]) + "\r\n"


def patched(book: bytes, part: str, old: bytes, new: bytes) -> bytes:
    """Return the workbook with something in one of its parts replaced."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(book)) as source, zipfile.ZipFile(made, "w") as target:
        for each in source.infolist():
            data = source.read(each)
            if each.filename == part:
                assert old in data
                data = data.replace(old, new)
            target.writestr(each.filename, data)
    return made.getvalue()
