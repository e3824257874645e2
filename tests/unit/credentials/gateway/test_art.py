"""Badges are drawn for every kind of course, harmless as files, the same here and on the pages."""

import re
import struct
from datetime import UTC, datetime
from pathlib import Path

import pytest
import segno
from lxml import etree

from lms.credentials.gateway import art, typeset

STATIC = Path(__file__).parents[4] / "static" / "img"
DRAWN = "{http://www.w3.org/2000/svg}"
HARMLESS = {"svg", "title", "polygon", "g", "path", "rect", "circle"}


def elements(drawing: bytes) -> "list[etree._Element]":
    return list(etree.fromstring(drawing).iter())


@pytest.mark.parametrize("cover", art.COVERS)
@pytest.mark.parametrize("is_void", [False, True])
def test_a_badge_has_a_title_and_only_shapes(cover: str, is_void: bool) -> None:  # noqa: FBT001
    found = elements(art.badge_svg(cover, is_void=is_void))
    assert {element.tag.removeprefix(DRAWN) for element in found} <= HARMLESS
    assert found[0].findtext(f"{DRAWN}title") == "结业徽章 · Completion badge"
    values = " ".join(value for element in found for value in element.attrib.values())
    assert "url(" not in values
    assert ":" not in values


def test_every_course_picture_has_a_drawing_of_its_own() -> None:
    assert len({art.badge_svg(cover) for cover in art.COVERS}) == len(art.COVERS) == 10
    assert {f"{cover}.svg" for cover in art.COVERS} <= {file.name for file in STATIC.iterdir()}


def test_a_picture_nobody_drew_gets_the_sites_own() -> None:
    assert art.badge_svg("../secret") == art.badge_svg("noodle")
    assert art.badge_png("") == art.badge_png("noodle")


def test_a_badge_is_drawn_after_a_sheet_of_another_folder(tmp_path: Path) -> None:
    (tmp_path / "sheet.typ").write_text("#set document(title: [名单])\n= 名单", encoding="utf-8")
    values = {"drawing": art.badge_svg("tea").decode()}
    before = typeset.png("badge.typ", values, pixels_per_point=1)
    typeset.pdf_a2(tmp_path / "sheet.typ", {}, made_at=datetime(2026, 5, 18, tzinfo=UTC))
    assert typeset.png("badge.typ", values, pixels_per_point=1) == before


@pytest.mark.parametrize("cover", art.COVERS)
def test_a_void_badge_is_grey_all_over(cover: str) -> None:
    inks = {
        value
        for element in elements(art.badge_svg(cover, is_void=True))
        for name, value in element.attrib.items()
        if name in ("fill", "stroke") and value not in ("none", "#fff")
    }
    channels = [[int(ink[at : at + 2], 16) for at in (1, 3, 5)] for ink in inks]
    assert max(max(rgb) - min(rgb) for rgb in channels) <= 12


@pytest.mark.parametrize("cover", art.COVERS)
def test_the_pages_show_the_same_badges(cover: str) -> None:
    assert (STATIC / f"badge-{cover}.svg").read_bytes() == art.badge_svg(cover)
    assert (STATIC / f"badge-{cover}-void.svg").read_bytes() == art.badge_svg(cover, is_void=True)


def test_the_plain_names_on_the_pages_are_the_sites_own_badge() -> None:
    assert (STATIC / "badge.svg").read_bytes() == art.badge_svg("noodle")
    assert (STATIC / "badge-void.svg").read_bytes() == art.badge_svg("noodle", is_void=True)


@pytest.mark.parametrize("name", ["mark", "word", "seal", "stamp-void"])
def test_the_sheet_shows_the_same_marks_as_the_pages(name: str) -> None:
    assert (STATIC / f"{name}.svg").read_text(encoding="utf-8") == typeset.drawing(name)


@pytest.mark.parametrize("name", ["stamp-valid", "stamp-void"])
def test_a_stamp_says_in_words_what_it_shows(name: str) -> None:
    title = etree.fromstring((STATIC / f"{name}.svg").read_bytes()).findtext(f"{DRAWN}title")
    assert title == {"stamp-valid": "有效 · Valid", "stamp-void": "作废 · Void"}[name]


def test_the_picture_is_640_pixels_wide_and_transparent_at_its_corners() -> None:
    picture = art.badge_png("citrus")
    width, height, depth, colour = struct.unpack_from(">IIBB", picture, 16)
    assert (width, height, depth, colour) == (640, 704, 8, 6)  # 6 = with transparency
    assert len(picture) < 50_000


def test_the_code_says_the_address_and_bears_a_quarter_of_damage() -> None:
    address = "https://xiangbo.example/credentials/6f1c7a52-0b2f-4a55-9d3e-3f8f0c2f9a11"
    expected = segno.make(address, error="q", micro=False)
    assert expected.error in ("Q", "H")
    assert dark_modules(art.qr_svg(address)) == {
        (x, y) for y, row in enumerate(expected.matrix) for x, dark in enumerate(row) if dark
    }


def dark_modules(code: bytes) -> set[tuple[int, int]]:
    """Return the squares that the drawing's only line covers, without the quiet zone of four."""
    line = etree.fromstring(code).find(f"{DRAWN}path").get("d")
    found, x, y = set(), 0.0, 0.0
    for move, across, down in re.findall(r"([Mmh])(-?[\d.]+)(?: (-?[\d.]+))?", line):
        if move == "M":
            x, y = float(across), float(down)
        elif move == "m":
            x, y = x + float(across), y + float(down)
        else:
            found |= {(int(x) + step - 4, int(y) - 4) for step in range(int(across))}
            x += int(across)
    return found
