"""The names media goes by: renditions, languages, served files, and what an upload was called."""

import unicodedata
from enum import StrEnum

_MAX_FILENAME = 255
POSTER = "poster.webp"
MASTER = "master.m3u8"
THUMBNAILS = "thumbs.webp"


class Label(StrEnum):
    """The rungs of the ladder, lightest first; a label names a rung, not an exact size."""

    SOUND = "audio"
    SMALL = "240p"
    MEDIUM = "480p"
    LARGE = "720p"

    @property
    def is_picture(self) -> bool:
        """Tell whether there is something to see, and not the sound alone."""
        return self is not Label.SOUND

    @property
    def filename(self) -> str:
        """Return the name the rendition is stored and served under."""
        return f"{self.value}.mp4" if self.is_picture else f"{self.value}.m4a"

    @property
    def playlist(self) -> str:
        """Return the name of the list of the rung's pieces."""
        return f"{self.value}.m3u8"

    @property
    def pieces(self) -> str:
        """Return the name of the one file that holds the rung's pieces."""
        return f"{self.value}.m4s"


class Language(StrEnum):
    """The languages captions come in."""

    ZH = "zh"
    EN = "en"

    @property
    def filename(self) -> str:
        """Return the name the captions are served under."""
        return f"{self.value}.vtt"


PICTURES = tuple(label for label in Label if label.is_picture)
STREAM_NAMES = (MASTER, *(name for label in PICTURES for name in (label.playlist, label.pieces)))
STORED_NAMES = frozenset({*(label.filename for label in Label), *STREAM_NAMES, POSTER, THUMBNAILS})
TYPES = {
    ".m3u8": "application/vnd.apple.mpegurl",
    ".m4a": "audio/mp4",
    ".m4s": "video/mp4",
    ".mp4": "video/mp4",
    ".webp": "image/webp",
}
CAPTION_NAMES = {language.filename: language for language in Language}


def clean_filename(name: str) -> str:
    """Return what the file was called, for show alone: no folders, no control characters.

    At most 255 characters; a longer name loses its middle, so that the ending still says what
    kind of file it was.
    """
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    shown = "".join(sign for sign in last if unicodedata.category(sign) not in ("Cc", "Cs")).strip()
    if len(shown) > _MAX_FILENAME:
        half = (_MAX_FILENAME - 1) // 2
        shown = f"{shown[:half]}…{shown[-half:]}"
    return shown or "video"
