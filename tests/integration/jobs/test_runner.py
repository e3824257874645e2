"""Jobs: once per key, taken by one worker, taken up again after a death, parked in the end."""

import time
from collections.abc import Mapping
from datetime import datetime, timedelta

import pytest

from lms.core.errors import GatewayError, InvalidInput, Message
from lms.db.session import Database, now
from lms.jobs import service
from lms.jobs.domain import PAUSES
from lms.jobs.models import Job, JobState
from lms.jobs.service import JobRequest
from lms.jobs.tasks import JobCancelled, JobContext, Runner, start_relay
from lms.settings import Settings

DOWN = GatewayError("sms_down", "The message could not be sent.", retryable=True)


def order(database: Database, key: str = "count:1", kind: str = "count") -> str:
    with database.transaction() as session:
        return service.enqueue(session, JobRequest(kind, key, {"upto": 3}, owner_id=7)).id


def read(database: Database, job_id: str) -> Job:
    with database.snapshot() as session:
        return session.get_one(Job, job_id)


def count(context: JobContext) -> Mapping[str, object]:
    upto = int(context.args["upto"])
    for done in range(1, upto + 1):
        context.report(done, upto)
    return {"counted": upto}


def runner_with(database: Database, settings: Settings, handler: object) -> Runner:
    return Runner(database, settings, {"count": handler})


def test_a_job_runs_reports_and_keeps_its_result(database: Database, settings: Settings) -> None:
    job_id = order(database)
    runner_with(database, settings, count).run(job_id)
    job = read(database, job_id)
    assert (job.state, job.done, job.total, job.result) == (JobState.DONE, 3, 3, {"counted": 3})


def test_the_same_key_is_one_job(database: Database) -> None:
    assert order(database) == order(database)
    assert order(database, "count:2") != order(database)


def test_a_job_is_handed_over_only_after_the_commit(database: Database, queue: object) -> None:
    def torn() -> None:
        with database.transaction() as session:
            service.enqueue(session, JobRequest("count", "count:9", {}))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        torn()
    assert queue.waiting == []
    job_id = order(database)
    assert queue.waiting == [job_id]


def test_a_refusal_fails_the_job_with_its_sentence(database: Database, settings: Settings) -> None:
    def refuse(_context: JobContext) -> None:
        raise InvalidInput({"file": Message("bad", "This file is broken.")})

    job_id = order(database)
    runner_with(database, settings, refuse).run(job_id)
    job = read(database, job_id)
    assert (job.state, job.error_code) == (JobState.FAILED, "invalid_input")


def test_a_passing_fault_outside_puts_the_job_back(database: Database, settings: Settings) -> None:
    def unreachable(_context: JobContext) -> None:
        raise DOWN

    job_id = order(database)
    runner_with(database, settings, unreachable).run(job_id)
    assert read(database, job_id).state == JobState.QUEUED


def taken_and_put_back(database: Database, job_id: str) -> datetime:
    """Take the job when its rest is over, put it back and return when that was."""
    with database.transaction() as session:
        job = session.get_one(Job, job_id)
        at = now(session)
        assert service.take(session, job_id, at=job.due_at or at) is not None
        service.put_back(session, job_id, DOWN)
    return at


def test_a_job_that_was_put_back_rests_and_is_handed_over_when_it_is_due(
    database: Database, settings: Settings
) -> None:
    job_id = order(database)
    with database.transaction() as session:
        session.get_one(Job, job_id).created_at = now(session) - timedelta(hours=1)
    at = taken_and_put_back(database, job_id)
    due_at = read(database, job_id).due_at
    assert due_at is not None
    with database.snapshot() as session:
        assert at <= due_at - PAUSES[0] <= now(session)
    early = due_at - timedelta(seconds=1)
    with database.snapshot() as session:
        assert service.waiting(session, at=early) == []
        assert service.waiting(session, at=due_at) == [job_id]
    runner_with(database, settings, count).run(job_id)
    assert read(database, job_id).state == JobState.QUEUED
    with database.transaction() as session:
        assert service.take(session, job_id, at=early) is None
        assert service.take(session, job_id, at=due_at) is not None


def test_a_job_rests_longer_after_each_fault_and_fails_with_the_last(database: Database) -> None:
    job_id = order(database)
    assert PAUSES[:4] == tuple(timedelta(seconds=each) for each in (10, 30, 60, 120))
    assert list(PAUSES) == sorted(PAUSES)
    for pause in PAUSES:
        at = taken_and_put_back(database, job_id)
        due_at = read(database, job_id).due_at
        assert due_at is not None
        with database.snapshot() as session:
            assert at <= due_at - pause <= now(session)
    taken_and_put_back(database, job_id)
    job = read(database, job_id)
    assert (job.state, job.error_code, job.error_text) == (
        JobState.FAILED,
        "sms_down",
        "The message could not be sent.",
    )


def test_faults_outside_are_no_deaths_and_a_death_after_them_is_only_one(
    database: Database, settings: Settings
) -> None:
    job_id = order(database)
    for _ in range(service.MAX_DEATHS + 1):
        taken_and_put_back(database, job_id)
    with database.transaction() as session:
        job = session.get_one(Job, job_id)
        job.due_at = now(session) - timedelta(minutes=2)
        assert service.take(session, job_id, at=job.due_at) is not None
    runner_with(database, settings, count).run(job_id)
    assert read(database, job_id).state == JobState.DONE


def test_a_job_that_was_cancelled_meanwhile_is_not_put_back(
    database: Database, settings: Settings
) -> None:
    def cancelled_and_unreachable(context: JobContext) -> None:
        with database.transaction() as session:
            session.get_one(Job, context.job_id).state = JobState.CANCELLED
        raise DOWN

    job_id = order(database)
    runner_with(database, settings, cancelled_and_unreachable).run(job_id)
    assert read(database, job_id).state == JobState.CANCELLED


def test_a_cancelled_job_stops_at_its_next_report(database: Database, settings: Settings) -> None:
    reached: list[int] = []

    def slow(context: JobContext) -> None:
        for done in range(3):
            context.report(done, 3)
            reached.append(done)
            with database.transaction() as session:
                session.get_one(Job, context.job_id).state = JobState.CANCELLED

    job_id = order(database)
    runner_with(database, settings, slow).run(job_id)
    assert reached == [0]
    assert read(database, job_id).state == JobState.CANCELLED
    with pytest.raises(JobCancelled):
        JobContext(database, settings, job_id, {}).report(1, 3)


def test_a_dead_workers_job_is_found_and_taken_up_again(
    database: Database, settings: Settings
) -> None:
    job_id = order(database)
    with database.transaction() as session:
        at = now(session)
        assert service.take(session, job_id, at=at - timedelta(minutes=5)) is not None
    with database.snapshot() as session:
        assert service.waiting(session, at=at) == [job_id]
    runner_with(database, settings, count).run(job_id)
    job = read(database, job_id)
    assert (job.state, job.attempts) == (JobState.DONE, 2)


def test_a_living_workers_job_is_left_alone(database: Database) -> None:
    job_id = order(database)
    with database.transaction() as session:
        at = now(session)
        assert service.take(session, job_id, at=at) is not None
        assert service.take(session, job_id, at=at) is None
    with database.snapshot() as session:
        assert service.waiting(session, at=at) == []


def test_a_job_that_kills_its_workers_is_parked(database: Database) -> None:
    job_id = order(database)
    with database.transaction() as session:
        at = now(session) - timedelta(hours=1)
        for _ in range(service.MAX_DEATHS):
            assert service.take(session, job_id, at=at) is not None
            at += timedelta(minutes=5)
        assert service.take(session, job_id, at=at) is None
    job = read(database, job_id)
    assert (job.state, job.error_code) == (JobState.FAILED, "job_gave_up")


def test_the_relay_outlives_a_database_that_is_away(database: Database, settings: Settings) -> None:
    runner = runner_with(database, settings, count)
    away = Database("postgresql+psycopg://nobody@127.0.0.1:1/nothing")
    runner.database = away
    handed: list[str] = []
    stop = start_relay(runner, handed.append, every=0.02)
    time.sleep(0.2)
    job_id = order(database)
    with database.transaction() as session:
        session.get_one(Job, job_id).created_at = now(session) - timedelta(minutes=1)
    runner.database = database
    until = time.monotonic() + 10
    while not handed and time.monotonic() < until:
        time.sleep(0.02)
    stop.set()
    assert job_id in handed
