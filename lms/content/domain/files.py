"""The files of a course folder as the checks see them: names, sizes and the text of small ones."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath

from lms.catalog.domain import MAX_TEXT_BYTES
from lms.content.domain.faults import Faults
from lms.core.errors import Message

MAX_FILES = 5_000
MAX_MEDIA_BYTES = 500 * 1024 * 1024
HEAD_BYTES = 16
TEXTS = frozenset({".yaml", ".md", ".vtt", ".srt"})

_TOO_LARGE = Message("file_too_large", "The file is larger than %(most)s KB.")
_NOT_UTF8 = Message("not_utf8", "This line is not UTF-8. Save the file as UTF-8.")
_MISSING = Message("file_missing", "The file %(file)s is missing.")
_EMPTY = Message("file_empty", "The file is empty.")
_ESCAPES = Message("path_outside", "%(file)s leads out of its folder.")
_NOT_MP4 = Message("not_mp4", "This is no MP4 video.")
_NOT_WEBP = Message("not_webp", "This is no WebP picture.")


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file; ``content`` is all of a small text and the first bytes of anything else."""

    size: int
    content: bytes


Files = Mapping[str, SourceFile]


class FolderReader:
    """Finds files by the names a course gives them and says what is wrong with them."""

    def __init__(self, files: Files, faults: Faults) -> None:
        self._files = files
        self._faults = faults

    def has(self, path: str) -> bool:
        """Tell whether the folder has the file."""
        return path in self._files

    def text(self, path: str) -> str | None:
        """Return the whole text of a file that is there, or take its faults down."""
        content = self.content(path)
        if content is None:
            return None
        try:
            text = content.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            line = content[: error.start].count(b"\n") + 1
            self._faults.add(path, line, _NOT_UTF8)
            return None
        if not text.strip():
            self._faults.add(path, 1, _EMPTY)
            return None
        return text

    def content(self, path: str) -> bytes | None:
        """Return the bytes of a small file, or take down that it is too large."""
        file = self._files[path]
        if file.size > MAX_TEXT_BYTES:
            most = {"most": MAX_TEXT_BYTES // 1024}
            self._faults.add(path, 1, Message(_TOO_LARGE.code, _TOO_LARGE.text, most))
            return None
        return file.content

    def resolve(self, named_in: str, line: int, name: str) -> str | None:
        """Return the path of a file named in another one, or take down why it cannot be had."""
        path = inside(named_in, name)
        if path is None:
            self._faults.add(named_in, line, Message(_ESCAPES.code, _ESCAPES.text, {"file": name}))
            return None
        if path not in self._files:
            self._faults.add(named_in, line, Message(_MISSING.code, _MISSING.text, {"file": path}))
            return None
        return path

    def media(self, named_in: str, line: int, name: str) -> str | None:
        """Return the path of a video or picture whose first bytes are what its name says."""
        path = self.resolve(named_in, line, name)
        if path is None:
            return None
        head = self._files[path].content
        if path.endswith(".webp"):
            fault = None if head[:4] == b"RIFF" and head[8:12] == b"WEBP" else _NOT_WEBP
        else:
            fault = None if head[4:8] == b"ftyp" else _NOT_MP4
        if self._files[path].size > MAX_MEDIA_BYTES:
            most = {"most": MAX_MEDIA_BYTES // 1024}
            fault = Message(_TOO_LARGE.code, _TOO_LARGE.text, most)
        if fault is not None:
            self._faults.add(path, 1, fault)
            return None
        return path


def inside(named_in: str, name: str) -> str | None:
    """Return the path that ``name`` means beside ``named_in``; ``None`` where it leads outside."""
    parts = PurePosixPath(name).parts
    strange = "\\" in name or "\0" in name or not parts or name.startswith("/")
    if strange or any(part in ("..", ".") for part in name.split("/")):
        return None
    return (PurePosixPath(named_in).parent / name).as_posix()
