"""Faults of a course folder: where, what, and how to say it."""

from collections.abc import Sequence
from dataclasses import dataclass

from lms.core.errors import LmsError, Message


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault; ``line`` counts from 1, ``path`` is relative to the course folder."""

    path: str
    line: int
    message: Message


class Faults:
    """Collects faults, so that an author sees all of them at once."""

    def __init__(self) -> None:
        self._found: list[Fault] = []

    def add(self, path: str, line: int, message: Message) -> None:
        """Take one fault down."""
        self._found.append(Fault(path, line, message))

    def __bool__(self) -> bool:
        return bool(self._found)

    def sorted(self) -> tuple[Fault, ...]:
        """Return the faults by file and line."""
        return tuple(sorted(self._found, key=lambda fault: (fault.path, fault.line)))


class BadFolder(LmsError):
    """The course folder has faults; nothing of it was taken."""

    status = 422

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__(
            "course_folder_faults",
            "The course folder has %(count)s faults. Nothing was changed.",
            count=len(faults),
        )
        self.faults = tuple(faults)
