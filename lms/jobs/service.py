"""Writes jobs down, takes them up and records how they went; never runs them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import Table, or_, select, update
from sqlalchemy.orm import Session

from lms.core.errors import LmsError, Message
from lms.core.ids import new_uuid
from lms.db.session import after_commit, connection_of, now
from lms.db.upsert import insert_into
from lms.jobs.domain import pause_after
from lms.jobs.models import Job, JobState

# A running job that has not been heard of for this long is taken to be dead.
STALE_AFTER = timedelta(seconds=60)
# A queued job that nobody picked up for this long is handed over again.
WAIT_BEFORE_RELAY = timedelta(seconds=5)
MAX_DEATHS = 3
# How soon a job that could not begin yet asks again.
WAIT = timedelta(seconds=10)
# So many of many jobs are handed over as soon as they are durable.
_AT_ONCE = 20
GAVE_UP = Message(
    "job_gave_up", "This stopped unexpectedly several times. What was there before is unchanged."
)


@dataclass(frozen=True, slots=True)
class JobRequest:
    """What is to be done: ``key`` makes a second request for the same thing find the first.

    ``due_at`` is from when it may be done; at once where there is none.
    """

    kind: str
    key: str
    args: Mapping[str, Any]
    owner_id: int | None = None
    due_at: datetime | None = None


def enqueue(session: Session, request: JobRequest) -> Job:
    """Write the job down in the caller's transaction, once per key."""
    found = session.scalar(select(Job).where(Job.key == request.key))
    if found is not None:
        return found
    job = Job(**_row(request, now(session)))
    session.add(job)
    session.flush()
    if _is_free(job, job.created_at):
        _dispatch(session, job.id)
    return job


def enqueue_all(session: Session, requests: Sequence[JobRequest]) -> None:
    """Write many jobs down in the caller's transaction, each once per key.

    Those that are not due yet, and all but the first few, are handed over by the relay, a part at
    a time: whoever else waits for a worker does not stand behind all of them.
    """
    if not requests:
        return
    at = now(session)
    table = cast(Table, Job.__table__)
    once = insert_into(session, table).on_conflict_do_nothing().returning(table.c.id)
    rows = [_row(request, at) for request in requests]
    made = {row.id for row in connection_of(session).execute(once, rows)}
    due = [row["id"] for row in rows if row["id"] in made and (row["due_at"] or at) <= at]
    for job_id in due[:_AT_ONCE]:
        _dispatch(session, job_id)


def run_again(session: Session, key: str) -> bool:
    """Queue a job that failed once more, as if new; false where it is none that failed.

    Its handler is idempotent, so what an earlier run did stays and is not done twice.
    """
    job = session.scalar(select(Job).where(Job.key == key).with_for_update())
    if job is None or job.state != JobState.FAILED:
        return False
    job.state = JobState.QUEUED
    job.attempts = job.faults = job.done = job.total = 0
    job.error_code = job.error_text = job.error_params = None
    job.due_at = job.heartbeat_at = job.finished_at = None
    session.flush()
    _dispatch(session, job.id)
    return True


def take(session: Session, job_id: str, *, at: datetime) -> Job | None:
    """Claim the job for this worker; ``None`` where another has it, it rests or it is over.

    A job that died ``MAX_DEATHS`` times is parked as failed instead of being run again.
    """
    job = session.get(Job, job_id, with_for_update=True)
    if job is None or not _is_free(job, at):
        return None
    if job.attempts - job.faults >= MAX_DEATHS:
        _close(job, JobState.FAILED, at)
        job.error_code = GAVE_UP.code
        job.error_text = GAVE_UP.text
        return None
    job.state = JobState.RUNNING
    job.attempts += 1
    job.heartbeat_at = at
    return job


def beat(
    session: Session, job_id: str, *, done: int | None = None, total: int | None = None
) -> bool:
    """Say the job is alive and how far it is; false where it was cancelled meanwhile."""
    values: dict[str, object] = {"heartbeat_at": now(session)}
    if done is not None:
        values["done"] = done
    if total is not None:
        values["total"] = total
    kept = update(Job).where(Job.id == job_id, Job.state == JobState.RUNNING).values(values)
    return session.connection().execute(kept).rowcount == 1


def cancel(session: Session, job_id: str) -> bool:
    """Stop the job; false where it is over already.

    Its worker hears of it when it next says how far it is.
    """
    is_open = Job.state.in_((JobState.QUEUED, JobState.RUNNING))
    stopped = {"state": JobState.CANCELLED, "finished_at": now(session), "heartbeat_at": None}
    statement = update(Job).where(Job.id == job_id, is_open).values(stopped)
    return session.connection().execute(statement).rowcount == 1


def finish(session: Session, job_id: str, result: Mapping[str, Any] | None) -> None:
    """Record that the job did what it was to do; one stopped meanwhile stays stopped."""
    job = session.get_one(Job, job_id, with_for_update=True)
    if job.state != JobState.RUNNING:
        return
    _close(job, JobState.DONE, now(session))
    job.result = dict(result) if result is not None else None


def fail(session: Session, job_id: str, error: LmsError) -> None:
    """Record why the job could not be done; the sentence is shown to its owner.

    One stopped meanwhile stays stopped.
    """
    job = session.get_one(Job, job_id, with_for_update=True)
    if job.state != JobState.RUNNING:
        return
    _close(job, JobState.FAILED, now(session))
    job.error_code = error.message.code
    job.error_text = error.message.text
    job.error_params = dict(error.message.params)


def put_back(session: Session, job_id: str, error: LmsError) -> None:
    """Let the running job rest before it is tried again: a fault outside will pass.

    A fault that outlasts the last rest fails the job with the error.
    """
    job = session.get_one(Job, job_id, with_for_update=True)
    if job.state != JobState.RUNNING:
        return
    job.faults += 1
    pause = pause_after(job.faults)
    if pause is None:
        fail(session, job_id, error)
        return
    job.state = JobState.QUEUED
    job.heartbeat_at = None
    job.due_at = now(session) + pause


def let_wait(session: Session, job_id: str, *, until: datetime | None = None) -> None:
    """Put the running job back for a moment, or until one, as if it had not been taken up."""
    job = session.get_one(Job, job_id, with_for_update=True)
    if job.state != JobState.RUNNING:
        return
    job.state = JobState.QUEUED
    job.attempts -= 1
    job.heartbeat_at = None
    job.due_at = until or now(session) + WAIT


def waiting(session: Session, *, at: datetime) -> list[str]:
    """Return the ids of jobs that nobody works on though they should be worked on."""
    is_due = or_(Job.due_at.is_(None), Job.due_at <= at)
    never_taken = (Job.state == JobState.QUEUED) & (Job.created_at < at - WAIT_BEFORE_RELAY)
    silent = (Job.state == JobState.RUNNING) & (Job.heartbeat_at < at - STALE_AFTER)
    return list(session.scalars(select(Job.id).where(or_(never_taken & is_due, silent)).limit(100)))


def own_job(session: Session, job_id: str, owner_id: int) -> Job | None:
    """Return the person's own job."""
    return session.scalar(select(Job).where(Job.id == job_id, Job.owner_id == owner_id))


def _row(request: JobRequest, at: datetime) -> dict[str, Any]:
    return {
        "id": new_uuid(),
        "key": request.key,
        "kind": request.kind,
        "args": dict(request.args),
        "state": JobState.QUEUED,
        "owner_id": request.owner_id,
        "created_at": at,
        "due_at": request.due_at,
    }


def _dispatch(session: Session, job_id: str) -> None:
    dispatch = session.info.get("dispatch")
    if dispatch is not None:
        after_commit(session, lambda: dispatch(job_id))


def _is_free(job: Job, at: datetime) -> bool:
    if job.state == JobState.QUEUED:
        return job.due_at is None or job.due_at <= at
    silent_since = job.heartbeat_at or job.created_at
    return job.state == JobState.RUNNING and silent_since < at - STALE_AFTER


def _close(job: Job, state: JobState, at: datetime) -> None:
    job.state = state
    job.finished_at = at
    job.heartbeat_at = None
