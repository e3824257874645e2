"""Cuts sentences into caption cues that fit a phone and writes them as WebVTT."""

from __future__ import annotations

import math
import re
import textwrap
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import combinations, pairwise

HANZI_A_LINE = 20
LETTERS_A_LINE = 42
LINES_A_CUE = 2
CLAUSE = re.compile(r"[^，、；：。？！]+[，、；：。？！]*[”）」』]*")
TOKEN = re.compile(r"[!-~]+|.")
FULL_STOPS = "。？！；："
TORN_SENTENCE = 60
CLOSING = "，。、；：？！”）」』"
NARROW = 0.5


@dataclass(frozen=True, slots=True)
class Cue:
    """Text on screen from ``start`` to ``end``, in seconds of the video."""

    start: float
    end: float
    text: str


def width(text: str) -> float:
    """Return how wide ``text`` is in hanzi; letters and digits are half as wide."""
    return sum(NARROW if character.isascii() else 1 for character in text)


def chinese_lines(text: str) -> list[str]:
    """Break at punctuation, best after a full stop, inside a clause only where it is too long."""
    pieces: list[str] = []
    for clause in CLAUSE.findall(text):
        pieces += [clause] if width(clause) <= HANZI_A_LINE else _even_pieces(clause)
    for breaks in range(len(pieces)):
        ways = [_lines(pieces, at) for at in combinations(range(1, len(pieces)), breaks)]
        fitting = [way for way in ways if all(width(line) <= HANZI_A_LINE for line in way)]
        if fitting:
            return min(fitting, key=_unevenness)
    return [piece.strip() for piece in pieces]


def _lines(pieces: list[str], breaks: tuple[int, ...]) -> list[str]:
    """Join the pieces into lines that begin at ``breaks``."""
    bounds = pairwise((0, *breaks, len(pieces)))
    return ["".join(pieces[first:last]).strip() for first, last in bounds]


def _unevenness(lines: list[str]) -> float:
    """Return how badly the lines are broken: uneven, or in the middle of a sentence."""
    torn = sum(line[-1] not in FULL_STOPS for line in lines)
    return sum(width(line) ** 2 for line in lines) + TORN_SENTENCE * torn


def _even_pieces(clause: str) -> list[str]:
    """Cut a long clause into pieces of much the same width, never inside a word of letters."""
    share = width(clause) / math.ceil(width(clause) / HANZI_A_LINE)
    pieces = [""]
    for token in TOKEN.findall(clause):
        if width(pieces[-1]) >= share and token not in CLOSING:
            pieces.append("")
        pieces[-1] += token
    return pieces


def english_lines(text: str) -> list[str]:
    """Break between words into as few lines as fit, all of much the same length."""
    fewest = len(textwrap.wrap(text, LETTERS_A_LINE))
    for letters in range(LETTERS_A_LINE // 2, LETTERS_A_LINE):
        lines = textwrap.wrap(text, letters, break_long_words=False, break_on_hyphens=False)
        if len(lines) == fewest and all(len(line) <= letters for line in lines):
            return lines
    return textwrap.wrap(text, LETTERS_A_LINE)


def cut(
    start: float, end: float, text: str, into_lines: Callable[[str], list[str]]
) -> Iterable[Cue]:
    """Spread a sentence spoken from ``start`` to ``end`` over as many cues as it needs."""
    lines = into_lines(text)
    count = math.ceil(len(lines) / LINES_A_CUE)
    bounds = [round(index * len(lines) / count) for index in range(count + 1)]
    groups = [lines[first:last] for first, last in pairwise(bounds)]
    whole = sum(width("".join(group)) for group in groups)
    at = start
    for group in groups:
        until = at + (end - start) * width("".join(group)) / whole
        yield Cue(at, until, "\n".join(group))
        at = until


def webvtt(cues: Iterable[Cue]) -> str:
    """Return the cues as a WebVTT file."""
    blocks = [f"{clock(cue.start)} --> {clock(cue.end)}\n{cue.text}\n" for cue in cues]
    return "\n".join(["WEBVTT\n", *blocks])


def clock(seconds: float) -> str:
    """Return ``seconds`` as WebVTT writes them, such as ``00:01:02.500``."""
    whole = round(seconds * 1000)
    minutes, milliseconds = divmod(whole, 60_000)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02}:{minutes:02}:{milliseconds // 1000:02}.{milliseconds % 1000:03}"
