"""Sets pages with typst: one engine for the process, with the site's own fonts only."""

import json
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Literal

import pylopdf_fonts_zh_cn
import typst

ART = Path(__file__).parent.parent / "art"
# The engine keeps what it read and drew from one page to the next, and takes one page at a time.
_LOCK = Lock()


def pdf_a3(template: str, values: Mapping[str, object], *, made_at: datetime) -> bytes:
    """Return the sheet as PDF/A-3b (ISO 19005-3), tagged, with its fonts subset inside.

    The values reach the template as JSON, so nothing in them is ever code. The same template,
    values and moment give the same bytes.
    """
    return _pdf(ART / template, values, made_at, "a-3b")


def pdf_a2(template: Path, values: Mapping[str, object], *, made_at: datetime) -> bytes:
    """Return sheets of any number as PDF/A-2a (ISO 19005-2), tagged, without attachments.

    The template is another feature's own and sees the files of its folder alone; otherwise as
    ``pdf_a3``.
    """
    return _pdf(template, values, made_at, "a-2a")


def png(template: str, values: Mapping[str, object], *, pixels_per_point: float) -> bytes:
    """Return the only page of the template as a PNG; what it leaves unpainted is transparent."""
    with _LOCK:
        made = _engine().compile(
            ART / template,
            # Each time: the engine keeps the folder of the sheet before.
            root=ART,
            format="png",
            sys_inputs={"values": json.dumps(values, ensure_ascii=False)},
            ppi=pixels_per_point * 72,
        )
    return _one(made)


def _pdf(
    template: Path,
    values: Mapping[str, object],
    made_at: datetime,
    standard: Literal["a-2a", "a-3b"],
) -> bytes:
    with _LOCK:
        made = _engine().compile(
            template,
            root=template.parent,
            format="pdf",
            sys_inputs={"values": json.dumps(values, ensure_ascii=False)},
            pdf_standards=[standard, "ua-1"],
            timestamp=int(made_at.timestamp()),
        )
    return _one(made)


@cache
def drawing(name: str) -> str:
    """Return a drawing that came with the program."""
    return (ART / f"{name}.svg").read_text(encoding="utf-8")


@cache
def _engine() -> typst.Compiler:
    folder = Path(pylopdf_fonts_zh_cn.serif_path()).parent
    fonts = typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=False, font_paths=[folder]
    )
    return typst.Compiler(font_paths=fonts, ignore_system_fonts=True)


def _one(made: bytes | list[bytes] | None) -> bytes:
    if not isinstance(made, bytes):
        raise TypeError("The template sets more than one page.")
    return made
