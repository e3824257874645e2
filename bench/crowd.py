"""Fills a database with millions of enrollments, by the database itself, past its triggers."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from time import perf_counter

from sqlalchemy import text
from sqlalchemy.orm import Session

from lms.accounts.models import County
from lms.db.session import Database
from lms.roster.service.recounting import fill_found, fill_lines
from tests.factories.catalog import MadeCourse, lesson, make_course, reading
from tests.factories.enrollment import make_class

COUNTIES, COURSES, CLASSES = 20, 12, 400
_AT_ONCE = 500_000
# Each county has twenty towns of a like size and one in the mountains with a handful of people.
_FILL_PEOPLE = """
WITH RECURSIVE numbers(n) AS (
    SELECT CAST(:first AS BIGINT) UNION ALL SELECT n + 1 FROM numbers WHERE n < :last
)
INSERT INTO person (id, phone, name, county_code, town, state, created_at)
SELECT n, CAST(13000000000 + n AS VARCHAR(11)),
       substr('王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗', CAST(n % 20 AS INTEGER) + 1, 1)
       || substr('秀建芳国丽军水金小红', CAST((n / 20) % 10 AS INTEGER) + 1, 1)
       || substr('英华平兰根土梅仙娟明', CAST((n / 200) % 10 AS INTEGER) + 1, 1)
       || CASE WHEN n % 500000 = 77 THEN '·古丽' ELSE '' END,
       CAST(330800 + n % :counties AS VARCHAR(6)),
       CASE WHEN n % 200000 = 8 THEN '深山乡'
            ELSE '第' || CAST((n / 20) % 20 AS VARCHAR(3)) || '镇' END,
       'active', {at}
FROM numbers
"""
_FILL_FACTS = """
WITH RECURSIVE numbers(n) AS (
    SELECT CAST(:first AS BIGINT) UNION ALL SELECT n + 1 FROM numbers WHERE n < :last
)
INSERT INTO learner_fact (person_id, key, value, source, valid_from, recorded_at)
SELECT n, 'groups',
       CAST(CASE WHEN n % 100000 = 8 THEN '["veteran"]' WHEN n % 3 = 0 THEN '["rural_transfer"]'
            WHEN n % 7 = 0 THEN '["hardship"]'
            ELSE '["registered_unemployed","graduate_year"]' END AS {json}),
       'staff', '2025-01-01', {at}
FROM numbers WHERE n % 3 = 0 OR n % 7 = 0 OR n % 11 = 0 OR n % 100000 = 8
"""
# The first course was taught in the first weeks alone; everybody takes two of the others.
_FILL_ENROLLMENTS = """
WITH RECURSIVE numbers(n) AS (
    SELECT CAST(:first AS BIGINT) UNION ALL SELECT n + 1 FROM numbers WHERE n < :last
), chosen AS (
    SELECT n, 1 + n / 2 AS person_id,
           CASE WHEN n < :old AND n % 2 = 0 THEN 0
                ELSE 1 + (n / 2 * 7 + n % 2 * 3) % (:courses - 1) END AS course,
           CASE WHEN n % 2000000 = 9 THEN 'cancelled' WHEN n / 41 % 10 < 4 THEN 'completed'
                WHEN n / 41 % 10 < 9 THEN 'active' ELSE 'withdrawn' END AS status
    FROM numbers
)
INSERT INTO enrollment (person_id, course_id, revision_id, county_code, status, enrolled_at,
                        completed_at, training_class_id)
SELECT person_id, bench_course.course_id, bench_course.revision_id,
       CAST(330800 + person_id % :counties AS VARCHAR(6)), status, {enrolled},
       CASE WHEN status = 'completed' THEN {completed} END,
       CASE WHEN n % 97 < 20 THEN bench_course.first_class + n % :classes END
FROM chosen JOIN bench_course ON bench_course.number = course
"""
_MOMENTS = {
    "sqlite": {
        "at": "'2025-01-01 00:00:00.000000'",
        "enrolled": "strftime('%Y-%m-%d %H:%M:%f000', 1700000000 + n * 15, 'unixepoch')",
        "completed": (
            "strftime('%Y-%m-%d %H:%M:%f000', 1700000000 + n * 15 + 2000000 + n % 977 * 1000, "
            "'unixepoch')"
        ),
        "json": "TEXT",
    },
    "postgresql": {
        "at": "TIMESTAMPTZ '2025-01-01 00:00:00+00:00'",
        "enrolled": "to_timestamp(1700000000 + n * 15)",
        "completed": "to_timestamp(1700000000 + n * 15 + 2000000 + n % 977 * 1000)",
        "json": "JSONB",
    },
}


def fill(database: Database, enrollments: int) -> list[MadeCourse]:
    """Fill an empty database; return its courses, of which the first is over for long."""
    with database.transaction() as session:
        courses = _courses(session)
    with _unwatched(database):
        people = enrollments // 2 + 1
        fills = (
            (_FILL_PEOPLE, 1, people),
            (_FILL_FACTS, 1, people),
            (_FILL_ENROLLMENTS, 0, enrollments - 1),
        )
        for said, first, last in fills:
            _fill(database, said, first, last)
        _derive(database, people)
    if not database.is_sqlite:
        with database.transaction() as session:
            # People came with their numbers, so that the next one has to be told.
            session.execute(text("SELECT setval('person_id_seq', (SELECT max(id) FROM person))"))
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("ANALYZE" if database.is_sqlite else "VACUUM (ANALYZE)")
    return courses


def _courses(session: Session) -> list[MadeCourse]:
    for number in range(COUNTIES):
        session.add(County(code=str(330800 + number), name_zh=f"县{number}", name_en=f"C{number}"))
    session.flush()
    session.execute(
        text(
            "CREATE TABLE bench_course (number INTEGER PRIMARY KEY, course_id BIGINT, "
            "revision_id BIGINT, first_class BIGINT)"
        )
    )
    made = []
    for number in range(COURSES):
        course = make_course(
            session, lessons=[lesson("A01", reading(), reading("more", minutes=10))]
        )
        classes = [
            make_class(session, course, county_code="330800", title=f"第{each}期").id
            for each in range(CLASSES)
        ]
        session.execute(
            text("INSERT INTO bench_course VALUES (:number, :course, :revision, :first)"),
            {
                "number": number,
                "course": course.course.id,
                "revision": course.revision.id,
                "first": classes[0],
            },
        )
        made.append(course)
    return made


def _fill(database: Database, said: str, first: int, last: int) -> None:
    named = said.format(**_MOMENTS[database.engine.name])
    for begin in range(first, last + 1, _AT_ONCE):
        values = {
            "first": begin,
            "last": min(last, begin + _AT_ONCE - 1),
            "counties": COUNTIES,
            "courses": COURSES,
            "classes": CLASSES,
            "old": 200_000,
        }
        with database.transaction() as session:
            _unbind(session)
            session.execute(text(named), {key: values[key] for key in values if f":{key}" in named})


def _derive(database: Database, people: int) -> None:
    with database.transaction() as session:
        _unbind(session)
        last = session.execute(text("SELECT max(id) FROM enrollment")).scalar_one()
        for begin in range(1, last + 1, _AT_ONCE):
            fill_lines(session, begin, begin + _AT_ONCE - 1)
    for begin in range(1, people + 1, _AT_ONCE):
        with database.transaction() as session:
            _unbind(session)
            fill_found(session, begin, begin + _AT_ONCE - 1)
    with database.transaction() as session:
        _unbind(session)
        session.execute(
            text(
                "INSERT INTO course_time (person_id, course_id, verified_ms) "
                "SELECT DISTINCT person_id, course_id, 2700000 * (1 + id % 30) FROM enrollment "
                "WHERE true ON CONFLICT (person_id, course_id) DO NOTHING"
            )
        )
        session.execute(
            text(
                "INSERT INTO final_result (enrollment_id, percent) SELECT id, 60 + id % 40 "
                "FROM enrollment WHERE status = 'completed'"
            )
        )


def _unbind(session: Session) -> None:
    if session.get_bind().dialect.name == "sqlite":
        # Who is filled in is there; a half of the memory of a small server may hold the pages.
        session.execute(text("PRAGMA cache_size = -1000000"))
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SET LOCAL session_replication_role = replica"))
        session.execute(text("SET LOCAL statement_timeout = 0"))
        session.execute(text("SET LOCAL maintenance_work_mem = '512MB'"))


_BARE = {
    "sqlite": (
        "SELECT 'DROP ' || type || ' ' || name, sql FROM sqlite_master WHERE sql IS NOT NULL "
        "AND (type = 'trigger' OR type = 'index' "
        "AND tbl_name IN ('enrollment', 'roster_line', 'person'))"
    ),
    "postgresql": (
        "SELECT 'DROP INDEX ' || indexname, indexdef FROM pg_indexes "
        "WHERE tablename IN ('enrollment', 'roster_line', 'person') AND schemaname = 'public' "
        "AND indexname NOT IN (SELECT conname FROM pg_constraint)"
    ),
}


@contextmanager
def _unwatched(database: Database) -> Iterator[None]:
    """Take away what is dear to keep in step row by row, and make it anew from all of them."""
    began = perf_counter()
    with database.transaction() as session:
        found = session.execute(text(_BARE[database.engine.name])).all()
        for drop, _make in found:
            session.execute(text(drop))
    yield
    for _drop, make in found:
        with database.transaction() as session:
            _unbind(session)
            session.connection().exec_driver_sql(make)
    print(f"filled in {perf_counter() - began:.0f} s", file=sys.stderr, flush=True)
