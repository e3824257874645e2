"""Reads the lists of a stream's pieces (RFC 8216) and writes the one that names the rungs."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from lms.media.domain.names import Label
from lms.media.domain.video import VideoFacts

# AAC-LC (RFC 6381, 3.3), the only sound that is made.
_AAC = "mp4a.40.2"
_PIECE = re.compile(r"#EXTINF:([0-9.]+),[^\n]*\n#EXT-X-BYTERANGE:([0-9]+)@([0-9]+)\n(\S+)\n")
_HEAD = re.compile(r'#EXT-X-MAP:URI="([^"]+)",BYTERANGE="([0-9]+)@0"\n')
_TARGET = re.compile(r"#EXT-X-TARGETDURATION:([0-9]+)\n")
_END = "#EXT-X-ENDLIST\n"


@dataclass(frozen=True, slots=True)
class Piece:
    """One part of a rung: how long it plays, and where its bytes lie in the rung's file."""

    seconds: Fraction
    byte_size: int
    start: int


@dataclass(frozen=True, slots=True)
class Rung:
    """One picture of the stream as players choose among them."""

    label: Label
    width: int
    height: int
    codecs: str
    target: int
    pieces: tuple[Piece, ...]

    @property
    def duration_ms(self) -> int:
        """Return how long the pieces play together."""
        return round(sum(piece.seconds for piece in self.pieces) * 1000)

    @property
    def average_rate(self) -> int:
        """Return the bits a second over the whole length, rounded up."""
        return _rate(self.pieces)

    @property
    def peak_rate(self) -> int:
        """Return the most bits a second of any run of pieces about as long as the target.

        RFC 8216, 4.1: half to one and a half times the target duration.
        """
        runs = [run for run in _runs(self.pieces, self.target) if run]
        return max((_rate(run) for run in runs), default=self.average_rate)


def rung_of(text: str, label: Label, facts: VideoFacts, *, byte_size: int) -> Rung | None:
    """Return what the list of a rung's pieces says.

    ``None`` where it does not describe, without a gap, the file of that many bytes beside it.
    """
    head, target = _HEAD.search(text), _TARGET.search(text)
    if head is None or target is None or head[1] != label.pieces or not text.endswith(_END):
        return None
    pieces = []
    at = int(head[2])
    for seconds, size, start, name in _PIECE.findall(text):
        if name != label.pieces or int(start) != at:
            return None
        pieces.append(Piece(Fraction(seconds), int(size), at))
        at += int(size)
    if not pieces or text.count("#EXTINF") != len(pieces) or at != byte_size:
        return None
    codecs = f"avc1.{facts.profile}" + (f",{_AAC}" if facts.has_sound else "")
    return Rung(label, facts.width, facts.height, codecs, int(target[1]), tuple(pieces))


def master_list(rungs: Sequence[Rung]) -> str:
    """Return the list a player opens: the rungs in the order given, by names beside it."""
    lines = ["#EXTM3U", "#EXT-X-VERSION:7", "#EXT-X-INDEPENDENT-SEGMENTS"]
    for rung in rungs:
        lines.append(
            f"#EXT-X-STREAM-INF:BANDWIDTH={rung.peak_rate},AVERAGE-BANDWIDTH={rung.average_rate},"
            f'RESOLUTION={rung.width}x{rung.height},CODECS="{rung.codecs}"'
        )
        lines.append(rung.label.playlist)
    return "\n".join(lines) + "\n"


def _runs(pieces: Sequence[Piece], target: int) -> Iterator[Sequence[Piece]]:
    """Yield each run of pieces that plays for half to one and a half times the target."""
    for first in range(len(pieces)):
        seconds = Fraction(0)
        for last in range(first, len(pieces)):
            seconds += pieces[last].seconds
            if seconds * 2 > target * 3:
                break
            if seconds * 2 >= target:
                yield pieces[first : last + 1]


def _rate(pieces: Sequence[Piece]) -> int:
    seconds = sum(piece.seconds for piece in pieces)
    bits = 8 * sum(piece.byte_size for piece in pieces)
    return max(1, -(-bits * seconds.denominator // seconds.numerator)) if seconds else 1
