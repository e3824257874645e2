"""The names media goes by: renditions, languages, served files, and what an upload was called."""

import unicodedata
from enum import StrEnum

_MAX_FILENAME = 255
POSTER = "poster.webp"


class Label(StrEnum):
    """The rungs of the ladder, lightest first; a label names a rung, not an exact size."""

    SOUND = "audio"
    SMALL = "240p"
    MEDIUM = "480p"

    @property
    def is_picture(self) -> bool:
        """Tell whether there is something to see, and not the sound alone."""
        return self is not Label.SOUND

    @property
    def filename(self) -> str:
        """Return the name the rendition is stored and served under."""
        return f"{self.value}.mp4" if self.is_picture else f"{self.value}.m4a"


class Language(StrEnum):
    """The languages captions come in."""

    ZH = "zh"
    EN = "en"

    @property
    def filename(self) -> str:
        """Return the name the captions are served under."""
        return f"{self.value}.vtt"


STORED_NAMES = frozenset({*(label.filename for label in Label), POSTER})
TYPES = {".m4a": "audio/mp4", ".mp4": "video/mp4", ".webp": "image/webp"}
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
