"""The queue that carries job ids to workers: embedded SQLite, Redis or PostgreSQL by setting."""

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

import structlog
from huey import Huey, PostgresHuey, RedisHuey, SqliteHuey
from sqlalchemy import make_url

log = structlog.get_logger(__name__)


class Queue(Protocol):
    """Carries job ids from web processes to workers."""

    def dispatch(self, job_id: str) -> None:
        """Hand the job over; a loss is made good by the relay."""


class HueyQueue:
    """The queue that production and development use."""

    def __init__(self, url: str) -> None:
        self.huey = _huey(url)
        self._run: Callable[[str], None] | None = None
        self._task = self.huey.task(name="run_job")(self._call)

    def serve(self, run: Callable[[str], None]) -> None:
        """Say what this process does with a job id."""
        self._run = run

    def dispatch(self, job_id: str) -> None:
        """Put the id on the queue; a queue that is down delays the job, it does not lose it."""
        try:
            self._task(job_id)
        except (OSError, RuntimeError) as error:
            log.warning("queue_unreachable", job=job_id, error=repr(error))

    def _call(self, job_id: str) -> None:
        if self._run is None:
            raise RuntimeError("this process runs no jobs")
        self._run(job_id)


def _huey(url: str) -> Huey:
    parts = make_url(url)
    backend = parts.get_backend_name()
    if backend == "sqlite":
        Path(parts.database or "").parent.mkdir(parents=True, exist_ok=True)
        return SqliteHuey("lms", filename=parts.database, results=False)
    if backend.startswith("redis"):
        return RedisHuey("lms", url=url, results=False)
    dsn = parts.set(drivername="postgresql").render_as_string(hide_password=False)
    return PostgresHuey("lms", dsn=dsn, results=False)
