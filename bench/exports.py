"""What a list of very many rows costs: python -m bench.exports [--rows N] [--engine NAME].

Each file is written by a process of its own, so that its memory is its own. Beside it stands what
the database's own COPY of the same rows takes, on SQLite the bare driver's: by it the limits fit
a machine of any speed.
"""

from __future__ import annotations

import argparse
import csv
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter, sleep

import psycopg
from psycopg.sql import SQL
from sqlalchemy import text
from sqlalchemy.orm import Session

from bench.figures import Figure, amount
from bench.held import peak
from bench.servers import ROOT
from lms.db.session import Database
from lms.roster.domain.kinds import ExportFormat
from tests.factories.accounts import COUNTY, make_county
from tests.factories.assessment import make_quiz
from tests.factories.catalog import MadeCourse, lesson, make_course, quiz, reading
from tests.support import postgres, run
from tests.support.databases import create_schema, fresh_url

ROWS = 1_000_000
# For a million rows, seconds; what a process may hold does not depend on how many there are.
_SECONDS = {ExportFormat.CSV: 20.0, ExportFormat.CSV_GB18030: 20.0, ExportFormat.XLSX: 30.0}
_MB = 80
# What COPY may take where these limits are to be met.
_COPY_SECONDS = 10.0
_TICK = 0.02
_PEOPLE = """
WITH RECURSIVE people(n) AS (
    SELECT CAST(1 AS BIGINT) UNION ALL SELECT n + 1 FROM people WHERE n < :rows
)
INSERT INTO person (phone, name, county_code, town, state, created_at)
SELECT CAST(15000000000 + n AS VARCHAR(11)), '学员' || n, :county, '第' || (n % 20) || '镇',
       'active', :at
FROM people
"""
_ENROLLED = """
INSERT INTO enrollment (person_id, course_id, revision_id, county_code, status, enrolled_at,
                        completed_at)
SELECT id, :course, :revision, county_code, 'completed', {enrolled}, {completed}
FROM (SELECT *, id * 900.0 / :rows AS day FROM person WHERE name LIKE '学员%') AS learner
ORDER BY id
"""
_STUDIED = """
INSERT INTO material_progress (person_id, material_id, seen, credited, held, refused, seen_ms,
                               credited_ms, granted_ms, position_ms, updated_at_ms)
SELECT id, :material, '[]', '[]', '[]', '{{}}', 60000 * (1 + id % 2000), 60000 * (1 + id % 2000),
       0, 0, 0
FROM person WHERE name LIKE '学员%'
"""
_TESTED = """
INSERT INTO attempt (quiz_id, item_id, enrollment_id, person_id, number, state, seed, started_at,
                     submitted_at, points, max_points, percent, passed)
SELECT :quiz, :item, id, person_id, 1, 'submitted', 0, :at, :at, id % 41 + 60, 100, id % 41 + 60,
       {yes}
FROM enrollment
"""
_SAME = """
SELECT p.name, p.phone, c.name_zh, p.town, r.title, e.status, e.enrolled_at, e.completed_at,
       (SELECT coalesce(sum(m.credited_ms), 0) FROM material_progress m
        WHERE m.person_id = e.person_id),
       (SELECT max(a.percent) FROM attempt a WHERE a.enrollment_id = e.id), e.id
FROM enrollment e JOIN person p ON p.id = e.person_id JOIN county c ON c.code = e.county_code
JOIN revision r ON r.id = e.revision_id WHERE e.status = 'completed'
ORDER BY e.completed_at DESC, e.id DESC
"""
# In 900 days they enrolled one after the other, and each took up to 60 days of their own.
_TOOK = "(id * 7919 % 60)"
_AT = {
    True: "datetime('2024-01-01', '+' || ({days}) || ' days') || '.000000'",
    False: "timestamptz '2024-01-01' + ({days}) * interval '1 day'",
}


def main() -> None:
    """Fill a database of each engine asked for, and measure."""
    asked = argparse.ArgumentParser()
    asked.add_argument("--rows", type=int, default=ROWS)
    asked.add_argument("--engine", choices=("sqlite", "postgresql"))
    options = asked.parse_args()
    engines = (options.engine,) if options.engine else ("sqlite", "postgresql")
    for engine in engines:
        with _database(engine) as url:
            for figure in of_exports(url, options.rows):
                print(f"{engine}_{figure.line()}", flush=True)


def of_exports(url: str, rows: int = ROWS) -> Iterator[Figure]:
    """Yield what each file of so many rows costs, in an empty database of the schema."""
    database = Database(url)
    _fill(database, rows)
    database.dispose()
    folder = Path(url.removeprefix("sqlite:///")).parent if "sqlite" in url else ROOT / "var"
    copied = _copy(url, folder / "copy.csv")
    limit = rows / ROWS
    yield amount("export_copy", round(copied, 1), "s", _SECONDS[ExportFormat.CSV] * limit)
    for form, seconds in _SECONDS.items():
        path = folder / f"list.{form}"
        took, held, before = _measured(url, form, path)
        yield amount(f"export_{form}", round(took, 1), "s", seconds * limit)
        yield amount(f"export_{form}_memory", round((held - before) / 1024, 1), "MB", _MB)
        whole = held / 1024
        yield Figure(f"export_{form}_memory_with_program", round(whole, 1), "MB", whole / _MB)
        times = round(took / copied, 2)
        yield amount(f"export_{form}_to_copy", times, "times", seconds / _COPY_SECONDS)
        path.unlink()


def _measured(url: str, form: ExportFormat, path: Path) -> tuple[float, int, int]:
    """Return the seconds a list took in a process of its own, the most it held, and before, kB."""
    program = [sys.executable, "-m", "bench.export_once", url, form, str(path)]
    process = subprocess.Popen(program, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    held = 0
    while process.poll() is None:
        held = max(held, peak(process.pid))
        sleep(_TICK)
    said = process.stdout.read() if process.stdout else ""
    if process.returncode:
        raise RuntimeError(f"the {form} failed")
    seconds, before = said.split()
    return float(seconds), held, int(before)


def _copy(url: str, path: Path) -> float:
    began = perf_counter()
    if url.startswith("sqlite"):
        database = Database(url)
        with database.engine.connect() as opened, path.open("w", newline="") as file:
            csv.writer(file).writerows(map(tuple, opened.exec_driver_sql(_SAME)))
        database.dispose()
    else:
        _copy_postgresql(url.replace("postgresql+psycopg", "postgresql"), path)
    took = perf_counter() - began
    path.unlink()
    return took


def _copy_postgresql(url: str, path: Path) -> None:
    with psycopg.connect(url) as connection, connection.cursor() as cursor, path.open("wb") as file:
        asked = SQL(f"COPY ({_SAME}) TO STDOUT (FORMAT csv)")
        with cursor.copy(asked) as copy:
            for block in copy:
                file.write(block)


def _fill(database: Database, rows: int) -> None:
    lite = database.is_sqlite
    at = "2026-01-01 00:00:00.000000" + ("" if lite else "+00:00")
    with database.transaction() as session:
        if not lite:
            session.execute(text("SET LOCAL statement_timeout = 0"))
        make_county(session)
        made, taken = _course(session)
        known = {
            "county": COUNTY,
            "at": at,
            "rows": rows,
            "quiz": taken,
            "course": made.course.id,
            "revision": made.revision.id,
            "material": made.materials["A01/text"].id,
            "item": made.items["FINAL/final"].id,
        }
        for statement in _statements(lite=lite):
            session.execute(text(statement), known)
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("ANALYZE" if lite else "VACUUM (ANALYZE)")


def _statements(*, lite: bool) -> list[str]:
    """Return what makes the people, and all they did."""
    words = {
        "yes": "1" if lite else "true",
        "enrolled": _AT[lite].format(days="day"),
        "completed": _AT[lite].format(days=f"day + {_TOOK}"),
    }
    return [each.format(**words) for each in (_PEOPLE, _ENROLLED, _STUDIED, _TESTED)]


def _course(session: Session) -> tuple[MadeCourse, int]:
    final = make_quiz(session)
    lessons = [lesson("A01", reading(minutes=50)), lesson("FINAL", quiz("final", quiz_id=final.id))]
    return make_course(session, lessons=lessons), final.id


@contextmanager
def _database(engine: str) -> Iterator[str]:
    folder = run.open_run()
    try:
        with fresh_url(engine, create_schema) as url:
            yield url
    finally:
        if engine == "postgresql":
            postgres.stop_server(folder)
        run.close_run()


if __name__ == "__main__":
    main()
