"""Reads the rows of every kind of list, as columns."""

from collections.abc import Callable, Collection, Iterator, Mapping

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from lms.roster.domain.kinds import ExportKind
from lms.roster.queries.behind import called_rows, chosen_behind
from lms.roster.queries.claimed import chosen_claims, claimed
from lms.roster.queries.enrolled import CHUNK, Columns, chosen_enrollments, enrolled
from lms.roster.queries.noticed import chosen_rows, noticed
from lms.roster.queries.selecting import Selection
from lms.roster.queries.studied import studied

Read = Callable[[Session, Selection, Collection[str], int], Iterator[Columns]]
Choose = Callable[[Session, Selection], Select[int]]


def _at_any_time(choose: Callable[[Selection], Select[int]]) -> Choose:
    """Return the choice of a list that is the same on every day."""
    return lambda _session, selection: choose(selection)


_SOURCES: Mapping[ExportKind, tuple[Read, Choose]] = {
    **dict.fromkeys(
        (ExportKind.COMPLETIONS, ExportKind.OPENING), (enrolled, _at_any_time(chosen_enrollments))
    ),
    ExportKind.BEHIND: (called_rows, chosen_behind),
    ExportKind.APPLICATION: (claimed, _at_any_time(chosen_claims)),
    ExportKind.HOURS: (studied, _at_any_time(chosen_enrollments)),
    ExportKind.NOTICE: (noticed, _at_any_time(chosen_rows)),
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


def count_list(
    session: Session, kind: ExportKind, selection: Selection, *, at_most: int | None = None
) -> int:
    """Return how many rows a list has, or how many learners where a learner has many.

    Counting stops at ``at_most``.
    """
    _, chosen = _SOURCES[kind]
    wanted = chosen(session, selection).limit(at_most)
    return session.scalar(select(func.count()).select_from(wanted.subquery())) or 0
