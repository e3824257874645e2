"""How long it takes to decide for a million learners, and how much memory the workers need."""

from __future__ import annotations

import argparse
import os
import resource
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter
from typing import Any

from sqlalchemy import event, text
from sqlalchemy.orm import Session

from bench.databases import ENGINES, fresh_database
from bench.figures import Figure, amount
from bench.servers import ROOT
from bench.world import COURSE
from lms.app import create_app
from lms.catalog.outline import CourseView
from lms.catalog.tree import published_revisions, revision_tree
from lms.db.session import Database, now
from lms.settings import Settings
from tests.factories.accounts import COUNTY, make_county
from tests.support.databases import create_schema
from tests.support.production import environment
from tools.environment import run_politely
from tools.messages import compile_catalogue

LEARNERS = 1_000_000
_SECONDS, _MEGABYTES = 600.0, 300.0
_AT_ONCE = 50_000
_FIRST = 1_000
_WORKERS = 2
_DAYS, _STEPS = 4, 6
_NUMBERS = """FROM (
    WITH RECURSIVE numbers(n) AS (
        SELECT CAST(:first AS BIGINT) UNION ALL SELECT n + 1 FROM numbers WHERE n < :last
    ) SELECT n FROM numbers
) AS people"""
_PERSON = """
INSERT INTO person (id, phone, name, county_code, town, state, created_at)
SELECT n, CAST(13000000000 + n AS VARCHAR(11)), '学员' || n, :county, '白石镇', 'active', :at
FROM people
"""
_ENROLLMENT = """
INSERT INTO enrollment (id, person_id, course_id, revision_id, county_code, status, enrolled_at)
SELECT n, n, :course, :revision, :county, 'active', :at FROM people
"""
_FACT = """
INSERT INTO learner_fact (person_id, key, value, source, valid_from, recorded_at)
SELECT n, '{key}', {value}, 'staff', '2026-03-02', :at FROM people
"""
# What is known of everybody, differing from one to the next as people do.
_FACTS = {
    "real_name_verified": "'true'",
    "consent": "CASE WHEN n % 9 = 0 THEN 'false' ELSE 'true' END",
    "sex": "CASE WHEN n % 3 = 0 THEN '\"M\"' ELSE '\"F\"' END",
    "birth_date": "'\"' || (1958 + n % 45) || '-0' || (1 + n % 9) || '-1' || (n % 10) || '\"'",
    "groups": "CASE WHEN n % 5 = 0 THEN '[\"veteran\"]' ELSE '[\"rural_transfer\"]' END",
    "ties": '\'[{"kind": "hukou", "code": "3308\' || (22 + n % 4) || \'"}]\'',
    "public_staff": "CASE WHEN n % 50 = 0 THEN 'true' ELSE 'false' END",
    "receiving_pension": "'false'",
}
_SLICE = """
INSERT INTO watch_slice (
    person_id, material_id, kind, lease_id, seq, part, day, wall_from_ms, wall_to_ms,
    claimed, seen, credited, held, refused, claimed_ms, seen_ms, credited_ms, held_ms,
    device_hash, received_at_ms, state, rate_percent
)
SELECT
    n, :material, 'beat', 'bench', n * 8 + :number, 0, :day - :number,
    1500000000000 + :number * 3000000, 1500002000000 + :number * 3000000,
    '[[0, 2000000]]', '[[0, 2000000]]', '[[0, 2000000]]', '[]', '{}',
    2000000, 2000000, 1000000 + n % 1000000, 0,
    '0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef',
    1500000015000, 'playing', 100
FROM people
"""
_DONE = """
INSERT INTO item_completion (enrollment_id, lesson_key, item_key, completed_at)
SELECT n, :lesson, :item, :at FROM people WHERE n % 4 >= :few
"""
_ATTEMPT = """
INSERT INTO attempt (
    quiz_id, item_id, enrollment_id, person_id, number, state, seed, started_at, submitted_at,
    points, max_points, percent, passed
)
SELECT :quiz, :quiz_item, n, n, 1, 'submitted', 1, :at, :at, 50 + n % 50, 100, 50 + n % 50, {passed}
FROM people
"""
_UNBOUND = ("SET LOCAL session_replication_role = replica", "SET LOCAL statement_timeout = 0")


def of_deciding(engine: str, learners: int) -> Iterator[Figure]:
    """Yield how long the command takes for everybody, and what its workers need at most."""
    (ROOT / "var").mkdir(exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="deciding-", dir=ROOT / "var"))
    folder.chmod(0o711)
    try:
        with fresh_database(engine, folder) as url:
            create_schema(url)
            variables = environment(folder, url)
            _tell(f"storing {learners:,} learners ...")
            _fill(variables, learners)
            _tell("deciding ...")
            seconds, used = _decide(variables)
            # Shared with others, a machine takes longer: this is what the command itself needed.
            _tell(f"{used.ru_utime + used.ru_stime:.0f} s of processor, server left out")
            yield amount("learners_decided", round(seconds, 1), "s", _SECONDS)
            yield amount("deciding_memory", round(used.ru_maxrss / 1024, 1), "MB", _MEGABYTES)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _decide(variables: dict[str, str]) -> tuple[float, resource.struct_rusage]:
    """Run the command and return the seconds it took and what its processes used."""
    command = [sys.executable, "-m", "flask", "--app", "wsgi:app", "subsidy", "evaluate", "--all"]
    began = perf_counter()
    process = subprocess.Popen([*command, "--workers", str(_WORKERS)], cwd=ROOT, env=variables)
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError("the command failed")
    return perf_counter() - began, used


def _fill(variables: dict[str, str], learners: int) -> None:
    app = create_app(Settings.from_env(variables))
    loaded = app.test_cli_runner().invoke(args=["content", "load", str(COURSE)])
    if loaded.exit_code != 0:
        raise RuntimeError(f"the course did not load:\n{loaded.output}")
    database: Database = app.extensions["lms_database"]
    with database.transaction() as session:
        make_county(session)
        course = revision_tree(session, published_revisions(session)[0])
        own = _names(session, course)
    with _unbound(database):
        for first in range(_FIRST, _FIRST + learners, _AT_ONCE):
            last = min(first + _AT_ONCE, _FIRST + learners) - 1
            with database.transaction() as session:
                _store(session, {**own, "first": first, "last": last}, course)
    with database.engine.connect() as connection:
        connection.execute(text("ANALYZE"))
        connection.commit()
    database.dispose()


def _names(session: Session, course: CourseView) -> dict[str, Any]:
    items = [item for lesson in course.lessons for item in lesson.items]
    quiz = next(each for each in reversed(items) if each.kind == "quiz")
    video = next(each for each in items if each.kind == "video")
    at = now(session)
    return {
        "course": course.course_id,
        "revision": course.revision_id,
        "county": COUNTY,
        "at": at.isoformat(sep=" ").replace("+00:00", "") if _is_sqlite(session) else at,
        "day": at.date().toordinal(),
        "material": video.material_id,
        "quiz_item": quiz.id,
        "quiz": session.execute(
            text("SELECT quiz_id FROM item WHERE id = :id"), {"id": quiz.id}
        ).scalar_one(),
    }


def _store(session: Session, own: dict[str, Any], course: CourseView) -> None:
    is_sqlite = _is_sqlite(session)
    for each in () if is_sqlite else _UNBOUND:
        session.execute(text(each))
    as_json = "{}" if is_sqlite else "CAST({} AS JSONB)"
    facts = [_FACT.format(key=key, value=as_json.format(value)) for key, value in _FACTS.items()]
    attempt = _ATTEMPT.format(passed="1" if is_sqlite else "true")
    for each in (_PERSON, _ENROLLMENT, *facts, attempt):
        _run(session, each, own)
    for number in range(_DAYS):
        _run(session, _SLICE, {**own, "number": number})
    items = [item for lesson in course.lessons for item in lesson.items][:_STEPS]
    for number, item in enumerate(items):
        named = {"lesson": item.lesson_key, "item": item.key, "few": number % 4}
        _run(session, _DONE, {**own, **named})


def _run(session: Session, statement: str, values: dict[str, Any]) -> None:
    """Run one statement over the numbers of the people."""
    asked = text(statement.replace("FROM people", _NUMBERS))
    session.execute(asked, {name: values[name] for name in asked._bindparams})  # noqa: SLF001


@contextmanager
def _unbound(database: Database) -> Iterator[None]:
    """Let SQLite not look up what each row refers to while they are stored."""
    if not database.is_sqlite:
        yield
        return

    def loose(connection: Any, *_rest: Any) -> None:  # noqa: ANN401
        connection.execute("PRAGMA foreign_keys=OFF")
        connection.execute("PRAGMA synchronous=OFF")

    event.listen(database.engine, "checkout", loose)
    yield
    event.remove(database.engine, "checkout", loose)


def _is_sqlite(session: Session) -> bool:
    return session.get_bind().dialect.name == "sqlite"


def _tell(said: str) -> None:
    print(said, file=sys.stderr, flush=True)


def main() -> None:
    """Measure on each engine, or on the one that is named, with fewer learners on request."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--learners", type=int, default=LEARNERS)
    parser.add_argument("--engine", choices=ENGINES, action="append")
    given = parser.parse_args()
    compile_catalogue(ROOT)
    for engine in given.engine or ENGINES:
        for figure in of_deciding(engine, given.learners):
            print(f"{engine}_{figure.line()}", flush=True)


if __name__ == "__main__":
    run_politely(main)
