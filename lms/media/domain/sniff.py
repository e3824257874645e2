"""Tells by its first bytes whether a file can be a video at all, whatever its name says."""

from enum import StrEnum

from lms.core.errors import Message

# As many first bytes as the decision needs.
HEAD_BYTES = 4096
_MIN_BYTES = 12
_FIRST_PRINTABLE = 0x20


class Container(StrEnum):
    """The families of files that are taken; the value is ffmpeg's name for its reader."""

    MP4 = "mov"
    MATROSKA = "matroska"


_MP4_BOXES = (b"ftyp", b"moov", b"mdat", b"free", b"skip", b"wide", b"pnot")
_EBML = b"\x1aE\xdf\xa3"
_PLAYLISTS = (b"ffconcat", b"#extm3u", b"#!rtsp", b"<?xml", b"<mpd", b"[playlist]", b"v=0")
_SOUND = (b"ID3", b"fLaC", b"OggS", b"\xff\xfb", b"\xff\xf3", b"\xff\xf1", b"#!AMR")
_BYTE_ORDER_MARKS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")

EMPTY = Message("video_empty", "This file is empty. Export the video again and send it once more.")
PLAYLIST = Message(
    "video_is_playlist",
    "This is a list that points to other files, not a video. Export the video itself as MP4 and "
    "send that file.",
)
TEXT = Message(
    "video_is_text",
    "This file holds text, not a video. Pick the video file itself and send it again.",
)
SOUND = Message(
    "video_no_picture",
    "This file holds sound but no picture. Export it as a video (MP4) and send it again.",
)
UNKNOWN = Message(
    "video_format_unknown",
    "The site takes MP4, MOV, MKV and WebM. Save the video as MP4 and send it again.",
)


def sniff_video(head: bytes) -> Container | Message:
    """Return which family the file is of, or why it is refused.

    ffmpeg would follow playlists and lists of files under any name, so only two kinds of binary
    signatures pass (ISO 14496-12, 4.2, and EBML, RFC 8794, 8.1).
    """
    if not head:
        return EMPTY
    if len(head) >= _MIN_BYTES and head[4:8] in _MP4_BOXES:
        return Container.MP4
    if head.startswith(_EBML):
        return Container.MATROSKA
    return _refuse(head)


def _refuse(head: bytes) -> Message:
    for mark in _BYTE_ORDER_MARKS:
        head = head.removeprefix(mark)
    start = head.lstrip().lower()
    if start.startswith(_PLAYLISTS):
        return PLAYLIST
    if head.startswith(_SOUND) or (head.startswith(b"RIFF") and head[8:12] == b"WAVE"):
        return SOUND
    return TEXT if _is_text(head) else UNKNOWN


def _is_text(head: bytes) -> bool:
    controls = sum(byte < _FIRST_PRINTABLE and byte not in b"\t\n\r\f" for byte in head)
    return controls == 0
