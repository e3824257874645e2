"""Reads the rows of every kind of list, as columns."""

from collections.abc import Callable, Collection, Iterator, Mapping

from sqlalchemy.orm import Session

from lms.roster.domain.kinds import ExportKind
from lms.roster.queries.enrolled import CHUNK, Columns, enrolled
from lms.roster.queries.lines import Selection, count

Read = Callable[[Session, Selection, Collection[str], int], Iterator[Columns]]
Count = Callable[[Session, Selection], int]

_SOURCES: Mapping[ExportKind, tuple[Read, Count]] = {
    **dict.fromkeys(
        (ExportKind.COMPLETIONS, ExportKind.BEHIND, ExportKind.OPENING), (enrolled, count)
    ),
}


def read_list(
    session: Session,
    kind: ExportKind,
    selection: Selection,
    keys: Collection[str],
    chunk: int = CHUNK,
) -> Iterator[Columns]:
    """Yield what the columns named are made of, so many rows in memory at a time.

    ``subject`` and ``person`` say what each row is about and whose it is.
    """
    read, _ = _SOURCES[kind]
    yield from read(session, selection, keys, chunk)


def count_list(session: Session, kind: ExportKind, selection: Selection) -> int:
    """Return how many rows a list has, or how many learners where a learner has many."""
    _, counted = _SOURCES[kind]
    return counted(session, selection)
