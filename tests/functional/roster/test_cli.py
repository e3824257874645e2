"""The operator's command: written straight to a file."""

import csv
import io
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from lms.audit.models import AuditEntry
from lms.db.session import Database
from tests.factories.roster import NEIGHBOUR


def run(app: Flask, *arguments: str):
    return app.test_cli_runner().invoke(args=["roster", *arguments])


def names(path: Path) -> list[str]:
    return [row[1] for row in csv.reader(io.StringIO(path.read_text("utf-8-sig")))][1:]


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "out" / "list.csv"


@pytest.mark.usefixtures("small")
def test_the_whole_installation_is_written(app: Flask, out: Path, database: Database) -> None:
    done = run(app, "export", "--kind", "completions", "--format", "csv", "--out", str(out))
    assert done.exit_code == 0
    assert done.output.startswith("2 rows in ")
    assert names(out) == ["毛丽娟", "程建军"]
    with database.snapshot() as session:
        (entry,) = session.scalars(select(AuditEntry).where(AuditEntry.action == "export.made"))
    assert (entry.actor_id, entry.details["rows"]) == (None, 2)


@pytest.mark.usefixtures("small")
def test_options_narrow_it(app: Flask, out: Path) -> None:
    common = ("export", "--kind", "completions", "--format", "csv", "--out", str(out))
    assert run(app, *common, "--county", NEIGHBOUR).exit_code == 0
    assert names(out) == ["毛丽娟"]
    assert run(app, *common, "--from", "2026-05-21").exit_code == 0
    assert names(out) == []


@pytest.mark.parametrize(
    "arguments",
    [
        ("--kind", "notice", "--format", "csv"),
        ("--kind", "completions", "--format", "csv", "--unmasked", "--reason", "x"),
        ("--kind", "completions", "--format", "csv", "--class", "2026-3"),
        ("--kind", "completions", "--format", "csv", "--from", "never"),
        ("--kind", "completions", "--format", "pdf"),
        ("--kind", "completions"),
    ],
)
def test_what_cannot_be_done_ends_with_a_sentence_and_no_file(
    app: Flask, out: Path, arguments: tuple[str, ...]
) -> None:
    done = run(app, "export", *arguments, "--out", str(out))
    assert done.exit_code in (1, 2)
    assert "Error: " in done.output
    assert "Traceback" not in done.output
    assert not out.exists()


def test_the_sweep_says_how_many_files_went(app: Flask) -> None:
    assert run(app, "sweep").output == "0 files deleted.\n"
