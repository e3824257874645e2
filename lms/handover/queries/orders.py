"""Reads packages together with how far their jobs are."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session

from lms.accounts.domain.proofs import is_confirmed
from lms.accounts.models import Person
from lms.core.access import Actor
from lms.handover.models import Handover
from lms.jobs.models import Job, JobState
from lms.roster.domain.orders import ExportState, export_state

_SHOWN = 20


@dataclass(frozen=True, slots=True)
class HandoverView:
    """A package as its owner sees it; ``learner`` is the name, where it holds one."""

    id: str
    purpose: str
    learner: str | None
    seed: str | None
    wanted: int | None
    state: ExportState
    done: int
    total: int
    sha256: str | None
    manifest_sha256: str | None
    byte_size: int | None
    created_at: datetime
    expires_at: datetime
    downloaded_at: datetime | None
    error_text: str | None
    error_params: Mapping[str, Any]

    @property
    def is_open(self) -> bool:
        """Tell whether the file is still being made."""
        return self.state in (ExportState.QUEUED, ExportState.RUNNING)

    @property
    def is_ready(self) -> bool:
        """Tell whether the file can be downloaded."""
        return self.state is ExportState.DONE and self.downloaded_at is None

    @property
    def command(self) -> str:
        """Return what checks the package, with the hash this site names."""
        return f"python3 verify.py --manifest {self.manifest_sha256}"


@dataclass(frozen=True, slots=True)
class Packages:
    """The actor's packages, and whether a new one may be ordered now."""

    shown: Sequence[HandoverView]
    may_order: bool

    @property
    def is_busy(self) -> bool:
        """Tell whether one is being made."""
        return any(each.is_open for each in self.shown)


def packages(session: Session, actor: Actor, at: datetime) -> Packages:
    """Return the actor's latest packages whose days are not over, newest first."""
    rows = session.execute(
        select(Handover, Person.name, *_OF_JOB)
        .join(Job, Job.id == Handover.job_id)
        .outerjoin(Person, Person.id == Handover.learner_id)
        .where(Handover.requested_by_id == actor.person_id, Handover.expires_at > at)
        .order_by(Handover.created_at.desc(), Handover.id)
        .limit(_SHOWN)
    )
    shown = [_view(row, at) for row in rows]
    return Packages(shown, is_confirmed(actor.confirmed_at, at=at))


_OF_JOB = (Job.state, Job.done, Job.total, Job.error_text, Job.error_params)


def open_packages(session: Session, person_id: int) -> int:
    """Return how many of the person's packages are still being made."""
    is_open = Job.state.in_((JobState.QUEUED, JobState.RUNNING))
    statement = select(func.count()).select_from(Handover).join(Job, Job.id == Handover.job_id)
    return session.scalar(statement.where(Handover.requested_by_id == person_id, is_open)) or 0


def expired(session: Session, at: datetime) -> list[tuple[str, str]]:
    """Return id and file name of packages whose days are over and whose files may still lie there.

    A thousand at most; the next round finds the others.
    """
    rows = session.execute(
        select(Handover.id, Handover.path)
        .where(Handover.expires_at <= at, Handover.path.is_not(None), Handover.removed_at.is_(None))
        .limit(1000)
    )
    return [(handover_id, name) for handover_id, name in rows if name is not None]


def _view(row: Row[*tuple[Any, ...]], at: datetime) -> HandoverView:
    own, learner, state, done, total, error_text, error_params = row
    return HandoverView(
        *(own.id, own.purpose, learner, own.seed, own.wanted),
        state=export_state(state, is_over=own.expires_at <= at),
        done=done if own.people_total is None else own.people_total,
        total=total if own.people_total is None else own.people_total,
        sha256=own.sha256,
        manifest_sha256=own.manifest_sha256,
        byte_size=own.byte_size,
        created_at=own.created_at,
        expires_at=own.expires_at,
        downloaded_at=own.downloaded_at,
        error_text=error_text,
        error_params=error_params or {},
    )
