"""The commands for course folders: what they say, and the exit that scripts look at."""

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import func, select

from lms.catalog import service as catalog
from lms.catalog.models import Course, Revision
from lms.core.access import Actor, Grant, Role, Scope, ScopeKind
from lms.db.session import Database, now
from tests.factories.accounts import make_person
from tests.factories.content import write_folder

Run = Callable[..., Result]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return write_folder(tmp_path / "course")


@pytest.fixture
def run(app: Flask) -> Run:
    return lambda *arguments: app.test_cli_runner().invoke(args=["content", *map(str, arguments)])


def revisions(database: Database) -> int:
    with database.snapshot() as session:
        return session.scalar(select(func.count(Revision.id)))


def break_folder(root: Path) -> None:
    for path, old, new in (
        ("course.yaml", "cover: noodle", "cover: dragon"),
        ("lessons/A01/lesson.yaml", "minutes: 20", "minutes: 0"),
    ):
        file = root / path
        file.write_text(file.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")


def test_a_good_folder_has_no_fault(run: Run, root: Path) -> None:
    result = run("check", root)

    assert result.exit_code == 0
    assert result.output == "noodle-class: 2 units, 3 lessons, no fault.\n"


def test_each_fault_is_a_line_with_file_line_sentence_and_code(run: Run, root: Path) -> None:
    break_folder(root)

    result = run("check", root)

    assert result.exit_code == 1
    first, second, last = result.output.splitlines()
    assert first.startswith(f"{root}/course.yaml:6: “cover” has to be one of: noodle, ")
    assert first.endswith("[cover_not_known]")
    assert second == (
        f"{root}/lessons/A01/lesson.yaml:3: “minutes” has to be from 1 to 600. "
        "[number_out_of_range]"
    )
    assert last == "Error: The course folder has 2 faults. Nothing was changed."


def test_faults_are_told_in_chinese_where_asked(run: Run, root: Path) -> None:
    break_folder(root)

    assert "minutes 要在 1 到 600 之间。" in run("check", root, "--language", "zh").output


def test_loading_twice_says_that_nothing_is_new(run: Run, root: Path, database: Database) -> None:
    first, second = run("load", root), run("load", root)

    assert (first.exit_code, first.output) == (0, "noodle-class: loaded and published.\n")
    assert second.output == "noodle-class: nothing new; the course stays as it is.\n"
    assert revisions(database) == 1


def test_a_dry_run_changes_nothing(
    run: Run, root: Path, database: Database, settings: object
) -> None:
    result = run("load", root, "--dry-run")

    assert (result.exit_code, result.output) == (
        0,
        "noodle-class: would be loaded and published.\n",
    )
    assert revisions(database) == 0
    assert not settings.media_dir.exists()


def test_a_broken_folder_loads_nothing(run: Run, root: Path, database: Database) -> None:
    break_folder(root)

    for options in ([], ["--dry-run"], ["--replace"]):
        assert run("load", root, *options).exit_code == 1
    with database.snapshot() as session:
        assert session.scalar(select(func.count(Course.id))) == 0


def test_studio_edits_are_kept_and_it_is_said_how_to_replace_them(
    run: Run, root: Path, database: Database
) -> None:
    run("load", root)
    with database.transaction() as session:
        person = make_person(session)
        grant = Grant(Role.INSTRUCTOR, Scope(ScopeKind.PLATFORM))
        actor = Actor(person.id, person.name, (grant,), sign_in_id=0)
        catalog.open_draft(session, actor=actor, slug="noodle-class", at=now(session))
    file = root / "lessons/A02/text.zh.md"
    file.write_text("一碗面，两分钟。\n", encoding="utf-8")

    kept, replaced = run("load", root), run("load", root, "--replace")

    assert kept.exit_code == 0
    assert "edited in the studio" in kept.output
    assert "--replace" in kept.output
    assert replaced.output == "noodle-class: loaded and published as a new version.\n"


def test_an_exported_course_can_be_checked_and_loaded(run: Run, root: Path, tmp_path: Path) -> None:
    run("load", root)
    target = tmp_path / "out"

    assert run("export", "noodle-class", target).exit_code == 0
    assert run("check", target).exit_code == 0
    assert "nothing new" in run("load", target).output
    again = run("export", "noodle-class", target)
    assert (again.exit_code, "already" in again.output) == (1, True)


@pytest.mark.parametrize("command", [["check", "nowhere"], ["load", "nowhere"]])
def test_a_folder_that_is_not_there_is_said_so(command: list[str], run: Run) -> None:
    result = run(*command)

    assert (result.exit_code, result.output) == (1, "Error: There is no folder nowhere.\n")


def test_exporting_what_is_not_published_is_said_so(run: Run, tmp_path: Path) -> None:
    result = run("export", "nothing", tmp_path / "out")

    assert (result.exit_code, result.output) == (
        1,
        "Error: No published course is called nothing.\n",
    )
