"""Draws the badges, in grey where they are void, and the codes that lead to their check page."""

import io
import re
from functools import cache

import segno
from lxml import etree

from lms.catalog.domain import COVERS
from lms.credentials.gateway import typeset

_DEFAULT = "noodle"
_PNG_WIDTH = 640
_DRAWN_WIDTH = 160
_GREY = {
    "#10432c": "#8b948c", "#1c6845": "#a5ada6", "#dfeee1": "#e3e6e2", "#fbfaf3": "#fbfaf3",
    "#ea9a2e": "#c3c9c3", "#d0a669": "#d3d8d3", "#b98a4e": "#8b948c", "#c8371d": "#7c877d",
}  # fmt: skip
_INK = re.compile(r"#[0-9a-f]{6}")


def badge_svg(cover: str, *, is_void: bool = False) -> bytes:
    """Return the badge of a course with that cover, in grey where the badge is void.

    A cover nobody drew gets the site's own picture, noodles drying behind a microphone.
    """
    drawing = _drawing(_known(cover))
    if is_void:
        drawing = _INK.sub(lambda ink: _GREY[ink[0]], drawing)
    return drawing.encode()


def badge_png(cover: str) -> bytes:
    """Return the badge as a PNG, 640 pixels wide, transparent around the octagon."""
    return _picture(_known(cover))


def qr_svg(address: str) -> bytes:
    """Return the QR code of an address (ISO 18004), readable with a quarter of it covered."""
    drawn = io.BytesIO()
    code = segno.make(address, error="q", micro=False)
    code.save(drawn, kind="svg", scale=4, border=4, dark="#1c231e", xmldecl=False, title=address)
    return drawn.getvalue()


def _known(cover: str) -> str:
    return cover if cover in COVERS else _DEFAULT


@cache
def _drawing(cover: str) -> str:
    frame = _part("frame")
    slot = frame.find(".//*[@id='glyph']")
    del slot.attrib["id"]
    slot.extend(_part(f"glyph-{cover}"))
    drawing: str = etree.tostring(frame, encoding="unicode")
    return drawing


@cache
def _picture(cover: str) -> bytes:
    return typeset.png(
        "badge.typ", {"drawing": _drawing(cover)}, pixels_per_point=_PNG_WIDTH / _DRAWN_WIDTH
    )


def _part(name: str) -> "etree._Element":
    return etree.fromstring(typeset.drawing(name))
