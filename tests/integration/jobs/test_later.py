"""Jobs for later, and many at once."""

from datetime import timedelta

from sqlalchemy import select

from lms.db.session import Database, now
from lms.jobs import service
from lms.jobs.models import Job, JobState
from lms.jobs.service import JobRequest
from lms.jobs.tasks import JobContext, JobWaits, Runner
from lms.settings import Settings
from tests.support.site import WaitingQueue

HOUR = timedelta(hours=1)


def test_a_job_for_later_is_handed_over_by_the_relay_when_it_is_due(
    database: Database, queue: WaitingQueue
) -> None:
    with database.transaction() as session:
        due_at = now(session) + HOUR
        job_id = service.enqueue(session, JobRequest("count", "count:1", {}, due_at=due_at)).id
    assert queue.waiting == []
    early = due_at - timedelta(seconds=1)
    with database.transaction() as session:
        assert service.waiting(session, at=early) == []
        assert service.take(session, job_id, at=early) is None
        assert service.waiting(session, at=due_at) == [job_id]
        assert service.take(session, job_id, at=due_at) is not None


def test_of_many_jobs_each_is_there_once_and_none_is_handed_over_early(
    database: Database, queue: WaitingQueue
) -> None:
    with database.transaction() as session:
        later = now(session) + HOUR
        service.enqueue_all(session, [])
        requests = [JobRequest("count", f"count:{n}", {"n": n}) for n in range(5)]
        late = [JobRequest("count", f"late:{n}", {}, due_at=later) for n in range(2)]
        service.enqueue_all(session, [*requests[:3], *late])
        service.enqueue_all(session, requests)
    with database.snapshot() as session:
        jobs = session.execute(select(Job.id, Job.key, Job.state, Job.attempts)).all()
        keys = {job.id: job.key for job in jobs}
    assert {(job.state, job.attempts) for job in jobs} == {(JobState.QUEUED, 0)}
    assert sorted(keys.values()) == [*(f"count:{n}" for n in range(5)), "late:0", "late:1"]
    assert sorted(keys[each] for each in queue.waiting) == [f"count:{n}" for n in range(5)]


def test_a_job_may_say_until_when_it_waits(database: Database, settings: Settings) -> None:
    with database.transaction() as session:
        job_id = service.enqueue(session, JobRequest("count", "count:1", {})).id
        until = now(session) + HOUR

    def not_yet(_context: JobContext) -> None:
        raise JobWaits(until)

    Runner(database, settings, {"count": not_yet}).run(job_id)
    with database.snapshot() as session:
        job = session.get_one(Job, job_id)
        assert (job.state, job.attempts, job.due_at) == (JobState.QUEUED, 0, until)
