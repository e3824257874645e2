"""Reads captions in WebVTT or SRT, names each fault by its line, and writes canonical WebVTT."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, pairwise
from unicodedata import normalize

from lms.core.errors import Message
from lms.media.domain.caption_text import decode_text, plain_words

MAX_BYTES = 2 * 1024 * 1024
MAX_CUES = 10_000
MAX_FAULTS = 20
_ARROW = "-->"
_CLOCK = r"(?:(\d{1,3}):)?(\d{1,2}):(\d{1,2})(?:[.,](\d{1,3}))?"
_LIKE_A_TIME = re.compile(r"\d{1,2}[:：]\d\d")
_TIMES = re.compile(rf"\s*{_CLOCK}\s*{_ARROW}\s*{_CLOCK}(?:\s+\S.*)?\s*", re.ASCII)
# Blocks of WebVTT that are not shown (https://www.w3.org/TR/webvtt1/, 4.1).
_HIDDEN = re.compile(r"(NOTE|STYLE|REGION)(?:[ \t].*)?")
_MINUTE = 60
# Programs that write captions round up.
_SLACK_MS = 1_000

_UNREADABLE = Message(
    "caption_encoding",
    "The characters of this file cannot be read. Save the captions as UTF-8 and send them again.",
)
_NONE = Message(
    "caption_none",
    "There are no captions in this file. It should be a WebVTT or SRT file with times such as "
    "00:00:01.000 --> 00:00:04.000.",
)
_WITHOUT_TIME = Message(
    "caption_without_time",
    "There is no time before these words. Put a line such as 00:00:01.000 --> 00:00:04.000 above "
    "them.",
)
_BAD_TIME = Message(
    "caption_time_unreadable",
    "This time cannot be read. Write it as 00:00:01.000 --> 00:00:04.000.",
)
_ENDS_EARLY = Message(
    "caption_ends_early", "These captions end before they start. Correct one of the two times."
)


@dataclass(frozen=True, slots=True)
class Cue:
    """Words shown from ``start_ms`` up to ``end_ms``."""

    start_ms: int
    end_ms: int
    text: str


@dataclass(frozen=True, slots=True)
class CaptionFault:
    """What is wrong in a line, counted from 1; line 0 is the file as a whole."""

    line: int
    message: Message


@dataclass(frozen=True, slots=True)
class ParsedCaptions:
    """Cues in the order they are shown, and the faults found on the way."""

    cues: tuple[Cue, ...]
    faults: tuple[CaptionFault, ...]


@dataclass(frozen=True, slots=True)
class _Block:
    """Lines between blank ones; ``line`` is the number of the first."""

    line: int
    lines: tuple[str, ...]


def parse_captions(data: bytes) -> ParsedCaptions:
    """Return the cues of a caption file, or its faults: first twenty, each with its line.

    A cue without words is left out; overlapping ones and any order are fine; tags, styles and
    positions are dropped.
    """
    if len(data) > MAX_BYTES:
        return _refused(
            Message(
                "caption_too_large",
                "This caption file is larger than %(megabytes)s MB. Check that the right file was "
                "picked.",
                {"megabytes": MAX_BYTES // (1024 * 1024)},
            )
        )
    text = decode_text(data)
    if text is None:
        return _refused(_UNREADABLE)
    return _parse_blocks(_blocks(text))


def render_vtt(cues: Sequence[Cue]) -> str:
    """Return the cues as WebVTT; nothing in their words can be taken for markup or a time."""
    shown = (
        f"{_clock(cue.start_ms)} {_ARROW} {_clock(cue.end_ms)}\n{_escape(cue.text)}\n"
        for cue in cues
    )
    return "\n".join(("WEBVTT\n", *shown))


def beyond(cues: Iterable[Cue], duration_ms: int) -> tuple[Cue, ...]:
    """Return the cues that go on for more than a second after the end of the video."""
    return tuple(cue for cue in cues if cue.end_ms > duration_ms + _SLACK_MS)


def _parse_blocks(blocks: Iterable[_Block]) -> ParsedCaptions:
    cues: list[Cue] = []
    faults: list[CaptionFault] = []
    for block in chain.from_iterable(_split(block) for block in _shown(blocks)):
        found = _read(block)
        if isinstance(found, CaptionFault):
            faults.append(found)
            if len(faults) == MAX_FAULTS:
                break
        elif found.text:
            cues.append(found)
    if faults:
        return ParsedCaptions((), tuple(faults))
    if not cues:
        return _refused(_NONE)
    if len(cues) > MAX_CUES:
        return _refused(
            Message(
                "caption_too_many",
                "This file holds %(cues)s captions; %(most)s is the most. Check that the right "
                "file was picked.",
                {"cues": len(cues), "most": MAX_CUES},
            )
        )
    return ParsedCaptions(tuple(sorted(cues, key=lambda cue: cue.start_ms)), ())


def _blocks(text: str) -> Iterator[_Block]:
    start, lines = 1, list[str]()
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip():
            start = start if lines else number
            lines.append(line)
        elif lines:
            yield _Block(start, tuple(lines))
            lines = []
    if lines:
        yield _Block(start, tuple(lines))


def _shown(blocks: Iterable[_Block]) -> Iterator[_Block]:
    """Yield the blocks that should be cues."""
    for position, block in enumerate(blocks):
        first = block.lines[0].strip()
        if position == 0 and first.upper().startswith("WEBVTT"):
            # Headers end at a blank line, but many files go on at once.
            rest = _after_header(block)
            if rest.lines:
                yield rest
        elif _ARROW in first or not _HIDDEN.fullmatch(first):
            yield block


def _after_header(block: _Block) -> _Block:
    for index, line in enumerate(block.lines):
        if _ARROW in line:
            return _Block(block.line + index, block.lines[index:])
    return _Block(block.line, ())


def _split(block: _Block) -> Iterator[_Block]:
    """Cut a block in which several cues follow each other without the blank line they need."""
    arrows = [index for index, line in enumerate(block.lines) if _ARROW in line]
    # A number right above the times counts the cue; it is not what the one before says.
    cuts = [
        index - 1 if block.lines[index - 1].strip().isdecimal() else index for index in arrows[1:]
    ]
    for start, stop in pairwise((0, *cuts, len(block.lines))):
        yield _Block(block.line + start, block.lines[start:stop])


def _read(block: _Block) -> Cue | CaptionFault:
    """Return the cue of a block: perhaps a name, then the times, then the words."""
    for index, line in enumerate(block.lines[:2]):
        if _ARROW in line:
            return _read_cue(block.line + index, line, block.lines[index + 1 :])
    if len(block.lines) == 1 and block.lines[0].strip().isdecimal():
        return Cue(0, 0, "")
    for index, line in enumerate(block.lines[:2]):
        if len(_LIKE_A_TIME.findall(line)) > 1:
            return CaptionFault(block.line + index, _BAD_TIME)
    return CaptionFault(block.line, _WITHOUT_TIME)


def _read_cue(number: int, times: str, words: Sequence[str]) -> Cue | CaptionFault:
    # A Chinese keyboard writes digits, colons and commas a whole sign wide.
    found = _TIMES.fullmatch(normalize("NFKC", times))
    start = _milliseconds(found.groups()[:4]) if found else None
    end = _milliseconds(found.groups()[4:]) if found else None
    if start is None or end is None:
        return CaptionFault(number, _BAD_TIME)
    text = plain_words("\n".join(words))
    if text and end <= start:
        return CaptionFault(number, _ENDS_EARLY)
    return Cue(start, end, text)


def _milliseconds(parts: Sequence[str | None]) -> int | None:
    hours, minutes, seconds, fraction = parts
    if minutes is None or seconds is None or max(int(minutes), int(seconds)) >= _MINUTE:
        return None
    whole = (int(hours or 0) * _MINUTE + int(minutes)) * _MINUTE + int(seconds)
    return whole * 1000 + int((fraction or "0").ljust(3, "0"))


def _clock(milliseconds: int) -> str:
    seconds, rest = divmod(milliseconds, 1000)
    minutes, seconds = divmod(seconds, _MINUTE)
    hours, minutes = divmod(minutes, _MINUTE)
    return f"{hours:02}:{minutes:02}:{seconds:02}.{rest:03}"


def _escape(text: str) -> str:
    shown = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    # Said in words, the start of an SRT position comes back as words.
    return shown.replace("{\\", "&#123;\\")


def _refused(why: Message) -> ParsedCaptions:
    return ParsedCaptions((), (CaptionFault(0, why),))
