"""The ground the other tests stand on: fresh databases, and no silence about what is missing."""

import json
import signal
import subprocess
import sys
import time
from http.client import HTTPConnection
from pathlib import Path
from threading import Event, Timer

import pytest
from flask import Flask
from sqlalchemy import create_engine, inspect, text

from tests.architecture.rules.source import ROOT
from tests.support import summary
from tests.support.databases import create_schema, fresh_url
from tests.support.site import serving
from tests.support.watchdog import alive

LEAVE_A_SERVER = """
import json, time
from tests.support import postgres, run
folder = run.open_run()
postgres.server_url()
server = json.loads((folder / "postgres.json").read_text())
print(json.dumps([str(folder), server["pid"]]), flush=True)
time.sleep(60)
"""
ENGINES = ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)]


class Terminal:
    """Keeps what would be printed."""

    def __init__(self, *reasons: str) -> None:
        skipped = [
            pytest.TestReport("a", ("a", 1, "a"), {}, "skipped", ("a.py", 1, reason), "setup")
            for reason in reasons
        ]
        self.stats = {"skipped": skipped}
        self.lines: list[str] = []

    def section(self, title: str, **_: object) -> None:
        self.lines.append(title)

    def line(self, text: str, **_: object) -> None:
        self.lines.append(text)


def tables(url: str) -> list[str]:
    engine = create_engine(url)
    names = inspect(engine).get_table_names()
    engine.dispose()
    return names


def execute(url: str, statement: str) -> None:
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text(statement))
    engine.dispose()


@pytest.mark.parametrize("engine", ENGINES)
def test_a_test_that_wrecks_its_database_harms_no_other(engine):
    with fresh_url(engine, create_schema) as wrecked:
        whole = tables(wrecked)
        execute(wrecked, "CREATE TABLE wreck (id int)")
        with fresh_url(engine, create_schema) as other:
            assert "wreck" in tables(wrecked)
            assert tables(other) == whole


@pytest.mark.postgres
def test_a_run_that_is_killed_leaves_no_server_behind():
    run = subprocess.Popen([sys.executable, "-c", LEAVE_A_SERVER], cwd=ROOT, stdout=subprocess.PIPE)
    folder, server = json.loads(run.stdout.readline())
    run.send_signal(signal.SIGKILL)
    run.communicate()
    until = time.monotonic() + 20
    while alive(server) or Path(folder).exists():
        assert time.monotonic() < until, "the server or its folder is still there"
        time.sleep(0.1)


def test_a_site_that_ends_waits_for_what_it_still_answers():
    app, begun, may_end, ended = Flask("slow"), Event(), Event(), Event()

    @app.get("/")
    def slowly() -> str:
        begun.set()
        may_end.wait(20)
        ended.set()
        return "done"

    with serving(app) as url:
        host = url.removeprefix("http://")
        browser = HTTPConnection(host)
        browser.request("GET", "/")
        assert begun.wait(20)
        browser.close()
        Timer(0.2, may_end.set).start()
    assert ended.is_set()


def test_a_part_that_cannot_be_had_is_named_with_what_it_cost():
    with pytest.raises(pytest.skip.Exception) as skipped:
        summary.miss("Browser", "no Chromium found")
    reason = f"Skipped: {skipped.value}"
    terminal = Terminal(reason, reason, "Skipped: only on Fridays")
    summary.report(terminal)
    assert terminal.lines == [
        "NOT TESTED ON THIS MACHINE",
        "Browser: no Chromium found (2 tests left out)",
    ]


def test_nothing_is_said_where_all_parts_could_be_had():
    terminal = Terminal("Skipped: only on Fridays")
    summary.report(terminal)
    assert terminal.lines == []
