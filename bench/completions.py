"""What the completions page costs over five million enrollments, at the commonest and rarest.

Run alone: ``python -m bench.completions --engine postgresql --enrollments 5000000``.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from statistics import median
from time import perf_counter
from urllib.parse import urlencode

from flask import Flask
from sqlalchemy import text

from bench.crowd import fill
from bench.databases import ENGINES, fresh_database
from bench.figures import Figure, amount
from bench.servers import ROOT
from bench.world import Browser, appoint, sign_in
from lms.app import create_app
from lms.core.access import Scope, ScopeKind
from lms.db.session import Database
from lms.settings import Settings
from tests.support.databases import create_schema
from tests.support.production import HOST, environment

SOME, MANY = 200_000, 5_000_000
_LIMIT_MS = 50.0
_TIMES = 9
_EVERYWHERE, _ONE = Scope(ScopeKind.PLATFORM), Scope(ScopeKind.COUNTY, "330808")
_PAGE = "/staff/completions"
# What is asked for, by whom: the usual, then the rare, then what finds nobody.
_ASKED: Mapping[str, tuple[Scope, Mapping[str, str]]] = {
    "county": (_ONE, {}),
    "county_everyone": (_ONE, {"status": "all"}),
    "county_not_finished": (_ONE, {"status": "active"}),
    "county_cancelled": (_ONE, {"status": "cancelled"}),
    "rare_town": (_ONE, {"town": "深山乡", "status": "all"}),
    "rare_town_group": (_ONE, {"town": "深山乡", "group": "veteran", "status": "withdrawn"}),
    "county_rare_group": (_ONE, {"group": "veteran"}),
    "county_days": (_ONE, {"from": "2024-06-01", "to": "2024-06-30"}),
    "county_old_course": (_ONE, {"course": "old"}),
    "name_of_many": (_ONE, {"q": "王秀"}),
    "name_of_few": (_ONE, {"q": "古丽"}),
    "name_of_nobody": (_ONE, {"q": "没有这个人"}),
    "phone_tail": (_ONE, {"q": "4321"}),
    "class": (_EVERYWHERE, {"class": "class", "status": "all"}),
    "everywhere": (_EVERYWHERE, {}),
    "everywhere_everyone": (_EVERYWHERE, {"status": "all"}),
    "everywhere_not_finished": (_EVERYWHERE, {"status": "active"}),
    "everywhere_rare_group": (_EVERYWHERE, {"group": "veteran", "status": "all"}),
    "everywhere_rare_result": (_EVERYWHERE, {"status": "cancelled"}),
    "everywhere_common_group": (_EVERYWHERE, {"group": "rural_transfer", "status": "all"}),
    "everywhere_old_course": (_EVERYWHERE, {"course": "old", "status": "withdrawn"}),
    "everywhere_town": (_EVERYWHERE, {"town": "第7镇", "status": "active"}),
    "everywhere_name": (_EVERYWHERE, {"q": "丽"}),
    "everywhere_days": (_EVERYWHERE, {"from": "2024-01-05", "to": "2024-01-05", "status": "all"}),
}
_DEEP = ("county", "county_not_finished", "everywhere_everyone", "everywhere_common_group")


def of_completions(app: Flask, enrollments: int = SOME) -> list[Figure]:
    """Fill the application's database; return the slowest pages and how many were too slow."""
    courses = fill(app.extensions["lms_database"], enrollments)
    return list(measured(app, courses[0].course.slug))


def measured(app: Flask, old: str) -> Iterator[Figure]:
    """Yield what each page costs on a database that is filled."""
    browsers = {scope: _browser(app, scope) for scope in (_EVERYWHERE, _ONE)}
    training_class = _class(app)
    slow = 0.0
    for name, (scope, asked) in _ASKED.items():
        query = dict(asked)
        query |= {"course": old} if query.get("course") else {}
        query |= {"class": training_class} if query.get("class") else {}
        places = [query]
        if name in _DEEP:
            # Two years back, of three.
            places.append(query | {"after": "1715000000000000-1"})
        for depth, place in zip(("", "_deep"), places, strict=False):
            figure = _cost(app, browsers[scope], f"completions_{name}{depth}", place)
            slow = max(slow, figure.value)
            yield figure
    yield amount("completions_slowest", slow, "ms", _LIMIT_MS)


def _cost(app: Flask, browser: Browser, name: str, query: Mapping[str, str]) -> Figure:
    times = [_seconds(app, browser, query) for _ in range(_TIMES + 1)]
    return amount(name, round(median(times[1:]) * 1000, 1), "ms", _LIMIT_MS)


def _seconds(app: Flask, browser: Browser, query: Mapping[str, str]) -> float:
    headers = dict(line.split(": ", 1) for line in browser.headers.splitlines())
    client = app.test_client(use_cookies=False)
    began = perf_counter()
    with client.get(
        f"{_PAGE}?{urlencode(query)}", headers=headers, base_url=f"http://{HOST}", buffered=False
    ) as answer:
        next(iter(answer.response))
        took = perf_counter() - began
        if answer.status_code != 200:  # noqa: PLR2004 (HTTP)
            raise RuntimeError(f"{query} answered {answer.status}")
    return took


def _browser(app: Flask, scope: Scope) -> Browser:
    database: Database = app.extensions["lms_database"]
    with database.transaction() as session:
        browser = sign_in(app, session, "330808")
        appoint(session, browser, scope)
    return browser


def _class(app: Flask) -> str:
    database: Database = app.extensions["lms_database"]
    seated = "SELECT training_class_id FROM enrollment WHERE training_class_id IS NOT NULL LIMIT 1"
    with database.snapshot() as session:
        return str(session.execute(text(seated)).scalar_one())


def main() -> None:
    """Fill a database and print a line a figure."""
    parser = argparse.ArgumentParser(description="The completions page over many enrollments.")
    parser.add_argument("--engine", choices=ENGINES, default="sqlite")
    parser.add_argument("--enrollments", type=int, default=MANY)
    wanted = parser.parse_args()
    (ROOT / "var").mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="bench-", dir=ROOT / "var") as name:
        folder = Path(name)
        folder.chmod(0o755)
        with fresh_database(wanted.engine, folder) as url:
            create_schema(url)
            app = create_app(Settings.from_env(environment(folder, url)))
            for figure in of_completions(app, wanted.enrollments):
                print(figure.line(), flush=True)
            app.extensions["lms_database"].dispose()


if __name__ == "__main__":
    sys.exit(main())
