"""What the people desk costs over a million people, beside what it costs over a thousand."""

from __future__ import annotations

from statistics import median
from time import perf_counter

from flask import Flask
from sqlalchemy import text

from bench.figures import Figure
from lms.accounts.gateway import keys_of
from lms.core.access import Actor, Grant, Role, Scope, ScopeKind
from lms.db.session import Database
from lms.roster.service.recounting import fill_found
from lms.staff import queries
from lms.staff.domain import PeopleSearch
from tests.factories.accounts import COUNTY, make_county

_MANY = 1_000_000
_TIMES = 25
# The same work on a table a thousand times as long: index pages are a level or two deeper.
_WANTED = 2
# Enough of each kind to fill a page with few people too.
_FILL = """
WITH RECURSIVE people(n) AS (
    SELECT CAST(1 AS BIGINT) UNION ALL SELECT n + 1 FROM people WHERE n < :many
)
INSERT INTO person (phone, name, county_code, town, state, created_at)
SELECT CAST(15000000000 + n AS VARCHAR(11)), 'P' || (n % 10) || '-' || n, :county,
       'T' || (n % 20), 'active', :at
FROM people
"""
_NUMBERS = """
INSERT INTO identity (
    person_id, number, number_index, mask, birth_date, sex, state, entered_at, entered_by_id,
    method, checked_at
)
SELECT id, 'k1:x', 'bench-' || id, '**************1234', '1988-05-20', 'F',
       CASE WHEN id % 10 = 0 THEN 'declared' ELSE 'verified' END, :at, id,
       CASE WHEN id % 10 = 0 THEN NULL ELSE 'registry' END,
       CASE WHEN id % 10 = 0 THEN NULL ELSE CAST(:at AS {moment}) END
FROM person WHERE name LIKE 'P%' AND id % 5 = 0
"""
_ROLES = """
INSERT INTO role_grant (person_id, role, scope_kind, scope_id, granted_at)
SELECT id, 'mentor', 'county', :county, :at FROM person WHERE name LIKE 'P%' LIMIT 60
"""
_FIRST_AND_LAST = "SELECT min(id), max(id) FROM person WHERE name LIKE 'P%-%'"
_SEARCHES = {
    "all": PeopleSearch(),
    "name": PeopleSearch(words="P7-"),
    "next_page": PeopleSearch(words="P7-", after=0),
    "phone": PeopleSearch(words="15000000777"),
    "card": PeopleSearch(words="11010519491231002X"),
    "to_be_looked_at": PeopleSearch(identity="declared"),
    "staff": PeopleSearch(is_staff=True),
}


def of_people(app: Flask) -> list[Figure]:
    """Return the cost of the slowest search and of each, as ratios of many people to few."""
    database: Database = app.extensions["lms_database"]
    index = keys_of(app.extensions["lms_settings"]).index
    scope = Scope(ScopeKind.COUNTY, COUNTY)
    actor = Actor(1, "bench", (Grant(Role.ADMINISTRATOR, scope),), 1)
    with database.transaction() as session:
        make_county(session)
    _fill(database, 1_000)
    few = {name: _cost(database, actor, search, index) for name, search in _SEARCHES.items()}
    _fill(database, _MANY)
    many = {name: _cost(database, actor, search, index) for name, search in _SEARCHES.items()}
    return [
        Figure(f"people_desk_{name}", round(many[name] * 1_000, 1), "ms", ratio, _WANTED)
        for name, ratio in ((name, many[name] / few[name]) for name in _SEARCHES)
    ]


def _fill(database: Database, many: int) -> None:
    moment = "VARCHAR" if database.is_sqlite else "TIMESTAMPTZ"
    with database.transaction() as session:
        at = "2026-01-01 00:00:00+00:00" if not database.is_sqlite else "2026-01-01 00:00:00.000000"
        if not database.is_sqlite:
            # Row by row, keeping by what ten million ends of names are found takes far longer.
            session.execute(text("SET LOCAL session_replication_role = replica"))
            session.execute(text("SET LOCAL statement_timeout = 0"))
        session.execute(text("DELETE FROM identity WHERE number_index LIKE 'bench-%'"))
        session.execute(text("DELETE FROM role_grant WHERE role = 'mentor'"))
        session.execute(text("DELETE FROM found_by"))
        session.execute(text("DELETE FROM person WHERE name LIKE 'P%-%'"))
        session.execute(text(_FILL), {"many": many, "county": COUNTY, "at": at})
        session.execute(text(_NUMBERS.format(moment=moment)), {"at": at})
        session.execute(text(_ROLES), {"county": COUNTY, "at": at})
        if not database.is_sqlite:
            fill_found(session, *session.execute(text(_FIRST_AND_LAST)).one())
    # As a database is some minutes after a list was taken in.
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("ANALYZE" if database.is_sqlite else "VACUUM (ANALYZE)")
        if not database.is_sqlite:
            connection.exec_driver_sql("CHECKPOINT")


def _cost(database: Database, actor: Actor, search: PeopleSearch, index: object) -> float:
    """Return the middle of some times, seconds, without the first, which only warms up."""
    if search.after == 0:
        with database.snapshot() as session:
            page = queries.people(session, actor, PeopleSearch(words=search.words), index=index)  # type: ignore[arg-type]  # the index of keys
        search = PeopleSearch(words=search.words, after=page.lines[len(page.lines) // 2].id)
    times = []
    for _ in range(_TIMES + 1):
        with database.snapshot() as session:
            began = perf_counter()
            queries.people(session, actor, search, index=index)  # type: ignore[arg-type]  # as above
            times.append(perf_counter() - began)
    return median(times[1:])
