"""Makes captions into a text to read, and finds words in it."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from unicodedata import category, east_asian_width, normalize

from lms.media.domain.captions import Cue, parse_captions

PAUSE_MS = 2_000
# From here on the next end of a sentence ends the paragraph, at the latest the next cue does.
# A Chinese sign takes the room of two letters and says as much.
_FULL = 240
_MOST = 360
_SENTENCE_ENDS = "。！？…；.!?;"
_KEPT_TEXTS = 64
# A text in parts; true where one was looked for.
Pieces = tuple[tuple[str, bool], ...]


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Words said from ``start_ms`` on; ``folded`` is what a search looks at."""

    start_ms: int
    text: str
    folded: str


@dataclass(frozen=True, slots=True)
class Found:
    """A paragraph that holds the words looked for, and in which places."""

    paragraph: Paragraph
    pieces: Pieces

    @property
    def places(self) -> int:
        """Return how many places are marked."""
        return sum(is_hit for _, is_hit in self.pieces)


@lru_cache(maxsize=_KEPT_TEXTS)
def read_transcript(vtt: str) -> tuple[Paragraph, ...]:
    """Return the paragraphs of captions as they are kept; a text read lately costs nothing."""
    return join_cues(parse_captions(vtt.encode()).cues)


def join_cues(cues: Iterable[Cue]) -> tuple[Paragraph, ...]:
    """Return the cues as paragraphs: each ends at a pause of two seconds or when it is long."""
    joined: list[tuple[int, str]] = []
    ends_ms = 0
    for cue in cues:
        words = _join(cue.text.split("\n"), is_layout=True)
        if joined and cue.start_ms - ends_ms <= PAUSE_MS and not _is_full(joined[-1][1]):
            start_ms, before = joined[-1]
            joined[-1] = (start_ms, _join((before, words), is_layout=False))
        else:
            joined.append((cue.start_ms, words))
        ends_ms = max(ends_ms, cue.end_ms)
    return tuple(Paragraph(start_ms, text, fold(text)) for start_ms, text in joined)


def fold(text: str) -> str:
    """Return the text as a search sees it: one width, one case, no gaps between Chinese signs."""
    return "".join(sign for _, sign in _folded(text))


def find(paragraphs: Iterable[Paragraph], words: Sequence[str]) -> list[Found]:
    """Return the paragraphs that hold every one of the folded words, with the places marked."""
    return [
        Found(each, _mark(each.text, words))
        for each in paragraphs
        if all(word in each.folded for word in words)
    ]


def _is_full(text: str) -> bool:
    width = len(text) + sum(map(_is_wide, text))
    return width >= _MOST or (width >= _FULL and text[-1] in _SENTENCE_ENDS)


def _join(parts: Iterable[str], *, is_layout: bool) -> str:
    """Put lines together; Chinese takes no space where a line was only broken to fit."""
    text = ""
    for part in parts:
        is_chinese = text != "" and _is_wide(text[-1]) and _is_wide(part[0])
        # Captions leave the comma at their end out; a gap stands for it.
        is_close = is_chinese and (is_layout or category(text[-1]).startswith("P"))
        text += part if is_close or not text else f" {part}"
    return text


def _is_wide(sign: str) -> bool:
    return east_asian_width(sign) in ("W", "F")


def _folded(text: str) -> Iterator[tuple[int, str]]:
    """Yield each folded sign with the place it comes from."""
    for place, sign in enumerate(text):
        if sign.isspace():
            around = text[place - 1 : place] + text[place + 1 : place + 2]
            if all(map(_is_wide, around)):
                continue
        for folded in normalize("NFKC", sign).casefold():
            yield place, folded


def _mark(text: str, words: Iterable[str]) -> Pieces:
    places, signs = zip(*_folded(text), strict=True)
    folded = "".join(signs)
    hit = set[int]()
    for word in words:
        start = folded.find(word)
        while start >= 0:
            hit.update(range(places[start], places[start + len(word) - 1] + 1))
            start = folded.find(word, start + len(word))
    return tuple(_pieces(text, hit))


def _pieces(text: str, hit: set[int]) -> Iterator[tuple[str, bool]]:
    start = 0
    for place in range(1, len(text) + 1):
        if place == len(text) or (place in hit) != (start in hit):
            yield text[start:place], start in hit
            start = place
