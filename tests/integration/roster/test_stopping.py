"""A list that is being made can be stopped by who ordered it, at any moment, and leaves nothing."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from sqlalchemy import select

from lms.audit.models import AuditEntry
from lms.core.access import Actor
from lms.db.session import Database, now
from lms.delivery.domain import DeliveryState
from lms.jobs import service as jobs
from lms.jobs.models import Job, JobState
from lms.jobs.tasks import JobCancelled, JobContext
from lms.roster import service
from lms.roster.tasks import make_export
from lms.settings import Settings
from tests.integration.roster.exports import files, make_administrator, place, refusal, view
from tests.support.site import Jobs


def stop(database: Database, actor: Actor, export_id: str) -> None:
    with database.transaction() as session:
        service.stop_export(session, actor=actor, export_id=export_id, now=now(session))


@dataclass(frozen=True, slots=True)
class Interrupted(JobContext):
    """The context of a run in which somebody presses “stop” at a chosen moment."""

    moment: str = ""
    press: Callable[[], None] = print

    def report(self, done: int, total: int) -> None:
        """Press once it is shown how far the list is."""
        JobContext.report(self, done, total)
        if self.moment == ("end" if done == total else "begin"):
            self.press()


def test_one_that_waits_is_never_made(
    database: Database, administrator: Actor, settings: Settings, run_jobs: Jobs
) -> None:
    export_id = place(database, administrator)
    stop(database, administrator, export_id)
    run_jobs()
    assert view(database, administrator, export_id).state is DeliveryState.CANCELLED
    assert files(settings) == []
    with database.snapshot() as session:
        actions = session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all()
    assert list(actions)[-1] == "export.stopped"


@pytest.mark.parametrize("moment", ["begin", "end"])
def test_one_that_is_stopped_while_it_is_made_leaves_no_file(
    database: Database, administrator: Actor, settings: Settings, moment: str
) -> None:
    export_id = place(database, administrator)
    with database.transaction() as session:
        job = session.scalars(select(Job)).one()
        assert jobs.take(session, job.id, at=now(session)) is not None
        arguments = (database, settings, job.id, dict(job.args))
    pressed = Interrupted(
        *arguments, moment=moment, press=lambda: stop(database, administrator, export_id)
    )
    with pytest.raises(JobCancelled):
        make_export(pressed)
    assert files(settings) == []
    assert view(database, administrator, export_id).state is DeliveryState.CANCELLED


def test_one_that_is_made_is_not_stopped_any_more(
    database: Database, administrator: Actor, settings: Settings, run_jobs: Jobs
) -> None:
    export_id = place(database, administrator)
    run_jobs()
    assert refusal(stop, database, administrator, export_id) == "export_over"
    assert view(database, administrator, export_id).state is DeliveryState.DONE
    assert len(files(settings)) == 1


def test_nobody_else_stops_it(database: Database, administrator: Actor) -> None:
    export_id = place(database, administrator)
    with database.transaction() as session:
        stranger = make_administrator(session)
    assert refusal(stop, database, stranger, export_id) == "not_found"
    assert view(database, administrator, export_id).state is DeliveryState.QUEUED


def test_what_was_stopped_stays_stopped_whatever_its_worker_says(
    database: Database, administrator: Actor
) -> None:
    place(database, administrator)
    with database.transaction() as session:
        job_id = session.scalars(select(Job.id)).one()
        assert jobs.take(session, job_id, at=now(session)) is not None
        assert jobs.cancel(session, job_id)
        jobs.finish(session, job_id, {"rows": 3})
    with database.snapshot() as session:
        job = session.get_one(Job, job_id)
    assert (job.state, job.result) == (JobState.CANCELLED, None)
