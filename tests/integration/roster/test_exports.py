"""Exports from order to download: one snapshot, whole or not at all, handed out once."""

import csv
import io
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from sqlalchemy import select

from lms.accounts.models import Person
from lms.audit.models import AuditEntry
from lms.core.access import Actor, Grant, Role, Scope, ScopeKind
from lms.core.errors import Conflict, Forbidden, GatewayError, LmsError, NotFound
from lms.db.session import Database, now
from lms.enrollment.domain import EnrollmentStatus
from lms.jobs.models import Job
from lms.jobs.tasks import JobCancelled
from lms.roster import queries, service
from lms.roster.domain import (
    COLUMNS,
    ExportFormat,
    ExportKind,
    ExportOrder,
    ExportState,
    Filters,
    Status,
)
from lms.roster.models import Export
from lms.roster.service import files as files_module
from lms.settings import Settings
from tests.factories.catalog import COUNTY
from tests.factories.enrollment import Staff, make_enrollment, make_person, make_staff
from tests.integration.roster.conftest import NEIGHBOUR, OWN, Small
from tests.support.site import Jobs

NAMES = ("=cmd|' /C calc'!A0", "+1", "\t=1", "\r=2", "33080219700101123X", "😀 陈", "买买提·艾力")


def actor_of(staff: Staff) -> Actor:
    return Actor(staff.person.id, staff.person.name, (staff.grant,), staff.sign_in.id)


def ordered(form: ExportFormat = ExportFormat.XLSX, **changes: Any) -> ExportOrder:
    order = ExportOrder(ExportKind.COMPLETIONS, form, "zh", "5 月补贴申报", Filters())
    return replace(order, **changes)


@pytest.fixture
def administrator(database: Database, small: Small) -> Actor:
    """An administrator of the small county who has just proved who they are."""
    with database.transaction() as session:
        return actor_of(make_staff(session))


def place(database: Database, actor: Actor, order: ExportOrder | None = None) -> str:
    with database.transaction() as session:
        made = service.order_export(
            session, actor=actor, order=order or ordered(), now=now(session)
        )
        return made.id


def view(database: Database, actor: Actor, export_id: str) -> queries.ExportView:
    with database.snapshot() as session:
        found = queries.own_export(
            session, export_id=export_id, person_id=actor.person_id, at=now(session)
        )
    assert found is not None
    return found


def take(database: Database, actor: Actor, export_id: str, at: datetime | None = None) -> str:
    with database.transaction() as session:
        handed = service.hand_out(session, actor=actor, export_id=export_id, now=at or now(session))
    return handed.path


def refusal(call: Any, *args: Any) -> str:
    with pytest.raises(LmsError) as refused:
        call(*args)
    return refused.value.code


def files(settings: Settings) -> list[str]:
    return sorted(file.name for file in settings.export_dir.glob("*"))


def workbook(settings: Settings, export_id: str) -> list[tuple[Any, ...]]:
    book = openpyxl.load_workbook(settings.export_dir / f"{export_id}.xlsx")
    return list(book.worksheets[0].iter_rows(min_row=4, values_only=True))


def test_the_file_holds_the_rows_of_the_screen(
    database: Database, administrator: Actor, settings: Settings, run_jobs: Jobs
) -> None:
    export_id = place(database, administrator)
    assert view(database, administrator, export_id).state is ExportState.QUEUED
    run_jobs()
    made = view(database, administrator, export_id)
    with database.snapshot() as session:
        (line,) = queries.page(
            session, queries.Selection(OWN, Filters()), queries.Window(limit=50)
        ).lines
    (row,) = workbook(settings, export_id)
    cells = dict(zip((column.key for column in COLUMNS), row, strict=True))
    assert (cells["name"], cells["hours"], cells["final"]) == (
        line.name,
        line.hours,
        line.final_percent,
    )
    assert cells["completed_on"].date() == line.completed_on
    assert (made.state, made.rows_done, made.rows_total) == (ExportState.DONE, 1, 1)
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

    rows = service.write_list(
        database,
        queries.Selection(OWN, Filters()),
        target,
        form=ExportFormat.CSV,
        language="zh",
        report=meddle,
    )
    found = [row[1] for row in csv.reader(io.StringIO(target.read_text("utf-8-sig")))]
    assert rows == 4
    assert found[1:] == ["早2", "早1", "早0", "程建军"]


def test_chunks_join_without_gap_or_repeat(
    database: Database, small: Small, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files_module, "_CHUNK", 2)
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
        queries.Selection(OWN, Filters()),
        target,
        form=ExportFormat.CSV,
        language="zh",
        report=lambda done, total: reports.append((done, total)),
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
    assert (failed.state, failed.error_code) == (ExportState.FAILED, "export_not_written")
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
            service.write_list(
                database,
                queries.Selection(OWN, Filters()),
                tmp_path / "out" / f"list.{form}",
                form=form,
                language="zh",
                report=stopped,
            )
    assert list((tmp_path / "out").iterdir()) == []


@pytest.mark.usefixtures("small")
def test_a_folder_that_cannot_be_written_is_said_in_words(
    database: Database, tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(GatewayError) as refused:
        service.write_list(
            database,
            queries.Selection(OWN, Filters()),
            tmp_path / "file" / "list.csv",
            form=ExportFormat.CSV,
            language="zh",
            report=lambda *_: None,
        )
    assert refused.value.code == "export_not_written"


def test_a_job_that_runs_again_after_it_was_done_changes_nothing(
    database: Database, administrator: Actor, settings: Settings, run_jobs: Jobs
) -> None:
    export_id = place(database, administrator)
    run_jobs()
    before = view(database, administrator, export_id)
    with database.transaction() as session:
        job = session.scalars(select(Job).where(Job.kind == service.JOB_KIND)).one()
        job.state = "queued"
        run_jobs.queue.waiting.append(job.id)
        make_enrollment(session, status=EnrollmentStatus.COMPLETED)
    run_jobs()
    assert view(database, administrator, export_id).sha256 == before.sha256
    assert len(workbook(settings, export_id)) == 1


def test_what_a_killed_worker_left_goes_when_the_job_runs_again(
    database: Database, administrator: Actor, settings: Settings, run_jobs: Jobs
) -> None:
    export_id = place(database, administrator)
    settings.export_dir.mkdir()
    (settings.export_dir / f"{export_id}.xlsx.x1y2.part").write_text("half")
    run_jobs()
    assert files(settings) == [f"{export_id}.xlsx"]


def test_the_link_works_once(database: Database, administrator: Actor, run_jobs: Jobs) -> None:
    export_id = place(database, administrator)
    assert refusal(take, database, administrator, export_id) == "export_not_ready"
    run_jobs()
    assert take(database, administrator, export_id) == f"{export_id}.xlsx"
    assert refusal(take, database, administrator, export_id) == "export_link_used"
    assert not view(database, administrator, export_id).is_ready


def test_nobody_else_gets_the_file(
    database: Database, administrator: Actor, run_jobs: Jobs
) -> None:
    with database.transaction() as session:
        colleague = actor_of(make_staff(session))
    export_id = place(database, administrator)
    run_jobs()
    with pytest.raises(NotFound):
        take(database, colleague, export_id)
    with database.snapshot() as session:
        assert (
            queries.own_export(
                session, export_id=export_id, person_id=colleague.person_id, at=now(session)
            )
            is None
        )
    assert take(database, administrator, export_id)


def test_files_go_when_their_days_are_over(
    database: Database, administrator: Actor, settings: Settings, run_jobs: Jobs
) -> None:
    export_id, fresh = place(database, administrator), place(database, administrator)
    run_jobs()
    with database.transaction() as session:
        session.get_one(Export, export_id).expires_at = now(session) - timedelta(seconds=1)
    assert refusal(take, database, administrator, export_id) == "export_expired"
    assert view(database, administrator, export_id).state is ExportState.EXPIRED
    assert service.clear_old_files(database, settings) == 1
    assert files(settings) == [f"{fresh}.xlsx"]
    assert service.clear_old_files(database, settings) == 0


@pytest.mark.parametrize("confirmed", [None, timedelta(minutes=10, seconds=5)])
@pytest.mark.usefixtures("small")
def test_ordering_needs_a_fresh_proof(database: Database, confirmed: timedelta | None) -> None:
    with database.transaction() as session:
        actor = actor_of(make_staff(session, confirmed=confirmed))
    with pytest.raises(Forbidden) as refused:
        place(database, actor)
    assert refused.value.code == "confirmation_required"
    with database.snapshot() as session:
        assert session.scalars(select(Export)).all() == []


@pytest.mark.parametrize(
    "filters", [Filters(county=NEIGHBOUR), Filters(course="nothing"), Filters(institution="x")]
)
def test_filters_out_of_reach_are_not_found(
    database: Database, administrator: Actor, filters: Filters
) -> None:
    with pytest.raises(NotFound):
        place(database, administrator, ordered(filters=filters))


def test_the_scope_at_the_time_of_ordering_decides_what_the_file_holds(
    database: Database, administrator: Actor, settings: Settings, run_jobs: Jobs
) -> None:
    everywhere = replace(
        administrator, grants=(Grant(Role.ADMINISTRATOR, Scope(ScopeKind.PLATFORM)),)
    )
    own, wide = place(database, administrator), place(database, everywhere)
    run_jobs()
    assert [row[1] for row in workbook(settings, own)] == ["程建军"]
    assert [row[1] for row in workbook(settings, wide)] == ["毛丽娟", "程建军"]


def test_a_supervisors_scope_adds_nothing_to_an_export(
    database: Database, administrator: Actor, settings: Settings, run_jobs: Jobs
) -> None:
    both = replace(
        administrator,
        grants=(*administrator.grants, Grant(Role.SUPERVISOR, Scope(ScopeKind.COUNTY, NEIGHBOUR))),
    )
    export_id = place(database, both)
    run_jobs()
    assert [row[1] for row in workbook(settings, export_id)] == ["程建军"]


def test_only_a_few_lists_are_made_at_once(database: Database, administrator: Actor) -> None:
    for _ in range(3):
        place(database, administrator)
    with pytest.raises(Conflict) as refused:
        place(database, administrator)
    assert refused.value.code == "exports_open"


def test_each_step_is_written_down_with_filters_and_rows(
    database: Database, administrator: Actor, run_jobs: Jobs
) -> None:
    export_id = place(database, administrator, ordered(filters=Filters(county=COUNTY)))
    run_jobs()
    take(database, administrator, export_id)
    with database.snapshot() as session:
        entries = session.scalars(
            select(AuditEntry).where(AuditEntry.subject == f"export:{export_id}")
        ).all()
    assert [(e.actor_id, e.action, e.details["rows"]) for e in entries] == [
        (administrator.person_id, "export.ordered", None),
        (administrator.person_id, "export.made", 1),
        (administrator.person_id, "export.downloaded", 1),
    ]
    assert entries[1].details["filters"] == {"county": COUNTY}
    assert entries[1].details["purpose"] == "5 月补贴申报"
    assert len(entries[1].details["sha256"]) == 64
