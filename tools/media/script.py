"""Reads a lesson's `script.yaml`: slides, and the sentences spoken over them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

SPOKEN_WRONGLY = re.compile(r"[0-9A-Za-z%+*/=<>]")
SLIDE_KEYS_OF_OURS = {"layout", "say"}


class BadScriptError(Exception):
    """A script that cannot be made into a video; says which slide and why."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence: what is spoken, how it is captioned, and how far the slide has grown."""

    aloud: str
    zh: str
    en: str
    shown: int | None
    """Number of items to show, the last one lit; ``None`` shows all and lights none."""


@dataclass(frozen=True, slots=True)
class Slide:
    """One slide: the layout's name, the words it is filled with, and its sentences."""

    layout: str
    words: dict[str, Any]
    sentences: tuple[Sentence, ...]


@dataclass(frozen=True, slots=True)
class Script:
    """The whole video of one lesson."""

    heading: str
    voice: str
    speed: float
    slides: tuple[Slide, ...]


def read_script(path: Path) -> Script:
    """Read and check ``path``. Raises ``BadScriptError`` with the place of the fault."""
    raw = yaml.safe_load(path.read_text(encoding="utf-8"))
    try:
        slides = tuple(_slide(entry, number) for number, entry in enumerate(raw["slides"], 1))
        return Script(str(raw["heading"]), str(raw["voice"]), float(raw["speed"]), slides)
    except KeyError as missing:
        raise BadScriptError(f"{path}: {missing} is missing") from missing
    except BadScriptError as fault:
        raise BadScriptError(f"{path}: {fault}") from fault


def _slide(entry: dict[str, Any], number: int) -> Slide:
    """Turn one entry into a slide; a sentence without ``at`` keeps the one before it."""
    sentences: list[Sentence] = []
    grows = any("at" in spoken for spoken in entry["say"])
    shown: int | None = 0 if grows else None
    for spoken in entry["say"]:
        if "at" in spoken:
            shown = None if spoken["at"] == "all" else int(spoken["at"])
        sentences.append(_sentence(spoken, shown, number))
    words = {key: value for key, value in entry.items() if key not in SLIDE_KEYS_OF_OURS}
    return Slide(entry["layout"], words, tuple(sentences))


def _sentence(spoken: dict[str, Any], shown: int | None, number: int) -> Sentence:
    """Check that the voice can read it: it knows neither figures nor Latin letters."""
    aloud = str(spoken.get("aloud", spoken["zh"]))
    wrong = SPOKEN_WRONGLY.search(aloud)
    if wrong:
        raise BadScriptError(f"slide {number}: write out {wrong[0]!r} in hanzi: {aloud}")
    return Sentence(aloud, str(spoken["zh"]), str(spoken["en"]), shown)
