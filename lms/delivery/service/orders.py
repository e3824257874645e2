"""Takes orders, stops and goes on with them, and hands the files out once."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from lms.audit.domain import Details
from lms.core.access import Scope, ScopeKind
from lms.core.errors import Conflict, Forbidden, Message
from lms.core.ids import new_token
from lms.delivery import queries
from lms.delivery.domain import JOB_KINDS, KEPT_FOR, WORDS, DeliveryKind, DeliveryState, Wanted
from lms.delivery.gateway import Written
from lms.delivery.models import Delivery
from lms.delivery.service.steps import write_down
from lms.delivery.service.telling import tell_ready
from lms.jobs.models import Job
from lms.jobs.service import JobRequest, cancel, enqueue


@dataclass(frozen=True, slots=True)
class HandedOut:
    """A file on its way out: where it lies, what it must be, and the name it is saved under."""

    id: str
    path: str
    saved_as: str
    byte_size: int
    sha256: str
    is_sealed: bool


def require_few(session: Session, kind: DeliveryKind, person_id: int) -> None:
    """Raise ``Conflict`` where several of the person's are being made already."""
    if queries.open_deliveries(session, kind, person_id) >= WORDS[kind].at_once:
        raise _conflict(WORDS[kind].too_many)


def order(session: Session, *, person_id: int, wanted: Wanted, now: datetime) -> Delivery:
    """Write an order down. Its caller writes what it is of, and then lets it ``start``."""
    delivery = Delivery(
        id=new_token(),
        kind=wanted.kind,
        requested_by_id=person_id,
        purpose=wanted.purpose,
        scopes=[[scope.kind, scope.id] for scope in wanted.scopes],
        is_unmasked=wanted.is_unmasked,
        created_at=now,
        expires_at=now + KEPT_FOR,
    )
    session.add(delivery)
    session.flush()
    return delivery


def start(session: Session, delivery: Delivery) -> None:
    """Let a worker make the file, unless it waits for somebody's approval.

    One that goes on gets a job of its own: each is known by the one before it.
    """
    if delivery.is_unmasked and delivery.approved_at is None:
        return
    kind = JOB_KINDS[DeliveryKind(delivery.kind)]
    key = ":".join(each for each in (kind, delivery.id, delivery.job_id) if each)
    request = JobRequest(kind, key, {delivery.kind: delivery.id}, delivery.requested_by_id)
    delivery.job_id = enqueue(session, request).id
    session.flush()


def record_made(
    session: Session,
    delivery: Delivery,
    *,
    written: Written,
    path: str,
    key_name: str | None,
    now: datetime,
) -> None:
    """Record that the file is there: how large, which hash, by which key it is sealed."""
    delivery.sha256, delivery.byte_size = written.sha256, written.byte_size
    delivery.path, delivery.key_name = path, key_name
    session.flush()
    tell_ready(session, delivery, now=now)


def stop(session: Session, delivery: Delivery, details: Details, *, now: datetime) -> None:
    """Stop a delivery that is being made or waits to be approved; what was written is deleted.

    Raises ``Conflict`` where it is over already.
    """
    job_id = delivery.job_id
    # First the job, then the delivery, as its worker does: neither waits for the other in a ring.
    is_stopped = cancel(session, job_id) if job_id else False
    # Its worker may have recorded the file while the stop waited for the job's row.
    session.refresh(delivery, with_for_update=True)
    waits = job_id is None and delivery.job_id is None and not _is_ruled(delivery, now)
    if not (is_stopped or waits) or delivery.path is not None:
        raise _conflict(WORDS[DeliveryKind(delivery.kind)].over)
    delivery.stopped_at = now
    write_down(session, delivery, "stopped", details, at=now)


def resume(session: Session, delivery: Delivery, details: Details, *, now: datetime) -> None:
    """Go on with a delivery that was stopped or failed: the same order, by a new job.

    Raises ``Conflict`` for one that stands anywhere else.
    """
    session.refresh(delivery, with_for_update=True)
    job = session.get(Job, delivery.job_id) if delivery.job_id else None
    state = queries.state_of(delivery, job.state if job else None, now)
    is_stopped = state in (DeliveryState.CANCELLED, DeliveryState.FAILED)
    if not is_stopped or delivery.expires_at <= now:
        raise Conflict("delivery_not_stopped", "There is nothing to go on with any more.")
    require_few(session, DeliveryKind(delivery.kind), delivery.requested_by_id)
    delivery.stopped_at = None
    start(session, delivery)
    write_down(session, delivery, "resumed", details, at=now)


def require_ready(delivery: Delivery, saved_as: str, *, now: datetime) -> HandedOut:
    """Return the file that may be handed out now.

    Raises ``Forbidden`` where the link was used or is over, ``Conflict`` where it is not made yet.
    """
    words = WORDS[DeliveryKind(delivery.kind)]
    if delivery.expires_at <= now or delivery.removed_at is not None:
        raise _forbidden(words.expired)
    if delivery.path is None or delivery.sha256 is None or delivery.byte_size is None:
        raise _conflict(words.not_ready)
    if delivery.downloaded_at is not None:
        raise _forbidden(words.used)
    return HandedOut(
        *(delivery.id, delivery.path, saved_as, delivery.byte_size, delivery.sha256),
        is_sealed=delivery.key_name is not None,
    )


def hand_out(session: Session, delivery: Delivery, details: Details, *, now: datetime) -> None:
    """Record that the file goes out, once. Raises ``Forbidden`` where it did already."""
    used = (
        update(Delivery)
        .where(Delivery.id == delivery.id, Delivery.downloaded_at.is_(None))
        .values(downloaded_at=now)
    )
    if session.connection().execute(used).rowcount != 1:
        raise _forbidden(WORDS[DeliveryKind(delivery.kind)].used)
    write_down(session, delivery, "downloaded", details, at=now)


def scopes_of(delivery: Delivery) -> tuple[Scope, ...]:
    """Return the scopes the delivery was ordered in."""
    return tuple(Scope(ScopeKind(kind), scope_id) for kind, scope_id in delivery.scopes)


def _is_ruled(delivery: Delivery, now: datetime) -> bool:
    """Tell whether an order waits for nobody's approval any more."""
    is_over = delivery.expires_at <= now or delivery.stopped_at is not None
    return is_over or delivery.refused_at is not None or delivery.approved_at is not None


def _conflict(message: Message) -> Conflict:
    return Conflict(message.code, message.text)


def _forbidden(message: Message) -> Forbidden:
    return Forbidden(message.code, message.text)
