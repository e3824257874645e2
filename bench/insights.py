"""What figures cost: python -m bench.insights [learners] [--engine E].

How many people and ledger entries a second the roll-up counts, how long a recount of all takes,
and the dashboard's first byte over the rolled-up rows of a large county.
"""

from __future__ import annotations

import argparse
import tempfile
from contextlib import ExitStack
from itertools import product
from pathlib import Path
from statistics import median
from time import perf_counter

from flask import Flask
from sqlalchemy import func, insert, select

from bench.databases import ENGINES, fresh_database
from bench.figures import Figure, amount
from bench.servers import ROOT
from bench.world import build
from lms.app import create_app
from lms.db.session import Database
from lms.demo.service.seed import Wish, seed
from lms.insights.domain.groups import GROUP_ORDER
from lms.insights.domain.months import last_months
from lms.insights.domain.tallies import MEASURES, Cell
from lms.insights.models import FigureCell, FigureRefused
from lms.insights.queries.recount import differences
from lms.insights.service import rolling
from lms.insights.service.rounds import ENTRIES_A_STEP, PEOPLE_A_STEP, catch_up
from lms.progress.models import WatchSlice
from lms.settings import Settings
from tests.factories.accounts import COUNTY
from tests.support.databases import create_schema
from tests.support.production import HOST, environment

LEARNERS = 1_000
_TOWNS, _COURSES, _MONTHS, _NEWEST = 20, 8, 36, 202611
_PLACES = (
    last_months(_NEWEST, _MONTHS),
    range(_TOWNS),
    GROUP_ORDER,
    range(1, _COURSES + 1),
)
# A page of figures is looked at with a finger on the filter.
_FIRST_BYTE_MS = 100.0
# A step holds SQLite's only writer.
_STEP_MS = 1_000.0
_SHOWN = 10


def main(learners: int, engine: str) -> None:
    """Measure on an engine."""
    (ROOT / "var").mkdir(exist_ok=True)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(dir=ROOT / "var")))
        # The database server is another user.
        folder.chmod(0o711)
        url = stack.enter_context(fresh_database(engine, folder))
        create_schema(url)
        app = create_app(Settings.from_env(environment(folder, url)))
        for figure in of_insights(app, learners=learners):
            print(figure.line(), flush=True)
        app.extensions["lms_database"].dispose()


def of_insights(app: Flask, *, learners: int = LEARNERS) -> list[Figure]:
    """Return the figures over a world with so many demo learners besides."""
    world = build(app)
    database: Database = app.extensions["lms_database"]
    _seed(database, learners)
    catch_up(database)
    rolled = _rolled(database)
    began = perf_counter()
    with database.snapshot() as session:
        found = differences(session)
        cells = session.scalar(select(func.count()).select_from(FigureCell)) or 0
    if found:
        raise RuntimeError(f"the roll-up forgot something: {found[0]}")
    recounted = perf_counter() - began
    rows = _fill(database)
    shown = [_first_byte(app, world.administrator.headers) for _ in range(_SHOWN)]
    return [
        *rolled,
        Figure("figures_recount", round(recounted * 1000, 1), "ms", 1.0),
        Figure("figures_cells", float(cells), "rows", 1.0),
        Figure("figures_cells_shown", float(rows), "rows", 1.0),
        amount("figures_first_byte", round(median(shown), 1), "ms", _FIRST_BYTE_MS),
    ]


def _seed(database: Database, learners: int) -> None:
    if learners:
        seed(database, Wish(learners, learners, 1, "x"), lambda _done, _total: None)


def _rolled(database: Database) -> list[Figure]:
    """Count everybody from nothing, and the whole ledger once more, step by step."""
    with database.transaction() as session:
        rolling.start_over(session)
        mark = rolling.locked_mark(session)
        entries, mark.ledger_id = mark.upto_id, 0
    people, longest, began = 0, 0.0, perf_counter()
    while True:
        at = perf_counter()
        with database.transaction() as session:
            settled = rolling.count_people(session, limit=PEOPLE_A_STEP)
        if not settled:
            break
        longest = max(longest, perf_counter() - at)
        people += settled
    spent = perf_counter() - began
    began = perf_counter()
    while True:
        with database.transaction() as session:
            if not rolling.count_hours(session, limit=ENTRIES_A_STEP):
                break
    hours = perf_counter() - began
    with database.snapshot() as session:
        entries = session.scalar(select(func.count()).select_from(WatchSlice)) or 0
    catch_up(database)
    return [
        Figure("figures_people", round(people / spent, 1), "people/s", 1.0),
        Figure("figures_entries", round(entries / hours, 1), "entries/s", 1.0),
        amount("figures_longest_step", round(longest * 1000, 1), "ms", _STEP_MS),
    ]


def _fill(database: Database) -> int:
    """Fill a county with rows of every town, group, course and month; return how many it has."""
    amounts = dict.fromkeys(MEASURES, 7)
    cells = {
        Cell(COUNTY, f"第{town}镇", group, course, month): amounts
        for month, town, group, course in product(*_PLACES)
    }
    with database.transaction() as session:
        rolling.add_cells(session, cells)
        session.execute(
            insert(FigureRefused),
            [
                {**dict(zip(rolling.KEY, cell, strict=True)), "reason": "gap", "ms": 9}
                for cell in cells
            ],
        )
    return len(cells)


def _first_byte(app: Flask, headers: str) -> float:
    said = dict(line.split(": ", 1) for line in headers.splitlines() if line)
    began = perf_counter()
    answer = app.test_client(use_cookies=False).get(
        "/staff/figures?month=2026-11", base_url=f"https://{HOST}", headers=said
    )
    spent = (perf_counter() - began) * 1000
    if answer.status_code != 200:  # noqa: PLR2004 (found)
        raise RuntimeError(f"the dashboard answered {answer.status_code}")
    return spent


if __name__ == "__main__":
    reading = argparse.ArgumentParser(description=__doc__)
    reading.add_argument("learners", nargs="?", type=int, default=LEARNERS)
    reading.add_argument("--engine", choices=ENGINES, default="sqlite")
    asked = reading.parse_args()
    main(asked.learners, asked.engine)
