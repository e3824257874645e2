"""Makes the completion rows: page, export and learner page read them here and nowhere else."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, func, or_, select
from sqlalchemy.orm import Session

from lms.accounts.models import County, Person
from lms.catalog.models import Course, Institution, Revision, RevisionState
from lms.catalog.tree import revision_tree
from lms.core.access import Scope
from lms.core.clock import day_bounds
from lms.enrollment.domain import EnrollmentStatus
from lms.enrollment.models import Enrollment
from lms.enrollment.queries import in_scope
from lms.progress.queries import completed_of_enrollments, final_percent, verified_ms
from lms.roster.domain.filters import Filters, Status
from lms.roster.domain.lines import Lacking, Line, Step, lacking

_PHONE, _PHONE_TAIL = 11, 4
# Longer ones are no number of a database row.
_LONGEST_NUMBER = 18


@dataclass(frozen=True, slots=True)
class Selection:
    """Whose rows are wanted: the actor's scopes, narrowed by filters."""

    scopes: tuple[Scope, ...]
    filters: Filters


@dataclass(frozen=True, slots=True)
class Window:
    """Which part of a list: older than ``after`` or newer than ``before``, at most ``limit``."""

    limit: int
    after: int | None = None
    before: int | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """A part of a list, newest first; the cursors are set where there is more."""

    lines: tuple[Line, ...]
    newer: int | None
    older: int | None


def page(session: Session, selection: Selection, window: Window) -> Page:
    """Return the lines of a window in the order of the list."""
    statement = _rows(selection)
    back = window.before is not None
    if window.before is not None:
        statement = statement.where(Enrollment.id > window.before).order_by(Enrollment.id)
    elif window.after is not None:
        statement = statement.where(Enrollment.id < window.after).order_by(Enrollment.id.desc())
    else:
        statement = statement.order_by(Enrollment.id.desc())
    rows = session.execute(statement.limit(window.limit + 1)).all()
    more, rows = len(rows) > window.limit, rows[: window.limit]
    if back:
        rows = rows[::-1]
    lines = _lines(session, rows)
    has_newer = bool(lines) and (more if back else window.after is not None)
    has_older = bool(lines) and (more or back)
    return Page(
        lines,
        newer=lines[0].enrollment_id if has_newer else None,
        older=lines[-1].enrollment_id if has_older else None,
    )


def stream(session: Session, selection: Selection, *, chunk: int) -> Iterator[Line]:
    """Yield every line in the order of the list, ``chunk`` rows in memory at a time."""
    window = Window(limit=chunk)
    while True:
        part = page(session, selection, window)
        yield from part.lines
        if part.older is None:
            return
        window = Window(limit=chunk, after=part.older)


def count(session: Session, selection: Selection, *, at_most: int | None = None) -> int:
    """Return how many lines there are; counting stops at ``at_most``."""
    wanted = _narrowed(select(Enrollment.id), selection)
    if at_most is not None:
        wanted = wanted.limit(at_most)
    return session.scalar(select(func.count()).select_from(wanted.subquery())) or 0


def people(
    session: Session, selection: Selection, *, upto: int | None = None
) -> tuple[set[int], int]:
    """Return the people of a list and its newest record, or those of the records up to one."""
    wanted = _narrowed(select(Enrollment.person_id, func.max(Enrollment.id)), selection)
    if upto is not None:
        wanted = wanted.where(Enrollment.id <= upto)
    rows = session.execute(wanted.group_by(Enrollment.person_id)).all()
    return {row[0] for row in rows}, max((row[1] for row in rows), default=0)


def lines_of(
    session: Session, selection: Selection, person_ids: Sequence[int] | None = None
) -> tuple[Line, ...]:
    """Return the lines of some people of a list; without a choice of everybody on it."""
    wanted = _rows(selection)
    if person_ids is not None:
        wanted = wanted.where(Enrollment.person_id.in_(person_ids))
    return _lines(session, session.execute(wanted).all())


def learner(
    session: Session, scopes: tuple[Scope, ...], person_id: int
) -> tuple[Row[*tuple[Any, ...]] | None, tuple[Line, ...]]:
    """Return a person and all their enrollments inside the scopes, newest first."""
    statement = _rows(Selection(scopes, Filters(status=Status.ALL))).where(
        Enrollment.person_id == person_id
    )
    lines = _lines(session, session.execute(statement.order_by(Enrollment.id.desc())).all())
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


def _rows(selection: Selection) -> Select[*tuple[Any, ...]]:
    return _narrowed(
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
        .join(County, County.code == Enrollment.county_code),
        selection,
    )


def _narrowed(
    statement: Select[*tuple[Any, ...]], selection: Selection
) -> Select[*tuple[Any, ...]]:
    filters = selection.filters
    conditions = [in_scope(selection.scopes), *_moments(filters)]
    if filters.status is not Status.ALL:
        conditions.append(Enrollment.status == str(filters.status))
    if filters.county:
        conditions.append(Enrollment.county_code == filters.county)
    if filters.course:
        conditions.append(
            Enrollment.course_id
            == select(Course.id).where(Course.slug == filters.course).scalar_subquery()
        )
    if filters.institution:
        conditions.append(
            Enrollment.course_id.in_(
                select(Course.id)
                .join(Institution, Institution.id == Course.institution_id)
                .where(Institution.slug == filters.institution)
            )
        )
    people = _people(filters)
    if people:
        conditions.append(
            select(Person.id)
            .where(Person.id == Enrollment.person_id, *people)
            .correlate(Enrollment)
            .exists()
        )
    return statement.where(*conditions)


def _moments(filters: Filters) -> list[ColumnElement[bool]]:
    completed = filters.status is Status.COMPLETED
    column = Enrollment.completed_at if completed else Enrollment.enrolled_at
    found: list[ColumnElement[bool]] = []
    if filters.first_day:
        found.append(column >= day_bounds(filters.first_day)[0])
    if filters.last_day:
        found.append(column < day_bounds(filters.last_day)[1])
    return found


def _people(filters: Filters) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if filters.town:
        found.append(Person.town == filters.town)
    if filters.q:
        found.append(or_(*_named(filters.q)))
    return found


def _named(words: str) -> list[ColumnElement[bool]]:
    """Return what a search may mean: a part of a name, a phone or its end, a record number."""
    if not (words.isascii() and words.isdecimal() and len(words) <= _LONGEST_NUMBER):
        return [Person.name.contains(words, autoescape=True)]
    if len(words) == _PHONE:
        return [Person.phone == words]
    meant = [Enrollment.id == int(words)]
    return [*meant, Person.phone.endswith(words)] if len(words) == _PHONE_TAIL else meant


def _lines(session: Session, rows: Sequence[Row[*tuple[Any, ...]]]) -> tuple[Line, ...]:
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
    steps = {row.revision_id: _steps(session, row.revision_id) for row in open_rows}
    return {row.id: lacking(steps[row.revision_id], done[row.id]) for row in open_rows}


def _steps(session: Session, revision_id: int) -> list[Step]:
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
