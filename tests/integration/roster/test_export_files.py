"""The files of exports: one snapshot, whole or not at all."""

import csv
import io
from pathlib import Path

import pytest
from sqlalchemy import select

from lms.accounts.models import Person
from lms.core.access import Actor
from lms.core.errors import GatewayError
from lms.db.session import Database
from lms.delivery.domain import DeliveryState
from lms.enrollment.domain import EnrollmentStatus
from lms.jobs.tasks import JobCancelled
from lms.roster import queries, service
from lms.roster.domain.filters import Filters, Status
from lms.roster.domain.kinds import ExportKind
from lms.roster.domain.orders import ExportFormat
from lms.roster.domain.templates import shipped
from lms.roster.queries import making
from lms.roster.service import files as files_module
from lms.settings import Settings
from tests.factories.accounts import make_person
from tests.factories.enrollment import make_enrollment
from tests.factories.roster import Small
from tests.integration.roster.conftest import OWN
from tests.integration.roster.exports import (
    files,
    ordered,
    place,
    refusal,
    take,
    view,
    workbook,
)
from tests.support.site import Jobs


def wanted(form: ExportFormat) -> queries.Wanted:
    return queries.Wanted(ExportKind.COMPLETIONS, queries.Selection(OWN, Filters()), form)


NAMES = ("=cmd|' /C calc'!A0", "+1", "\t=1", "\r=2", "33080219700101123X", "😀 陈", "买买提·艾力")


def test_the_file_holds_the_rows_of_the_screen(
    database: Database, administrator: Actor, settings: Settings, run_jobs: Jobs
) -> None:
    export_id = place(database, administrator)
    assert view(database, administrator, export_id).state is DeliveryState.QUEUED
    run_jobs()
    made = view(database, administrator, export_id)
    with database.snapshot() as session:
        (line,) = queries.page(
            session, queries.Selection(OWN, Filters()), queries.Window(limit=50)
        ).lines
    (row,) = workbook(settings, export_id)
    cells = dict(
        zip((each.key for each in shipped(ExportKind.COMPLETIONS).columns), row, strict=True)
    )
    assert (cells["name"], cells["hours_online_verified"], cells["final"]) == (
        line.name,
        line.hours,
        line.final_percent,
    )
    assert cells["completed_on"].date() == line.completed_on
    assert (made.state, made.rows_done, made.rows_total) == (DeliveryState.DONE, 1, 1)
    assert made.sha256 is not None
    assert made.byte_size == (settings.export_dir / f"{export_id}.xlsx").stat().st_size


@pytest.mark.parametrize("form", [ExportFormat.XLSX, ExportFormat.CSV])
def test_names_that_look_like_formulas_stay_names(
    database: Database,
    administrator: Actor,
    small: Small,
    settings: Settings,
    run_jobs: Jobs,
    form: ExportFormat,
) -> None:
    with database.transaction() as session:
        for name in NAMES:
            make_enrollment(session, course=small.course, person=make_person(session, name=name))
    order = ordered(form, filters=Filters(status=Status.ACTIVE))
    export_id = place(database, administrator, order)
    run_jobs()
    if form is ExportFormat.XLSX:
        found = [row[1] for row in workbook(settings, export_id)]
        expected = ["=cmd|' /C calc'!A0", "+1", "=1", "=2"]
    else:
        raw = (settings.export_dir / f"{export_id}.csv").read_text("utf-8-sig")
        found = [row[1] for row in csv.reader(io.StringIO(raw))][1:]
        expected = ["'=cmd|' /C calc'!A0", "'+1", "'=1", "'=2"]
    newest_first = [*expected, "33080219700101123X", "😀 陈", "买买提·艾力"][::-1]
    assert found == [*newest_first, "占小燕"]


def test_a_list_shows_one_moment_though_rows_change_while_it_is_written(
    database: Database, small: Small, tmp_path: Path
) -> None:
    with database.transaction() as session:
        for number in range(3):
            make_enrollment(
                session,
                course=small.course,
                person=make_person(session, name=f"早{number}"),
                status=EnrollmentStatus.COMPLETED,
            )
    target = tmp_path / "list.csv"

    def meddle(done: int, _total: int) -> None:
        """Another person joins and everybody is renamed, once the list has begun."""
        if done == 0:
            with database.transaction() as session:
                make_enrollment(session, course=small.course, status=EnrollmentStatus.COMPLETED)
                for person in session.scalars(select(Person)):
                    person.name = "改名"

    rows = service.write_list(database, wanted(ExportFormat.CSV), target, meddle)
    found = [row[1] for row in csv.reader(io.StringIO(target.read_text("utf-8-sig")))]
    assert rows == 4
    assert found[1:] == ["早2", "早1", "早0", "程建军"]


def test_chunks_join_without_gap_or_repeat(
    database: Database, small: Small, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(making, "CHUNK", 2)
    with database.transaction() as session:
        for number in range(6):
            person = make_person(session, name=f"第{number}人")
            make_enrollment(
                session, course=small.course, person=person, status=EnrollmentStatus.COMPLETED
            )
    reports: list[tuple[int, int]] = []
    target = tmp_path / "list.csv"
    service.write_list(
        database,
        wanted(ExportFormat.CSV),
        target,
        lambda done, total: reports.append((done, total)),
    )
    found = [row[:2] for row in csv.reader(io.StringIO(target.read_text("utf-8-sig")))][1:]
    assert found == [[str(n), f"第{6 - n}人"] for n in range(1, 7)] + [["7", "程建军"]]
    assert reports == [(0, 7), (2, 7), (4, 7), (6, 7), (7, 7)]


def test_a_full_disk_leaves_nothing_and_says_so(
    database: Database,
    administrator: Actor,
    settings: Settings,
    run_jobs: Jobs,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def full(*_args: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(files_module, "write_xlsx", full)
    export_id = place(database, administrator)
    run_jobs()
    failed = view(database, administrator, export_id)
    assert (failed.state, failed.error_code) == (DeliveryState.FAILED, "export_not_written")
    assert failed.error_text is not None
    assert "disk is full" in failed.error_text
    assert files(settings) == []
    assert refusal(take, database, administrator, export_id) == "export_not_ready"


@pytest.mark.usefixtures("small")
def test_stopping_the_job_leaves_nothing(database: Database, tmp_path: Path) -> None:
    def stopped(_done: int, _total: int) -> None:
        raise JobCancelled

    for form in ExportFormat:
        with pytest.raises(JobCancelled):
            service.write_list(database, wanted(form), tmp_path / "out" / f"list.{form}", stopped)
    assert list((tmp_path / "out").iterdir()) == []


@pytest.mark.usefixtures("small")
def test_a_folder_that_cannot_be_written_is_said_in_words(
    database: Database, tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(GatewayError) as refused:
        service.write_list(
            database, wanted(ExportFormat.CSV), tmp_path / "file" / "list.csv", lambda *_: None
        )
    assert refused.value.code == "export_not_written"


def test_what_a_killed_worker_left_goes_when_the_job_runs_again(
    database: Database, administrator: Actor, settings: Settings, run_jobs: Jobs
) -> None:
    export_id = place(database, administrator)
    settings.export_dir.mkdir()
    (settings.export_dir / f"{export_id}.x1y2z3a4.part").write_text("half")
    run_jobs()
    assert files(settings) == [f"{export_id}.xlsx"]
