"""An outage whose job gave up half way is run again by an administrator: everybody once."""

import pytest
from sqlalchemy import func, select

from lms.accounts.models import Person
from lms.audit.models import AuditEntry
from lms.core.access import Actor
from lms.core.errors import Conflict, LmsError, NotFound
from lms.db.session import Database
from lms.jobs.models import Job, JobState
from lms.jobs.service import MAX_DEATHS
from lms.notify.models import SmsMessage
from lms.progress import queries
from lms.progress.models import WatchSlice
from lms.progress.service import outages
from tests.integration.progress.conftest import Clock
from tests.integration.progress.outage import (
    LATER,
    NEIGHBOUR,
    Scene,
    outage,
    propose,
    ruled,
    scene,
    two,
)
from tests.integration.progress.studying import assert_in_step, at, make_administrator
from tests.support.site import Jobs

__all__ = ["outage", "scene", "two"]

COMPENSATION = select(Job).where(Job.kind == queries.COMPENSATE)
WHOLE = [(300_000, 240_000), (300_000, 240_000), (60_000, 0)]
HALF = [(300_000, 240_000), (60_000, 0), (60_000, 0)]


class Broken(LmsError):
    """What stops the job for good."""


def run_again(scene: Scene, actor: Actor, request_id: int) -> None:
    with scene.database.transaction() as session:
        moment = at(scene.clock, LATER)
        outages.run_again(session, actor=actor, request_id=request_id, now=moment)


def grants(database: Database) -> list[int]:
    """Return how many entries each person has by decision."""
    counted = (
        select(func.count())
        .where(WatchSlice.request_id.is_not(None))
        .group_by(WatchSlice.person_id)
        .order_by(WatchSlice.person_id)
    )
    with database.snapshot() as session:
        return list(session.scalars(counted))


@pytest.fixture
def stopped(scene: Scene, run_jobs: Jobs, monkeypatch: pytest.MonkeyPatch) -> int:
    """Return a request whose job gave up after the first of two people."""
    request_id = scene.approve()
    real = outages.compensate_learner

    def break_at_second(*args: object, person_id: int, **given: object) -> int:
        if person_id == scene.people[1]:
            raise Broken("disk_full", "The disk is full.")
        return real(*args, person_id=person_id, **given)

    with monkeypatch.context() as patch:
        patch.setattr(outages, "compensate_learner", break_at_second)
        run_jobs()
    assert scene.sums() == HALF
    return request_id


def test_it_goes_on_and_gives_each_person_once(scene: Scene, stopped: int, run_jobs: Jobs) -> None:
    [shown] = outages_of(scene)
    assert (shown.fault, shown.is_running) == ("The disk is full.", False)
    run_again(scene, scene.two[0], stopped)
    [shown] = outages_of(scene)
    assert (shown.fault, shown.is_running, shown.done) == (None, True, 0)
    run_jobs()
    assert scene.sums() == WHOLE
    assert grants(scene.database) == [1, 1]
    request = ruled(scene.database, stopped)
    assert (request.granted_ms, request.granted_people) == (480_000, 2)
    assert request.granted_at is not None
    for each in scene.people:
        assert_in_step(scene.database, each)


def outages_of(scene: Scene) -> list[queries.OutageRequest]:
    with scene.database.snapshot() as session:
        return queries.outages(session, scene.two[0], limit=10)


def test_who_ran_it_again_is_written_down(scene: Scene, stopped: int, run_jobs: Jobs) -> None:
    run_again(scene, scene.two[0], stopped)
    run_jobs()
    with scene.database.snapshot() as session:
        acts = session.execute(
            select(AuditEntry.action, AuditEntry.actor_id).order_by(AuditEntry.id)
        ).all()
    assert [act[0] for act in acts][-2:] == ["time.outage_run_again", "time.outage_counted"]
    assert acts[-2].actor_id == scene.two[0].person_id


def test_pressed_twice_or_when_all_is_counted_it_runs_no_second_time(
    scene: Scene, stopped: int, run_jobs: Jobs
) -> None:
    run_again(scene, scene.two[0], stopped)
    with pytest.raises(Conflict):
        run_again(scene, scene.two[1], stopped)
    run_jobs()
    with pytest.raises(Conflict):
        run_again(scene, scene.two[1], stopped)
    assert run_jobs() == 0
    assert scene.sums() == WHOLE


def test_one_that_died_too_often_starts_with_all_its_tries(scene: Scene, run_jobs: Jobs) -> None:
    request_id = scene.approve()
    with scene.database.transaction() as session:
        job = session.scalars(COMPENSATION).one()
        job.attempts = MAX_DEATHS
    run_jobs()
    [shown] = outages_of(scene)
    assert shown.fault is not None
    run_again(scene, scene.two[1], request_id)
    run_jobs()
    assert scene.sums() == WHOLE
    with scene.database.snapshot() as session:
        job = session.scalars(COMPENSATION).one()
    assert (job.state, job.error_code) == (JobState.DONE, None)


def test_it_is_for_the_administrators_of_the_county(scene: Scene, stopped: int) -> None:
    foreign = make_administrator(
        scene.database, "毛国平", NEIGHBOUR, proved_at=at(scene.clock, LATER)
    )
    with pytest.raises(NotFound):
        run_again(scene, foreign, stopped)


def test_what_nobody_approved_is_not_run(scene: Scene, clock: Clock, run_jobs: Jobs) -> None:
    asked = propose(scene.database, scene.two[0], scene.outage, clock)
    with pytest.raises(Conflict):
        run_again(scene, scene.two[1], asked)
    assert run_jobs() == 0


def test_each_person_is_told_once_and_who_got_nothing_is_not(
    scene: Scene, stopped: int, run_jobs: Jobs
) -> None:
    run_again(scene, scene.two[0], stopped)
    run_jobs()
    with scene.database.snapshot() as session:
        told = session.scalars(select(SmsMessage)).all()
        phones = session.scalars(
            select(Person.phone).where(Person.id.in_(scene.people[:2])).order_by(Person.phone)
        ).all()
    assert sorted(each.phone for each in told) == phones
    assert {each.text for each in told} == {
        "【乡播学堂】11 月 30 日故障时没算上的学习时间，给您补上了，明细看“学习”。"
    }
