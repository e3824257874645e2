"""Keeps the rolled-up figures: counts people who changed, and hours as the ledger grows.

Each step is one transaction that holds the mark, so that of two workers one counts. What a person
added before stands beside them; a change adds the difference.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple, cast

from sqlalchemy import Insert, Table, delete, insert, select, union
from sqlalchemy.orm import Session

from lms.db.among import among
from lms.db.session import connection_of
from lms.db.upsert import insert_into, insert_once
from lms.enrollment.models import Enrollment
from lms.insights.domain.counting import counted
from lms.insights.domain.tallies import (
    MEASURES,
    Cell,
    Counted,
    Place,
    Tally,
    added,
    as_kept,
    change,
    from_kept,
    with_totals,
)
from lms.insights.models import FigureCell, FigureDue, FigureMark, FigurePerson, FigureRefused
from lms.insights.queries.ledger import Entry, entries_after, entries_of, newest_entry
from lms.insights.queries.people import wholes
from lms.subsidy.models import SubsidyClaim

# No transaction is open for so long: whatever was written before an entry is there by then.
SETTLED = timedelta(seconds=60)
KEY = ("county_code", "town", "person_group", "course_id", "month")


class Lost(NamedTuple):
    """Where time did not count, and why."""

    cell: Cell
    reason: str


Losses = dict[Lost, int]


def look_ahead(session: Session, *, now: datetime, settled: timedelta = SETTLED) -> None:
    """Let hours be counted up to what was the newest entry when somebody last looked.

    On PostgreSQL an entry may appear behind ones with a higher number, as long as its transaction
    lasts; so the newest ones wait a minute.
    """
    mark = locked_mark(session)
    if mark.ledger_id < mark.upto_id:
        return
    newest = newest_entry(session)
    if not settled:
        mark.seen_id, mark.seen_at = newest, now
    elif mark.seen_at is None:
        mark.seen_id, mark.seen_at = newest, now
        return
    elif now - mark.seen_at < settled:
        return
    mark.upto_id, mark.upto_at = mark.seen_id, mark.seen_at
    mark.seen_id, mark.seen_at = newest, now


def count_people(session: Session, *, limit: int) -> int:
    """Count some of those who changed anew; return how many notes of changes are settled."""
    mark = locked_mark(session)
    due = session.execute(
        select(FigureDue.id, FigureDue.person_id).order_by(FigureDue.id).limit(limit)
    ).all()
    if not due:
        return 0
    people = sorted({row.person_id for row in due})
    found = wholes(session, people, ledger_id=mark.ledger_id)
    before = _kept(session, people)
    after = {person_id: counted(found[person_id]) for person_id in people if person_id in found}
    tallies = [change(before.get(each, Counted()).tally, after[each].tally) for each in after]
    moved = _moved(before, after)
    hours, losses = _carried(entries_of(session, list(moved), upto=mark.ledger_id), moved)
    add_cells(session, added([*tallies, hours]))
    _add_losses(session, losses)
    _keep(session, after)
    session.execute(
        delete(FigureDue).where(among(FigureDue.id, "due")), {"due": [row.id for row in due]}
    )
    return len(due)


def count_hours(session: Session, *, limit: int) -> int:
    """Count the next entries of the ledger; return how many there were.

    Of a person who is not counted yet, hours are left to when they are: up to the mark.
    """
    mark = locked_mark(session)
    if mark.ledger_id >= mark.upto_id:
        return 0
    entries = entries_after(session, after=mark.ledger_id, upto=mark.upto_id, limit=limit)
    mark.ledger_id = entries[-1].id if len(entries) == limit else mark.upto_id
    kept = _kept(session, sorted({entry.person_id for entry in entries}))
    places = {
        (person_id, course): [(place, 1)]
        for person_id, own in kept.items()
        for course, place in own.places.items()
    }
    hours, losses = _sums(entries, places)
    add_cells(session, hours)
    _add_losses(session, losses)
    unknown = {
        entry.person_id
        for entry in entries
        if entry.course_id not in kept.get(entry.person_id, Counted()).started
    }
    note_due(session, sorted(unknown))
    session.flush()
    return len(entries)


def finish(session: Session) -> bool:
    """Note up to when all is counted; tell whether nothing is left to do."""
    mark = locked_mark(session)
    is_done = (
        mark.ledger_id == mark.upto_id and session.scalar(select(FigureDue.id).limit(1)) is None
    )
    if is_done and mark.upto_at is not None:
        mark.as_of = mark.upto_at
    return is_done


def start_over(session: Session) -> None:
    """Forget all figures and have everybody counted; hours go up to where the ledger is counted.

    Until then pages show what is counted so far, and up to when.
    """
    mark = locked_mark(session)
    mark.as_of = None
    for model in (FigureCell, FigureRefused, FigurePerson, FigureDue):
        session.execute(delete(model))
    session.execute(_everybody())


def note_due(session: Session, people: Iterable[int]) -> None:
    """Have people counted anew."""
    rows = [{"person_id": person_id} for person_id in people]
    if rows:
        connection_of(session).execute(cast(Table, FigureDue.__table__).insert(), rows)


def _everybody() -> Insert:
    """Return the statement that notes everybody who can be counted."""
    claimed = select(SubsidyClaim.person_id).where(SubsidyClaim.submitted_at.is_not(None))
    people = union(select(Enrollment.person_id), claimed)
    return insert(FigureDue).from_select(["person_id"], people)


def locked_mark(session: Session) -> FigureMark:
    """Return the one row that whoever counts holds."""
    wanted = select(FigureMark).with_for_update()
    mark = session.scalar(wanted)
    if mark is None:
        insert_once(session, FigureMark, {"id": 1, "ledger_id": 0, "upto_id": 0, "seen_id": 0})
        mark = session.scalars(wanted).one()
    return mark


def _kept(session: Session, people: list[int]) -> dict[int, Counted]:
    own = FigurePerson
    rows = session.execute(
        select(own.person_id, own.cells, own.places).where(among(own.person_id, "people")),
        {"people": people},
    )
    return {row.person_id: from_kept(row.cells, row.places) for row in rows}


def _keep(session: Session, after: Mapping[int, Counted]) -> None:
    table = cast(Table, FigurePerson.__table__)
    fresh = insert_into(session, table)
    once = fresh.on_conflict_do_update(
        index_elements=[table.c.person_id],
        set_={"cells": fresh.excluded.cells, "places": fresh.excluded.places},
    )
    rows = [
        dict(zip(("person_id", "cells", "places"), (person_id, *as_kept(own)), strict=True))
        for person_id, own in after.items()
    ]
    if rows:
        connection_of(session).execute(once, rows)


Shifts = dict[tuple[int, int], list[tuple[Place, int]]]


def _moved(before: Mapping[int, Counted], after: Mapping[int, Counted]) -> dict[int, Shifts]:
    """Return, by person, the courses whose hours go from one place to another."""
    found: dict[int, Shifts] = {}
    for person_id, new in after.items():
        old = before.get(person_id, Counted())
        for course in old.places.keys() | new.places.keys():
            was, now = old.places.get(course), new.places.get(course)
            if was != now:
                shifts = [(place, sign) for place, sign in ((was, -1), (now, 1)) if place]
                found.setdefault(person_id, {})[person_id, course] = shifts
    return found


def _carried(entries: Iterable[Entry], moved: Mapping[int, Shifts]) -> tuple[Tally, Losses]:
    return _sums(entries, {key: shifts for own in moved.values() for key, shifts in own.items()})


def _sums(entries: Iterable[Entry], places: Shifts) -> tuple[Tally, Losses]:
    hours: defaultdict[Cell, dict[str, int]] = defaultdict(lambda: {"credited_ms": 0})
    losses: defaultdict[Lost, int] = defaultdict(int)
    for entry in entries:
        for place, sign in places.get((entry.person_id, entry.course_id), ()):
            cell = Cell(*place, entry.month)
            if entry.credited_ms:
                hours[cell]["credited_ms"] += sign * entry.credited_ms
            for reason, ms in entry.refused.items():
                losses[Lost(cell, reason)] += sign * ms
    return dict(hours), dict(losses)


def add_cells(session: Session, tally: Tally) -> None:
    """Add amounts to the cells, and to those of all groups and courses."""
    table = cast(Table, FigureCell.__table__)
    fresh = insert_into(session, table)
    once = fresh.on_conflict_do_update(
        index_elements=[table.c[name] for name in KEY],
        set_={name: table.c[name] + fresh.excluded[name] for name in MEASURES},
    )
    nothing = dict.fromkeys(MEASURES, 0)
    rows: list[dict[str, Any]] = [
        {**dict(zip(KEY, cell, strict=True)), **nothing, **amounts}
        # In one order, so that no two who count could wait for each other.
        for cell, amounts in sorted(with_totals(tally).items())
    ]
    if rows:
        connection_of(session).execute(once, rows)


def _add_losses(session: Session, losses: Losses) -> None:
    table = cast(Table, FigureRefused.__table__)
    fresh = insert_into(session, table)
    once = fresh.on_conflict_do_update(
        index_elements=[table.c[name] for name in (*KEY, "reason")],
        set_={"ms": table.c.ms + fresh.excluded.ms},
    )
    rows: list[dict[str, Any]] = [
        {**dict(zip(KEY, lost.cell, strict=True)), "reason": lost.reason, "ms": ms}
        for lost, ms in sorted(losses.items())
        if ms
    ]
    if rows:
        connection_of(session).execute(once, rows)
