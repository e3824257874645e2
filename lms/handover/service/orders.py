"""Takes orders for packages, hands their files out once, and writes each step down."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from lms.accounts.service.security import require_confirmed
from lms.audit.domain import Details
from lms.audit.service import NewAct, record, record_many
from lms.core.access import Actor, Permission, Scope, ScopeKind
from lms.core.clock import local_day
from lms.core.errors import Conflict, Forbidden, InvalidInput, Message, NotFound
from lms.core.ids import new_token
from lms.handover import queries
from lms.handover.domain.orders import Order, file_name
from lms.handover.models import Handover
from lms.jobs.service import JobRequest, cancel, enqueue
from lms.roster import queries as roster
from lms.roster.gateway.files import Written
from lms.roster.service import require_reach

JOB_KIND = "handover.make"
ORDERED = "handover.ordered"
HANDED_OVER = "evidence.handed_over"
KEPT_FOR = timedelta(days=7)
_OPEN_AT_ONCE = 2


@dataclass(frozen=True, slots=True)
class HandedOut:
    """A file on its way out: its name on the disk and the one the browser saves it under."""

    path: str
    saved_as: str
    byte_size: int


@dataclass(frozen=True, slots=True)
class Made:
    """A package that was written: whom it holds, and the hash of its manifest."""

    people: Sequence[int]
    manifest_sha256: str


def order_handover(session: Session, *, actor: Actor, order: Order, now: datetime) -> Handover:
    """Write the package and its job down; a worker makes it.

    Raises ``Forbidden`` (``confirmation_required``) where the actor has not proved within ten
    minutes that it is them, ``NotFound`` for filters or a learner out of reach, ``InvalidInput``
    where nobody fits, and ``Conflict`` where several are being made already.
    """
    require_confirmed(session, actor, now=now)
    scopes = actor.scopes_for(Permission.EVIDENCE_HAND_OVER)
    require_reach(roster.reach(session, scopes), order.filters)
    choice = queries.choose(session, scopes, order)
    if not choice.people:
        if order.learner_id is not None:
            raise NotFound
        raise InvalidInput({"seed": Message("nobody_fits", "Nobody fits these filters.")})
    if queries.open_packages(session, actor.person_id) >= _OPEN_AT_ONCE:
        raise Conflict(
            "handovers_open",
            "Several packages are being made already. Please wait for one of them.",
        )
    handover = _new(actor, order, choice, now)
    session.add(handover)
    args = {"handover": handover.id}
    request = JobRequest(JOB_KIND, f"{JOB_KIND}:{handover.id}", args, actor.person_id)
    handover.job_id = enqueue(session, request).id
    chosen: Details = {
        "person": handover.learner_id,
        "seed": handover.seed,
        "count": handover.wanted,
        "upto": handover.upto,
        "filters": dict(handover.filters),
    }
    _write_down(session, handover, ORDERED, chosen, at=now)
    return handover


def _new(actor: Actor, order: Order, choice: queries.Choice, now: datetime) -> Handover:
    scopes = actor.scopes_for(Permission.EVIDENCE_HAND_OVER)
    return Handover(
        id=new_token(),
        learner_id=order.learner_id,
        seed=order.draw.seed if order.draw else None,
        wanted=order.draw.count if order.draw else None,
        upto=choice.upto if order.draw else None,
        filters=order.filters.as_query(),
        scopes=[[scope.kind, scope.id] for scope in scopes],
        purpose=order.purpose,
        requested_by_id=actor.person_id,
        created_at=now,
        expires_at=now + KEPT_FOR,
    )


def record_made(
    session: Session, *, handover: Handover, made: Made, written: Written, now: datetime
) -> None:
    """Record that the file is there, and of each learner that their evidence went into it."""
    handover.people_total = len(made.people)
    handover.sha256 = written.sha256
    handover.manifest_sha256 = made.manifest_sha256
    handover.byte_size = written.byte_size
    handover.path = path_of(handover)
    hashes: Details = {
        "people": handover.people_total,
        "sha256": handover.sha256,
        "manifest_sha256": handover.manifest_sha256,
    }
    _write_down(session, handover, "handover.made", hashes, at=now)
    asker, details = handover.requested_by_id, {"purpose": handover.purpose}
    acts = [NewAct(asker, HANDED_OVER, f"person:{each}", details) for each in made.people]
    record_many(session, acts, at=now)


def stop_handover(session: Session, *, actor: Actor, handover_id: str, now: datetime) -> Handover:
    """Stop the actor's package and return it; what was written of it is deleted.

    Raises ``NotFound`` for anyone else's and ``Conflict`` where it is over already.
    """
    handover = own(session, actor, handover_id)
    is_stopped = cancel(session, handover.job_id or "")
    # Its worker may have recorded the file while the stop waited for the job's row.
    session.refresh(handover)
    if not is_stopped or handover.path is not None:
        raise Conflict("handover_over", "This package is not being made any more.")
    _write_down(session, handover, "handover.stopped", {}, at=now)
    return handover


def hand_out(session: Session, *, actor: Actor, handover_id: str, now: datetime) -> HandedOut:
    """Return the file of the actor's package, once.

    Raises ``NotFound`` for anyone else's, ``Forbidden`` where the link was used or is over, and
    ``Conflict`` where the file is not made yet.
    """
    handover = own(session, actor, handover_id)
    if handover.expires_at <= now or handover.removed_at is not None:
        raise Forbidden(
            "handover_expired", "This package was deleted after 7 days. Please make it again."
        )
    if handover.path is None:
        raise Conflict("handover_not_ready", "This package is not ready yet. Please wait a little.")
    used = (
        update(Handover)
        .where(Handover.id == handover_id, Handover.downloaded_at.is_(None))
        .values(downloaded_at=now)
    )
    if session.connection().execute(used).rowcount != 1:
        raise Forbidden(
            "handover_link_used",
            "This link works once and was used. Please make the package again.",
        )
    details: Details = {"sha256": handover.sha256}
    _write_down(session, handover, "handover.downloaded", details, at=now)
    saved_as = file_name(local_day(handover.created_at))
    return HandedOut(handover.path, saved_as, handover.byte_size or 0)


def record_removed(session: Session, handover_ids: Sequence[str], *, now: datetime) -> None:
    """Record that the files of the packages were deleted."""
    theirs = Handover.id.in_(handover_ids) & Handover.removed_at.is_(None)
    session.execute(update(Handover).where(theirs).values(removed_at=now))


def own(session: Session, actor: Actor, handover_id: str) -> Handover:
    """Return the actor's package. Raises ``NotFound`` for anyone else's."""
    found = session.scalar(
        select(Handover).where(
            Handover.id == handover_id, Handover.requested_by_id == actor.person_id
        )
    )
    if found is None:
        raise NotFound
    return found


def scopes_of(handover: Handover) -> tuple[Scope, ...]:
    """Return the scopes the package was ordered in."""
    return tuple(Scope(ScopeKind(kind), scope_id) for kind, scope_id in handover.scopes)


def path_of(handover: Handover) -> str:
    """Return the file's name in the export folder."""
    return f"{handover.id}.zip"


def _write_down(
    session: Session, handover: Handover, action: str, more: Details, *, at: datetime
) -> None:
    record(
        session,
        actor_id=handover.requested_by_id,
        action=action,
        subject=f"handover:{handover.id}",
        details={"purpose": handover.purpose, **more},
        at=at,
    )
