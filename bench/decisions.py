"""How many subsidy decisions a second, beside what writing the same rows down alone costs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from statistics import median
from time import perf_counter
from typing import Any, cast

from flask import Flask
from sqlalchemy import Table, insert, select
from sqlalchemy.orm import Session

from bench.figures import Figure
from bench.world import World
from lms.core.clock import local_day
from lms.db.session import Database, now
from lms.subsidy import service
from lms.subsidy.gateway import shelf
from lms.subsidy.models import EligibilityDecision, LearnerFact

# Judging reads seven tables and walks every clause; bare writing reads nothing at all.
_WANTED = 0.03
_KNOWN = {"real_name_verified": True, "sex": "F", "birth_date": "1988-05-20", "consent": True}


def of_decisions(app: Flask, world: World) -> list[Figure]:
    """Return the rate of first decisions of all learners, in the worker's batches, committed."""
    database: Database = app.extensions["lms_database"]
    people = [each.person_id for each in world.learners]
    with database.transaction() as session:
        _ask(session, people)
    judged = [_timed(_decide(database, batch)) for batch in _batches(people)]
    with database.snapshot() as session:
        rows = [dict(row) for row in session.execute(select(_ROWS)).mappings()]
    again = [{**row, "id": row["id"] + len(rows), "number": 2} for row in rows]
    bare = [_timed(_write(database, batch)) for batch in _batches(again)]
    rate, yardstick = median(judged), median(bare)
    return [
        Figure(
            "decisions", round(rate, 1), "decisions/s", rate / yardstick, _WANTED, at_least=True
        ),
        Figure("bare_decisions", round(yardstick, 1), "rows/s", 1.0),
    ]


_ROWS = cast(Table, EligibilityDecision.__table__)


def _ask(session: Session, people: Sequence[int]) -> None:
    """Write down what is known of everybody."""
    at = now(session)
    own = {"source": "staff", "valid_from": local_day(at), "recorded_at": at}
    rows = [
        {**own, "person_id": person_id, "key": key, "value": value}
        for person_id in people
        for key, value in _KNOWN.items()
    ]
    session.execute(insert(LearnerFact), rows)


def _batches(rows: Sequence[Any]) -> Iterator[Sequence[Any]]:
    for first in range(0, len(rows), service.BATCH):
        yield rows[first : first + service.BATCH]


def _timed(work: Iterator[int]) -> float:
    """Return how many a second the work made; a generator, so that its commit is timed too."""
    began = perf_counter()
    made = sum(work)
    return made / (perf_counter() - began)


def _decide(database: Database, people: Sequence[int]) -> Iterator[int]:
    with database.transaction() as session:
        done = service.decide_people(session, people=people, shelf=shelf(), now=now(session))
    if not done.written:
        raise RuntimeError("nothing was decided")
    yield done.written


def _write(database: Database, rows: Sequence[dict[str, Any]]) -> Iterator[int]:
    with database.transaction() as session:
        session.connection().execute(insert(_ROWS), list(rows))
    yield len(rows)
