"""Reads a page of the call list, and the one person somebody is about to call."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import Any

from sqlalchemy import CTE, Row, Select, Subquery, func, literal, select, tuple_
from sqlalchemy.orm import Session

from lms.catalog.models import Course, Programme
from lms.enrollment.models import Enrollment, TrainingClass
from lms.enrollment.queries import attended_of_class
from lms.progress.domain.completion import CREDIT_HOUR_MS
from lms.roster.domain import behind_words
from lms.roster.domain.behind import Standing, Turn, turn_of
from lms.roster.domain.filters import Filters, Reason, Status, Text
from lms.roster.domain.lines import Line
from lms.roster.queries.behind import Called, behind, in_turn, standing
from lms.roster.queries.lines import lines_of_rows, row_statement
from lms.roster.queries.merging import COUNTED
from lms.roster.queries.selecting import Selection, count

_MINUTE_MS = 60_000


@dataclass(frozen=True)
class CallLine:
    """Somebody who is behind, as of a day: the line of the list, how far they are, and why."""

    line: Line
    standing: Standing
    training_class: str
    today: date

    @property
    def reasons(self) -> tuple[Reason, ...]:
        """Return why they are behind, the most urgent first."""
        return self.standing.reasons(self.today)

    @property
    def chip(self) -> Text:
        """Return the most urgent reason in a few words."""
        return behind_words.chip(self.standing, self.today)

    @property
    def why(self) -> Text:
        """Return in a sentence why they are behind."""
        return behind_words.why(self.standing, self.today)

    @property
    def to_say(self) -> Text:
        """Return in a sentence what to say on the phone."""
        return behind_words.to_say(self.standing, self.today)

    @cached_property
    def turn(self) -> Turn:
        """Return when it is their turn."""
        return turn_of(self.standing, self.line.enrollment_id, self.today)


@dataclass(frozen=True, slots=True)
class CallWindow:
    """Which part of the list: behind ``after`` or before ``before``, at most ``limit``."""

    limit: int
    after: Turn | None = None
    before: Turn | None = None


@dataclass(frozen=True, slots=True)
class CallPage:
    """A part of the list; ``total`` stops at one more than is counted."""

    lines: Sequence[CallLine]
    earlier: Turn | None
    later: Turn | None
    total: int


def call_page(
    session: Session, selection: Selection, window: CallWindow, *, today: date
) -> CallPage:
    """Return the lines of a window, who is to be called first at the head."""
    listed, back = behind(session, Called(selection, today)), window.before is not None
    order, cursor = in_turn(listed), window.before or window.after
    wanted = select(listed)
    if cursor:
        place = tuple_(*map(literal, (cursor.due, cursor.since, cursor.enrollment_id)))
        wanted = wanted.where(tuple_(*order) < place if back else tuple_(*order) > place)
    wanted = wanted.order_by(*(each.desc() if back else each for each in order))
    # The few lines of the page are found first, then read.
    found = wanted.limit(window.limit + 1).subquery("found")
    way = (each.desc() if back else each for each in in_turn(found))
    rows = session.execute(_statement(listed, found).order_by(*way)).all()
    more, rows = len(rows) > window.limit, rows[: window.limit]
    lines = _lines(session, rows[::-1] if back else rows, today)
    has_earlier, has_later = (more, True) if back else (window.after is not None, more)
    return CallPage(
        lines,
        lines[0].turn if lines and has_earlier else None,
        lines[-1].turn if lines and has_later else None,
        rows[0].total if rows else 0,
    )


def to_call(
    session: Session, selection: Selection, enrollment_id: int, *, today: date
) -> CallLine | None:
    """Return somebody of the list by their record; nothing where they are not on it."""
    own = replace(selection, filters=Filters(ids=(enrollment_id,)))
    page = call_page(session, own, CallWindow(1), today=today)
    return page.lines[0] if page.lines else None


def is_record_in_reach(session: Session, selection: Selection, enrollment_id: int) -> bool:
    """Tell whether a record, finished or not, lies inside the scopes."""
    own = Filters(status=Status.ALL, ids=(enrollment_id,))
    return count(session, replace(selection, filters=own), at_most=1) > 0


def _statement(listed: CTE, found: Subquery) -> Select[*tuple[Any, ...]]:
    total = select(func.count()).select_from(select(listed.c.id).limit(COUNTED + 1).subquery())
    return (
        row_statement()
        .add_columns(
            *(found.c.enrolled, found.c.studied, found.c.ends_on),
            *(attended_of_class().label("room_ms"), Programme.credit_hours),
            *(TrainingClass.title, TrainingClass.theory_minutes, TrainingClass.practice_minutes),
            total.scalar_subquery().label("total"),
        )
        .join(found, found.c.id == Enrollment.id)
        .join(Course, Course.id == Enrollment.course_id)
        .outerjoin(Programme, Programme.id == Course.programme_id)
        .outerjoin(TrainingClass, TrainingClass.id == Enrollment.training_class_id)
    )


def _lines(
    session: Session, rows: Sequence[Row[*tuple[Any, ...]]], today: date
) -> tuple[CallLine, ...]:
    both = zip(rows, lines_of_rows(session, rows), strict=True)
    return tuple(CallLine(line, _standing(row, line), row.title or "", today) for row, line in both)


def _standing(row: Row[*tuple[Any, ...]], line: Line) -> Standing:
    minutes = (row.theory_minutes or 0) + (row.practice_minutes or 0)
    return standing(
        *(row.enrolled, row.studied, row.ends_on),
        *(line.verified_ms, (row.credit_hours or 0) * CREDIT_HOUR_MS),
        *(int(row.room_ms), minutes * _MINUTE_MS),
    )
