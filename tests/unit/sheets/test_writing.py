"""Tables as files: texts that stay texts, money that is a number, the same in both forms."""

import csv
from io import BytesIO, StringIO
from typing import Any

import pytest
from openpyxl import load_workbook

from lms.sheets.writing import Column, write_csv, write_xlsx

COLUMNS = [Column("单号", 20), Column("金额", 11)]
ROWS = [("0012345678901234567", 2_900), ("=1+1", -1), ("a\x00b", 5), (None, None), ("", 0)]


def test_csv_guards_what_would_calculate_and_writes_yuan() -> None:
    file = BytesIO()
    write_csv(file, COLUMNS, ROWS)
    said = file.getvalue()
    assert said.startswith(b"\xef\xbb\xbf")
    assert list(csv.reader(StringIO(said.decode("utf-8-sig")))) == [
        ["单号", "金额"],
        ["0012345678901234567", "29.00"],
        ["'=1+1", "-0.01"],
        ["ab", "0.05"],
        ["", ""],
        ["", "0.00"],
    ]


def test_a_workbook_holds_texts_and_numbers_and_no_formula() -> None:
    file = BytesIO()
    write_xlsx(file, COLUMNS, ROWS)
    page = load_workbook(file).active
    assert page is not None
    cells = [[(each.value, each.data_type) for each in row] for row in page.iter_rows(min_row=2)]
    assert cells[:3] == [
        [("0012345678901234567", "s"), (29, "n")],
        [("=1+1", "s"), (-0.01, "n")],
        [("ab", "s"), (0.05, "n")],
    ]
    assert (page["B2"].number_format, page["A2"].number_format) == ("0.00", "@")


@pytest.mark.parametrize("write", [write_csv, write_xlsx])
def test_the_file_stays_open_for_whoever_gave_it(write) -> None:
    file = BytesIO()
    write(file, COLUMNS, ROWS)
    file.seek(0)
    assert file.read(2)


class Full(BytesIO):
    """A file on a disk that has no room the first time; what is thrown away later finds some."""

    refused = False

    def write(self, data: Any) -> int:
        """Refuse the first piece."""
        if not self.refused:
            self.refused = True
            raise OSError(28, "No space left on device")
        return super().write(data)


@pytest.mark.parametrize("write", [write_csv, write_xlsx])
def test_a_disk_without_room_is_told_as_what_it_is(write) -> None:
    with pytest.raises(OSError, match="No space left"):
        write(Full(), COLUMNS, ROWS)
