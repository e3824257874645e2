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


@pytest.mark.usefixtures("small")
def test_whole_numbers_need_a_reason_and_leave_an_act(
    app: Flask, out: Path, database: Database
) -> None:
    asked = ("export", "--kind", "completions", "--format", "csv", "--out", str(out))
    assert run(app, *asked, "--unmasked", "--reason", "5 月拨付").exit_code == 0
    assert "13900002217" in out.read_text("utf-8-sig")
    with database.snapshot() as session:
        acts = session.scalars(select(AuditEntry).where(AuditEntry.action == "numbers.opened"))
        assert [each.details for each in acts] == [{"purpose": "5 月拨付", "rows": 2}]
    assert run(app, *asked).exit_code == 0
    assert "139****2217" in out.read_text("utf-8-sig")


@pytest.mark.usefixtures("small")
def test_every_list_is_written_whatever_the_file(app: Flask, tmp_path: Path) -> None:
    for kind, form in (
        *(("behind", "pdf"), ("opening", "xlsx"), ("application", "csv_gb18030")),
        *(("hours", "pdf"), ("notice", "xlsx")),
    ):
        out = tmp_path / f"{kind}.{form}"
        asked = ("export", "--kind", kind, "--format", form, "--status", "all", "--out", str(out))
        done = run(app, *asked)
        assert (done.exit_code, out.stat().st_size > 0) == (0, True), done.output


@pytest.mark.parametrize(
    "arguments",
    [
        ("--kind", "nonsense", "--format", "csv"),
        ("--kind", "completions", "--format", "csv", "--unmasked", "--reason", " "),
        ("--kind", "completions", "--format", "csv", "--class", "2026-3"),
        ("--kind", "completions", "--format", "csv", "--from", "never"),
        ("--kind", "completions", "--format", "docx"),
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
