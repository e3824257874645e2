"""Runs jobs: takes a row, keeps it alive while its handler works, records the outcome."""

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

import structlog
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from lms.core.errors import GatewayError, LmsError
from lms.db.session import Database, now
from lms.jobs import service
from lms.settings import Settings

log = structlog.get_logger(__name__)
_HEARTBEAT_SECONDS = 15
_RELAY_SECONDS = 3
_CHORE_SECONDS = 60


class JobCancelled(Exception):
    """The owner stopped the job; the handler cleans up and ends."""


class JobWaits(Exception):
    """The handler cannot begin yet, through no fault; the job is tried again soon, or ``until``."""

    def __init__(self, until: datetime | None = None) -> None:
        super().__init__()
        self.until = until


@dataclass(frozen=True, slots=True)
class JobContext:
    """What a handler gets: it opens its own transactions and reports how far it is."""

    database: Database
    settings: Settings
    job_id: str
    args: Mapping[str, Any]

    def report(self, done: int, total: int) -> None:
        """Show the progress. Raises ``JobCancelled`` where the owner stopped the job."""
        with self.database.transaction() as session:
            if not service.beat(session, self.job_id, done=done, total=total):
                raise JobCancelled

    def go_on(self, session: Session) -> None:
        """Hold the job open while its result is recorded in the same transaction.

        Raises ``JobCancelled`` where the owner stopped it before.
        """
        if not service.beat(session, self.job_id):
            raise JobCancelled


Handler = Callable[[JobContext], Mapping[str, Any] | None]


class Runner:
    """Runs job rows with the handlers of the composition root."""

    def __init__(
        self, database: Database, settings: Settings, handlers: Mapping[str, Handler]
    ) -> None:
        self.database = database
        self.settings = settings
        self.handlers = handlers

    def run(self, job_id: str) -> None:
        """Run the job unless another worker has it; its outcome stands in its row."""
        with self.database.transaction() as session:
            job = service.take(session, job_id, at=now(session))
            if job is None:
                return
            context = JobContext(self.database, self.settings, job.id, dict(job.args))
            kind = job.kind
        with _heartbeat(self.database, job_id):
            self._handle(kind, context)

    def waiting(self) -> list[str]:
        """Return the ids of jobs nobody works on though they should be worked on."""
        with self.database.snapshot() as session:
            return service.waiting(session, at=now(session))

    def _handle(self, kind: str, context: JobContext) -> None:
        try:
            result = self.handlers[kind](context)
        except JobCancelled:
            log.info("job_cancelled", job=context.job_id, kind=kind)
            return
        except JobWaits as waits:
            with self.database.transaction() as session:
                service.let_wait(session, context.job_id, until=waits.until)
            return
        except LmsError as error:
            if isinstance(error, GatewayError) and error.retryable:
                self._put_back(context, error)
                return
            log.info("job_failed", job=context.job_id, kind=kind, code=error.code)
            with self.database.transaction() as session:
                service.fail(session, context.job_id, error)
            return
        with self.database.transaction() as session:
            service.finish(session, context.job_id, result)

    def _put_back(self, context: JobContext, error: GatewayError) -> None:
        log.warning("job_put_back", job=context.job_id, code=error.code)
        with self.database.transaction() as session:
            service.put_back(session, context.job_id, error)


@contextmanager
def _heartbeat(database: Database, job_id: str) -> Iterator[None]:
    """Tell the row every few seconds that its worker lives, also while ffmpeg keeps it busy."""

    def live() -> None:
        with database.transaction() as session:
            service.beat(session, job_id)

    stop = _repeat("heartbeat", [live], every=_HEARTBEAT_SECONDS)
    try:
        yield
    finally:
        stop.set()


def start_relay(
    runner: Runner, dispatch: Callable[[str], None], *, every: float = _RELAY_SECONDS
) -> threading.Event:
    """Hand over again, ``every`` so many seconds, what was lost on the way; set it to stop."""

    def relay() -> None:
        for job_id in runner.waiting():
            dispatch(job_id)

    return _repeat("job-relay", [relay], every=every)


Chore = Callable[[Database, Settings], object]


def start_chores(
    database: Database,
    settings: Settings,
    chores: Sequence[Chore],
    *,
    every: float = _CHORE_SECONDS,
) -> threading.Event:
    """Do each chore again and again, ``every`` so many seconds; set the event to stop.

    Every worker does so: a chore must be safe to do twice at once.
    """
    return _repeat("chores", [partial(chore, database, settings) for chore in chores], every=every)


def _repeat(name: str, works: Sequence[Callable[[], object]], *, every: float) -> threading.Event:
    """Do the works again and again in a thread until the event is set.

    One that fails keeps neither the others nor its own next round from being done.
    """
    stop = threading.Event()

    def loop() -> None:
        while not stop.wait(every):
            for work in works:
                try:
                    work()
                except (SQLAlchemyError, OSError) as error:
                    # The database may be restarting, the disk refuse; the next round makes good.
                    log.warning("round_failed", thread=name, error=repr(error))

    threading.Thread(target=loop, name=name, daemon=True).start()
    return stop
