"""Prints one line a figure: name, value, unit, ratio to its yardstick or limit."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from flask import Flask

from bench import (
    badges,
    completions,
    decisions,
    exports,
    insights,
    ledger,
    media,
    pages,
    people,
    rates,
    rosters,
    uploads,
)
from bench.figures import Figure
from bench.servers import ROOT
from bench.serving import of_media
from bench.world import LESSON, build
from lms.app import create_app
from lms.settings import Settings
from tests.support import cluster, postgres, run
from tests.support.databases import create_schema, fresh_url
from tests.support.production import environment, serving
from tools.environment import run_politely
from tools.messages import compile_catalogue


def main() -> None:
    """Measure on every engine this machine has."""
    signal.signal(signal.SIGTERM, _end)
    compile_catalogue(ROOT)
    _tell(f"load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors")
    # First: ten million entries keep a disk busy long after they were stored.
    with _folder() as folder:
        for figure in (*media.of_media(folder), *uploads.of_uploads(folder)):
            print(figure.line(), flush=True)
    for line in _on_sqlite():
        print(line, flush=True)
    if cluster.programs() is None:
        _tell("no PostgreSQL found: its figures are left out")
        return
    for line in _on_postgresql():
        print(line, flush=True)
    _tell(f"load average {os.getloadavg()[0]:.1f}")


def _on_sqlite() -> Iterator[str]:
    for measure in (_figures, *_FRESH):
        with _folder() as folder:
            url = f"sqlite:///{folder / 'bench.sqlite3'}"
            create_schema(url)
            for figure in measure(url, folder):
                yield figure.line()
    for line in _deciding("sqlite"):
        yield line.removeprefix("sqlite_")


def _on_postgresql() -> Iterator[str]:
    for measure in (_figures, *_FRESH):
        with _folder() as folder, _postgresql() as url:
            for figure in measure(url, folder):
                yield "postgresql_" + figure.line()
    yield from _deciding("postgresql")


def _deciding(engine: str) -> Iterator[str]:
    """Yield its lines; of its own, as a process is said to have held what began it held."""
    program = [sys.executable, "-m", "bench.deciding", "--engine", engine]
    with subprocess.Popen(program, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        yield from map(str.rstrip, process.stdout or ())
    if process.returncode:
        raise RuntimeError("nobody was decided for")


def _figures(url: str, folder: Path) -> Iterator[Figure]:
    variables = environment(folder, url)
    app = create_app(Settings.from_env(variables))
    world = build(app)
    length = pages.page_bytes(app, world.learners[1], f"/learn/{world.course.slug}/{LESSON}.video")
    bare = f"bench.bare:make({url!r}, {length})"
    with (
        serving("wsgi:app", variables) as site,
        serving(bare, variables) as yardstick,
    ):
        yield from rates.of_pages(world, port=site.port, bare_port=yardstick.port)
        yield from rates.of_writes(world, port=site.port, bare_port=yardstick.port)
    yield from pages.of_pages(app, world)
    yield from decisions.of_decisions(app, world)
    yield from badges.of_badges(app, world)
    yield from of_media(app, world, variables, folder)
    database = app.extensions["lms_database"]
    # Last: all else is measured in a county's first year.
    with (
        serving("wsgi:app", variables) as site,
        serving(bare, variables) as yardstick,
    ):
        yield from ledger.of_stored(database, world, port=site.port, bare_port=yardstick.port)
    database.dispose()


def _people_desk(url: str, folder: Path) -> Iterator[Figure]:
    yield from _on_app(people.of_people, url, folder)


def _exports(url: str, _folder: Path) -> Iterator[Figure]:
    yield from exports.of_exports(url, exports.ROWS // 10)


def _rosters(url: str, folder: Path) -> Iterator[Figure]:
    yield from _on_app(rosters.of_rosters, url, folder)


def _completions(url: str, folder: Path) -> Iterator[Figure]:
    yield from _on_app(completions.of_completions, url, folder)


def _on_app(measure: Callable[[Flask], list[Figure]], url: str, folder: Path) -> Iterator[Figure]:
    app = create_app(Settings.from_env(environment(folder, url)))
    yield from measure(app)
    app.extensions["lms_database"].dispose()


def _insights(url: str, folder: Path) -> Iterator[Figure]:
    yield from _on_app(insights.of_insights, url, folder)


# What fills a table, or needs one that is empty, on a database of its own.
_FRESH = (_people_desk, _rosters, _insights, _exports, _completions)


@contextmanager
def _folder() -> Iterator[Path]:
    """Yield a folder on the disk the site's data lies on, so that a commit costs what it costs."""
    (ROOT / "var").mkdir(exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="bench-", dir=ROOT / "var"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _postgresql() -> Iterator[str]:
    folder = run.open_run()
    try:
        with fresh_url("postgresql", create_schema) as url:
            yield url
    finally:
        postgres.stop_server(folder)
        run.close_run()


def _end(_signal: int, _frame: FrameType | None) -> None:
    sys.exit("stopped")


def _tell(said: str) -> None:
    print(said, file=sys.stderr, flush=True)


if __name__ == "__main__":
    run_politely(main)
