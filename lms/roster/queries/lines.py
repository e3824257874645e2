"""Makes the completion rows: page, export and learner page read them here and nowhere else."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import Row, Select, func, select
from sqlalchemy.orm import Session

from lms.accounts.models import County, Person
from lms.catalog.models import Revision, RevisionState
from lms.catalog.tree import revision_tree
from lms.core.access import Scope
from lms.db.among import among
from lms.enrollment.domain import EnrollmentStatus
from lms.enrollment.models import Enrollment
from lms.progress.queries import completed_of_enrollments, final_percent, verified_ms
from lms.roster.domain.filters import Filters, Place, Status
from lms.roster.domain.lines import Lacking, Line, Step, lacking
from lms.roster.models import RosterLine
from lms.roster.queries.beside import beside_of, columns_beside
from lms.roster.queries.merging import Window
from lms.roster.queries.paging import keys
from lms.roster.queries.selecting import Selection, listed, selected


@dataclass(frozen=True, slots=True)
class Page:
    """A part of a list, newest first; the cursors are set where there is more.

    ``total`` says how many lines the list has and stops at one more than is counted; ``is_part``
    tells that a search found more people than were looked at.
    """

    lines: tuple[Line, ...]
    newer: Place | None
    older: Place | None
    total: int = 0
    is_part: bool = False


def page(session: Session, selection: Selection, window: Window) -> Page:
    """Return the lines of a window in the order of the list, with all a desk shows beside."""
    found = keys(session, selection, window)
    rows: Sequence[Row[Any]] = ()
    if found.ids:
        places = {enrollment_id: place for place, enrollment_id in enumerate(found.ids)}
        read = session.execute(_page_rows(), {"ids": list(found.ids)}).all()
        rows = sorted(read, key=lambda row: places[row.id])
    lines = lines_of_rows(session, rows)
    return Page(lines, found.newer, found.older, found.total, found.is_part)


def stream(session: Session, selection: Selection, *, chunk: int) -> Iterator[Line]:
    """Yield every line in the order of the list, ``chunk`` rows in memory at a time."""
    statement = selected(selection).execution_options(yield_per=chunk)
    for part in session.execute(statement).partitions():
        places = {row[0]: place for place, row in enumerate(part)}
        rows = session.execute(row_statement().where(Enrollment.id.in_(places))).all()
        yield from lines_of_rows(session, sorted(rows, key=lambda row: places[row.id]))


def people(
    session: Session, selection: Selection, *, upto: int | None = None
) -> tuple[set[int], int]:
    """Return the people of a list and its newest record, or those of the records up to one."""
    wanted = listed(selection).with_only_columns(
        RosterLine.person_id, func.max(RosterLine.enrollment_id)
    )
    if upto is not None:
        wanted = wanted.where(RosterLine.enrollment_id <= upto)
    rows = session.execute(wanted.group_by(RosterLine.person_id)).all()
    return {row[0] for row in rows}, max((row[1] for row in rows), default=0)


def lines_of(
    session: Session, selection: Selection, person_ids: Sequence[int] | None = None
) -> tuple[Line, ...]:
    """Return the lines of some people of a list; without a choice of everybody on it."""
    wanted = listed(selection)
    if person_ids is not None:
        wanted = wanted.where(RosterLine.person_id.in_(person_ids))
    return lines_of_rows(
        session, session.execute(row_statement().where(Enrollment.id.in_(wanted))).all()
    )


def learner(
    session: Session, scopes: tuple[Scope, ...], person_id: int
) -> tuple[Row[*tuple[Any, ...]] | None, tuple[Line, ...]]:
    """Return a person and all their enrollments inside the scopes, newest first."""
    everything = listed(Selection(scopes, Filters(status=Status.ALL)))
    statement = row_statement().where(
        Enrollment.id.in_(everything.where(RosterLine.person_id == person_id))
    )
    lines = lines_of_rows(session, session.execute(statement.order_by(Enrollment.id.desc())).all())
    if not lines:
        return None, ()
    person = session.execute(
        select(
            *(Person.id, Person.name, Person.phone, Person.town, Person.county_code),
            *(County.name_zh, County.name_en),
        )
        .join(County, County.code == Person.county_code)
        .where(Person.id == person_id)
    ).one()
    return person, lines


@cache
def _page_rows() -> Select[*tuple[Any, ...]]:
    """Return the statement of a page's rows by ``ids``; to write it takes longer than to ask."""
    return row_statement().add_columns(*columns_beside()).where(among(Enrollment.id, "ids"))


@cache
def row_statement() -> Select[*tuple[Any, ...]]:
    """Return the statement of enrollments as lines are made of them, of nobody in particular."""
    return (
        select(
            *(Enrollment.id, Enrollment.person_id, Enrollment.revision_id, Enrollment.status),
            *(Enrollment.enrolled_at, Enrollment.completed_at, Enrollment.training_class_id),
            Revision.state.label("revision_state"),
            *(Person.name, Person.phone, Person.town, County.name_zh, County.name_en),
            verified_ms().label("verified_ms"),
            final_percent().label("final_percent"),
        )
        .join(Person, Person.id == Enrollment.person_id)
        .join(Revision, Revision.id == Enrollment.revision_id)
        .join(County, County.code == Enrollment.county_code)
    )


def lines_of_rows(session: Session, rows: Sequence[Row[*tuple[Any, ...]]]) -> tuple[Line, ...]:
    """Complete rows of enrollments with their course and what is missing."""
    missing = _missing(session, rows)
    trees = {row.revision_id: revision_tree(session, row.revision_id) for row in rows}
    return tuple(
        Line(
            enrollment_id=row.id,
            person_id=row.person_id,
            name=row.name,
            phone=row.phone or "",
            county={"zh": row.name_zh, "en": row.name_en},
            town=row.town or "",
            course=trees[row.revision_id].title,
            status=row.status,
            enrolled_at=row.enrolled_at,
            completed_at=row.completed_at,
            verified_ms=int(row.verified_ms),
            final_percent=row.final_percent,
            lacking=missing.get(row.id, ()),
            course_slug=trees[row.revision_id].slug,
            version=trees[row.revision_id].number,
            is_behind=_is_behind(row),
            beside=beside_of(row),
        )
        for row in rows
    )


def _is_behind(row: Row[*tuple[Any, ...]]) -> bool:
    return (
        row.status == EnrollmentStatus.ACTIVE
        and row.revision_state == RevisionState.RETIRED
        and row.training_class_id is None
    )


def _missing(
    session: Session, rows: Sequence[Row[*tuple[Any, ...]]]
) -> Mapping[int, tuple[Lacking, ...]]:
    open_rows = [row for row in rows if row.status == EnrollmentStatus.ACTIVE]
    done = completed_of_enrollments(session, [row.id for row in open_rows])
    steps = {row.revision_id: steps_of(session, row.revision_id) for row in open_rows}
    return {row.id: lacking(steps[row.revision_id], done[row.id]) for row in open_rows}


def steps_of(session: Session, revision_id: int) -> list[Step]:
    """Return the items of a version in the order of the course, with what each lesson is called."""
    return [
        Step(
            lesson.key,
            item.key,
            "" if lesson.is_final else lesson.key,
            lesson.title,
            item.title,
            item.is_required,
        )
        for lesson in revision_tree(session, revision_id).lessons
        for item in lesson.items
    ]
