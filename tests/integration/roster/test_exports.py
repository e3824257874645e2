"""Exports from order to download: who may, how often, what is written down."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from lms.audit.models import AuditEntry
from lms.core.access import Actor, Grant, Role, Scope, ScopeKind
from lms.core.errors import Conflict, Forbidden, NotFound
from lms.db.session import Database, now
from lms.delivery import service as delivering
from lms.delivery.domain import DeliveryState
from lms.delivery.models import Delivery
from lms.delivery.service import clear_old_files
from lms.enrollment.domain import EnrollmentStatus
from lms.jobs.models import Job
from lms.roster import queries, service
from lms.roster.domain.filters import Filters
from lms.roster.models import Export
from lms.settings import Settings
from tests.factories.accounts import COUNTY
from tests.factories.enrollment import make_enrollment
from tests.factories.roster import NEIGHBOUR
from tests.integration.roster.exports import (
    files,
    make_administrator,
    ordered,
    place,
    refusal,
    take,
    view,
    workbook,
)
from tests.support.site import Jobs


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


def test_the_link_works_once(database: Database, administrator: Actor, run_jobs: Jobs) -> None:
    export_id = place(database, administrator)
    assert refusal(take, database, administrator, export_id) == "export_not_ready"
    run_jobs()
    assert take(database, administrator, export_id) == f"{export_id}.xlsx"
    assert refusal(take, database, administrator, export_id) == "export_link_used"
    assert not view(database, administrator, export_id).is_ready


def test_of_two_taps_at_once_one_gets_the_file(
    database: Database, administrator: Actor, run_jobs: Jobs
) -> None:
    export_id = place(database, administrator)
    run_jobs()
    with database.snapshot() as session:
        _, seen_unused = service.own(session, administrator, export_id)
    take(database, administrator, export_id)
    with pytest.raises(Forbidden) as refused, database.transaction() as session:
        delivering.hand_out(session, seen_unused, {}, now=now(session))
    assert refused.value.code == "export_link_used"


def test_nobody_else_gets_the_file(
    database: Database, administrator: Actor, run_jobs: Jobs
) -> None:
    with database.transaction() as session:
        colleague = make_administrator(session)
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
        session.get_one(Delivery, export_id).expires_at = now(session) - timedelta(seconds=1)
    assert refusal(take, database, administrator, export_id) == "export_expired"
    assert view(database, administrator, export_id).state is DeliveryState.EXPIRED
    assert clear_old_files(database, settings) == 1
    assert files(settings) == [f"{fresh}.xlsx"]
    assert clear_old_files(database, settings) == 0


@pytest.mark.parametrize("confirmed", [None, timedelta(minutes=10, seconds=5)])
@pytest.mark.usefixtures("small")
def test_ordering_needs_a_fresh_proof(database: Database, confirmed: timedelta | None) -> None:
    with database.transaction() as session:
        actor = make_administrator(session, confirmed=confirmed)
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
