"""Reads deliveries together with how far their jobs are."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Boolean, ColumnElement, Select, exists, func, literal_column, or_, select
from sqlalchemy.orm import Session

from lms.core.errors import NotFound
from lms.delivery.domain import KEPT_FOR, DeliveryKind, DeliveryState, delivery_state
from lms.delivery.models import AWAITS, Delivery
from lms.jobs.models import Job, JobState
from lms.notify.models import InboxMessage

_OPEN = (JobState.QUEUED, JobState.RUNNING)
_STOPPED = (DeliveryState.FAILED, DeliveryState.CANCELLED)
_AT_ONCE = 1000


@dataclass(frozen=True, slots=True)
class Standing:
    """A delivery as its owner sees it; ``done`` and ``total`` are what its job says.

    ``days_left`` counts the day that has begun; there are none where its days are over.
    """

    id: str
    purpose: str
    is_unmasked: bool
    state: DeliveryState
    done: int
    total: int
    sha256: str | None
    byte_size: int | None
    created_at: datetime
    expires_at: datetime
    downloaded_at: datetime | None
    days_left: int
    refusal: str | None
    error_code: str | None
    error_text: str | None
    error_params: Mapping[str, Any]

    @property
    def is_open(self) -> bool:
        """Tell whether the file is still being made."""
        return self.state in (DeliveryState.QUEUED, DeliveryState.RUNNING)

    @property
    def is_ready(self) -> bool:
        """Tell whether the file can be downloaded."""
        return self.state is DeliveryState.DONE and self.downloaded_at is None

    @property
    def may_go_on(self) -> bool:
        """Tell whether it was stopped or failed, and its owner may let it go on."""
        return self.state in _STOPPED and self.days_left > 0


def with_jobs(
    select_what: Select[*tuple[Any, ...]], kind: DeliveryKind, person_id: int
) -> Select[*tuple[Any, ...]]:
    """Return the statement over a person's deliveries of a kind, with what ``standing`` reads."""
    return (
        select_what.add_columns(Delivery, Job)
        .outerjoin(Job, Job.id == Delivery.job_id)
        .where(Delivery.requested_by_id == person_id, Delivery.kind == kind)
    )


def newest(
    statement: Select[*tuple[Any, ...]], at: datetime, *, limit: int
) -> Select[*tuple[Any, ...]]:
    """Return the statement over the latest, newest first; what is over shows as long as it was."""
    return (
        statement.where(Delivery.expires_at > at - KEPT_FOR)
        .order_by(Delivery.created_at.desc(), Delivery.id)
        .limit(limit)
    )


def standing(delivery: Delivery, job: Job | None, at: datetime) -> dict[str, Any]:
    """Return what a ``Standing`` holds of a delivery and its job."""
    left = delivery.expires_at - at
    return {
        "id": delivery.id,
        "purpose": delivery.purpose,
        "is_unmasked": delivery.is_unmasked,
        "state": state_of(delivery, job.state if job else None, at),
        "done": job.done if job else 0,
        "total": job.total if job else 0,
        "sha256": delivery.sha256,
        "byte_size": delivery.byte_size,
        "created_at": delivery.created_at,
        "expires_at": delivery.expires_at,
        "downloaded_at": delivery.downloaded_at,
        "days_left": max(0, -(-left // timedelta(days=1))),
        "refusal": delivery.refusal,
        "error_code": job.error_code if job else None,
        "error_text": job.error_text if job else None,
        "error_params": (job.error_params if job else None) or {},
    }


def state_of(delivery: Delivery, job_state: str | None, at: datetime) -> DeliveryState:
    """Return where a delivery stands."""
    return delivery_state(
        job_state,
        is_over=delivery.expires_at <= at,
        is_refused=delivery.refused_at is not None,
        is_stopped=delivery.stopped_at is not None,
    )


def own(session: Session, kind: DeliveryKind, delivery_id: str, person_id: int) -> Delivery:
    """Return the person's own delivery. Raises ``NotFound`` for anyone else's."""
    found = session.scalar(
        select(Delivery).where(
            Delivery.id == delivery_id,
            Delivery.kind == kind,
            Delivery.requested_by_id == person_id,
        )
    )
    if found is None:
        raise NotFound
    return found


def open_deliveries(session: Session, kind: DeliveryKind, person_id: int) -> int:
    """Return how many of the person's are being made, or wait for somebody's approval."""
    statement = (
        select(func.count())
        .select_from(Delivery)
        .outerjoin(Job, Job.id == Delivery.job_id)
        .where(
            Delivery.requested_by_id == person_id,
            Delivery.kind == kind,
            Delivery.removed_at.is_(None),
            or_(Job.state.in_(_OPEN), awaits()),
        )
    )
    return session.scalar(statement) or 0


def awaits() -> ColumnElement[bool]:
    """Return the condition that a delivery waits for another person's approval."""
    return literal_column(f"({AWAITS})", Boolean)


def over(session: Session, at: datetime) -> Sequence[str]:
    """Return deliveries whose days are over and of which something may still lie there.

    A thousand at most; the next round finds the others.
    """
    left = (Delivery.expires_at <= at, Delivery.removed_at.is_(None))
    return session.scalars(select(Delivery.id).where(*left).limit(_AT_ONCE)).all()


def being_made(session: Session, delivery_ids: Sequence[str]) -> set[str]:
    """Return those of the deliveries on which a worker is, or will be."""
    statement = (
        select(Delivery.id)
        .join(Job, Job.id == Delivery.job_id)
        .where(Delivery.id.in_(delivery_ids), Job.state.in_(_OPEN))
    )
    return set(session.scalars(statement))


def untold_failures(session: Session, at: datetime) -> Sequence[Delivery]:
    """Return deliveries whose jobs failed, of which the owner was not told yet.

    A worker that was killed says nothing, so the jobs are asked.
    """
    told = exists().where(InboxMessage.key == failure_key(Delivery.id, Delivery.job_id))
    statement = (
        select(Delivery)
        .join(Job, Job.id == Delivery.job_id)
        .where(
            Delivery.removed_at.is_(None),
            Delivery.expires_at > at,
            Job.state == JobState.FAILED,
            ~told,
        )
        .limit(_AT_ONCE)
    )
    return session.scalars(statement).all()


def failure_key(delivery_id: Any, job_id: Any) -> Any:  # noqa: ANN401 (texts, or columns of such)
    """Return by what the telling of a failure is known: one that fails again is told again."""
    return "delivery:" + delivery_id + ":failed:" + job_id
