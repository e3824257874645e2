"""An outage made good: two people, everybody in the county, once, whatever happens to the job."""

from dataclasses import replace

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from lms.audit.models import AuditEntry
from lms.core.access import Actor
from lms.core.errors import Conflict, Forbidden, InvalidInput, NotFound
from lms.db.session import Database
from lms.jobs.models import Job
from lms.jobs.tasks import JobContext
from lms.progress import queries, tasks
from lms.progress.domain.requests import Decision, Outage, RequestRuling
from lms.progress.models import WatchSlice
from lms.progress.service import outages
from tests.integration.progress.conftest import Clock
from tests.integration.progress.outage import (
    LATER,
    NEIGHBOUR,
    Scene,
    outage,
    propose,
    rule,
    ruled,
    scene,
    two,
)
from tests.integration.progress.studying import assert_in_step, at, make_administrator
from tests.support.site import Jobs

__all__ = ["outage", "scene", "two"]


def test_everybody_of_the_county_gets_back_what_the_outage_took(
    scene: Scene, run_jobs: Jobs
) -> None:
    request_id = scene.approve()
    run_jobs()
    assert scene.sums() == [(300_000, 240_000), (300_000, 240_000), (60_000, 0)]
    for each in scene.people:
        assert_in_step(scene.database, each)
    request = ruled(scene.database, request_id)
    assert (request.granted_ms, request.granted_people) == (480_000, 2)
    assert request.granted_at is not None
    with scene.database.snapshot() as session:
        acts = session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all()
        [own] = queries.compensated(session, scene.people[0])
    assert acts == ["time.outage_asked", "time.outage_granted", "time.outage_counted"]
    assert (own.granted_ms, own.words) == (240_000, "机房停电")


def test_a_job_that_died_half_way_goes_on_and_grants_nobody_twice(
    scene: Scene, run_jobs: Jobs
) -> None:
    request_id = scene.approve()

    def compensate() -> int:
        with scene.database.transaction() as session:
            return outages.compensate_learner(
                session, request_id=request_id, outage=scene.outage, person_id=scene.people[0]
            )

    assert [compensate(), compensate()] == [240_000, 0]
    run_jobs()
    request = ruled(scene.database, request_id)
    assert (request.granted_ms, request.granted_people) == (480_000, 2)
    assert_in_step(scene.database, scene.people[0])


def test_a_job_stopped_after_the_first_batch_is_run_again(
    scene: Scene, run_jobs: Jobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tasks, "_BATCH", 1)
    request_id = scene.approve()

    class Killed(Exception):
        pass

    def die(_context: JobContext, done: int, _total: int) -> None:
        if done:
            raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(JobContext, "report", die)
        with pytest.raises(Killed):
            run_jobs()
    assert ruled(scene.database, request_id).granted_at is None
    with scene.database.transaction() as session:
        job = session.scalars(select(Job).where(Job.kind == queries.COMPENSATE)).one()
        job.state = "queued"
        run_jobs.queue.waiting.append(job.id)
    run_jobs()
    assert scene.sums() == [(300_000, 240_000), (300_000, 240_000), (60_000, 0)]
    assert ruled(scene.database, request_id).granted_people == 2


def test_the_database_gives_one_entry_a_request_person_and_material(
    scene: Scene, run_jobs: Jobs
) -> None:
    scene.approve()
    run_jobs()
    granted = WatchSlice.request_id.is_not(None)
    with scene.database.snapshot() as session:
        entry = session.scalars(select(WatchSlice).where(granted)).first()
    assert entry is not None
    own = {"id", "number", "chain_hash"}
    names = [column.name for column in WatchSlice.__table__.columns if column.name not in own]
    copied = {name: getattr(entry, name) for name in names}
    with pytest.raises(DBAPIError), scene.database.transaction() as session:
        session.add(WatchSlice(**copied))


def test_nobody_gets_more_than_the_outage_was_long(scene: Scene, run_jobs: Jobs) -> None:
    short = Outage("330822", scene.clock.ms - 100_000, scene.clock.ms, "停电")
    request_id = scene.approve(short)
    run_jobs()
    # Of its 100 s the clock paid 60: what is left is granted, no more, and not once more.
    assert scene.sums()[0] == (100_000, 40_000)
    with scene.database.transaction() as session:
        again = outages.compensate_learner(
            session, request_id=request_id, outage=short, person_id=scene.people[0]
        )
    assert again == 0
    assert scene.sums()[0] == (100_000, 40_000)


def test_what_came_later_than_a_quarter_of_an_hour_after_is_not_the_outages(
    scene: Scene, run_jobs: Jobs
) -> None:
    ended = scene.clock.ms - 15 * 60_000
    late = scene.approve(Outage("330822", ended - 900_000, ended - 1, "停电"))
    in_time = scene.approve(Outage("330822", ended, ended + 60_000, "停电"))
    run_jobs()
    assert ruled(scene.database, late).granted_people == 0
    assert ruled(scene.database, in_time).granted_people == 2


def test_two_people_are_needed(
    database: Database, clock: Clock, outage: Outage, two: tuple[Actor, Actor], run_jobs: Jobs
) -> None:
    request_id = propose(database, two[0], outage, clock)
    with pytest.raises(Forbidden):
        rule(database, two[0], request_id, clock)
    withdrawn = Decision(RequestRuling.WITHDRAWN)
    with pytest.raises(Forbidden):
        rule(database, two[1], request_id, clock, withdrawn)
    rule(database, two[0], request_id, clock, withdrawn)
    with pytest.raises(Conflict):
        rule(database, two[1], request_id, clock)
    assert run_jobs() == 0, "what was withdrawn counts nothing"


def test_a_declined_one_counts_nothing_and_may_be_asked_anew(
    database: Database, clock: Clock, outage: Outage, two: tuple[Actor, Actor], run_jobs: Jobs
) -> None:
    request_id = propose(database, two[0], outage, clock)
    with pytest.raises(Conflict):
        propose(database, two[1], replace(outage, from_ms=outage.from_ms + 1), clock)
    rule(database, two[1], request_id, clock, Decision(RequestRuling.DECLINED, "没有停"))
    assert run_jobs() == 0
    propose(database, two[1], outage, clock)


def test_it_has_to_be_over_and_in_reach(
    database: Database, clock: Clock, outage: Outage, two: tuple[Actor, Actor]
) -> None:
    with pytest.raises(InvalidInput):
        propose(database, two[0], replace(outage, to_ms=clock.ms + LATER * 1000 + 1), clock)
    with pytest.raises(NotFound):
        propose(database, two[0], replace(outage, county_code=NEIGHBOUR), clock)
    request_id = propose(database, two[0], outage, clock)
    foreign = make_administrator(database, "毛国平", NEIGHBOUR, proved_at=at(clock, LATER))
    with pytest.raises(NotFound):
        rule(database, foreign, request_id, clock)


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE time_request SET granted_ms = granted_ms + 1",
        "UPDATE time_request SET ruling = 'declined', granted_at = asked_at",
    ],
)
def test_what_was_carried_out_is_not_rewritten(
    database: Database,
    clock: Clock,
    outage: Outage,
    two: tuple[Actor, Actor],
    run_jobs: Jobs,
    change: str,
) -> None:
    request_id = propose(database, two[0], outage, clock)
    rule(database, two[1], request_id, clock)
    run_jobs()
    with pytest.raises(DBAPIError), database.transaction() as session:
        session.execute(text(change))
