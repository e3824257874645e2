"""A printed notice: archivable pages with the head of the list and the code on each."""

from dataclasses import replace

import pypdfium2
import pytest

from lms.subsidy.gateway.notice_pdf import notice
from tests.factories.notices import make_notice


@pytest.fixture(scope="module")
def printed() -> bytes:
    return notice(make_notice(90))


def pages_of(data: bytes) -> list[str]:
    with pypdfium2.PdfDocument(data) as document:
        return [page.get_textpage().get_text_range() for page in document]


def test_each_page_has_the_head_of_the_list_its_number_and_the_code(printed: bytes) -> None:
    pages = pages_of(printed)
    assert len(pages) > 2
    for number, words in enumerate(pages, start=1):
        assert "身份证号码" in words
        assert f"第 {number} 页，共 {len(pages)} 页" in words
        assert f"核对码 {make_notice(90).code}" in words
    assert ["公示期 2026-07-02 至 2026-07-08" in words for words in pages[1:]] == [True] * (
        len(pages) - 1
    )
    assert "0570-5010000" in pages[0]
    assert "64,800.00 元" in pages[-1]


def test_every_row_is_printed_once_and_in_order(printed: bytes) -> None:
    words = "\n".join(pages_of(printed))
    places = [words.index(row[2]) for row in make_notice(90).rows]
    assert places == sorted(places)
    assert len(set(places)) == 90


def test_the_pages_say_they_are_archivable_and_accessible(printed: bytes) -> None:
    text = printed.decode("latin-1")
    assert "<pdfaid:part>2</pdfaid:part><pdfaid:conformance>A</pdfaid:conformance>" in text
    assert "<pdfuaid:part>1</pdfuaid:part>" in text
    assert "/Lang(zh-CN)" in text
    assert "/S/TH" in text


def test_the_same_sheet_is_the_same_bytes(printed: bytes) -> None:
    assert notice(make_notice(90)) == printed
    assert notice(make_notice(90, place="开化县 · 2026 年 6 月")) != printed


def test_nothing_in_the_words_is_code_and_odd_rows_are_refused() -> None:
    sheet = make_notice(1)
    odd = "#panic() *a* $x$ 🍊"
    rows = (("1", odd, *sheet.rows[0][2:]),)
    assert "#panic() *a* $x$ 〓" in pages_of(notice(replace(sheet, rows=rows)))[0]
    with pytest.raises(ValueError, match="not a word for each column"):
        notice(replace(sheet, rows=(("1", "张*"),)))
