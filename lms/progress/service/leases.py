"""Gives the right to earn time to one device of a person at a time."""

from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.catalog.models import ItemKind
from lms.core.access import Actor
from lms.core.errors import Conflict, Forbidden, NotFound
from lms.core.ids import new_token
from lms.db.bus import emit
from lms.db.upsert import insert_once
from lms.progress import queries
from lms.progress.domain.spans import Spans
from lms.progress.domain.state import LeaseEnd
from lms.progress.events import LeaseEnded
from lms.progress.models import PlaybackLease, StudyClock
from lms.progress.service.completion import require_open


@dataclass(frozen=True, slots=True)
class LeaseReply:
    """What the player is told: its lease, where to go on and what is known already."""

    lease: str
    seq: int
    duration_ms: int
    position_ms: int
    watched: Spans
    credited: Spans


def take_lease(session: Session, *, actor: Actor, item_id: int) -> LeaseReply:
    """Give the actor's browser the lease on an item; the person's older lease ends.

    Raises ``NotFound`` for an unknown item, ``Forbidden`` where the person is not enrolled or
    the item is not open yet, ``Conflict`` for a quiz without an open attempt.
    """
    target = _target(session, actor=actor, item_id=item_id)
    clock = {"person_id": actor.person_id, "credit_mark_ms": 0, "seen_mark_ms": 0, "day_used": {}}
    insert_once(session, StudyClock, clock)
    _, now_ms = queries.lock_clock(session, actor.person_id)
    older = queries.live_lease(session, actor.person_id)
    if older is not None:
        _end(session, older, now_ms, LeaseEnd.SUPERSEDED)
        session.flush()
    lease = PlaybackLease(
        id=new_token(),
        person_id=actor.person_id,
        sign_in_id=actor.sign_in_id,
        enrollment_id=target.enrollment_id,
        item_id=target.item_id,
        material_id=target.material_id,
        started_at_ms=now_ms,
    )
    session.add(lease)
    sets = queries.sets_of(session, person_id=actor.person_id, material_id=target.material_id)
    return _reply(lease, target, sets)


def end_lease(session: Session, *, actor: Actor, lease_id: str) -> None:
    """Give the actor's lease back. Raises ``NotFound`` for anyone else's."""
    owned = (PlaybackLease.id == lease_id) & (PlaybackLease.person_id == actor.person_id)
    if session.scalar(select(PlaybackLease.id).where(owned)) is None:
        raise NotFound
    _, now_ms = queries.lock_clock(session, actor.person_id)
    lease = session.scalars(
        select(PlaybackLease).where(owned).execution_options(populate_existing=True)
    ).one()
    _end(session, lease, now_ms, LeaseEnd.RELEASED)


def end_leases_of_sign_in(session: Session, *, sign_in_id: int) -> None:
    """End what a browser that signs out still holds."""
    held = (PlaybackLease.sign_in_id == sign_in_id) & PlaybackLease.ended_at_ms.is_(None)
    person_id = session.scalar(select(PlaybackLease.person_id).where(held))
    if person_id is None:
        return
    _, now_ms = queries.lock_clock(session, person_id)
    for lease in session.scalars(
        select(PlaybackLease).where(held).execution_options(populate_existing=True)
    ):
        _end(session, lease, now_ms, LeaseEnd.RELEASED)


def _target(session: Session, *, actor: Actor, item_id: int) -> queries.Target:
    target = queries.item_target(session, person_id=actor.person_id, item_id=item_id)
    if target is None:
        if queries.is_item_known(session, item_id):
            raise Forbidden("not_enrolled", "Please join the course first.")
        raise NotFound
    require_open(session, target=target)
    if target.kind == ItemKind.QUIZ and not queries.has_open_attempt(
        session, person_id=actor.person_id, item_id=item_id
    ):
        raise Conflict("no_open_attempt", "Time counts while the quiz is open. Please start it.")
    return target


def _end(session: Session, lease: PlaybackLease, now_ms: int, by: LeaseEnd) -> None:
    if lease.ended_at_ms is not None:
        return
    lease.ended_at_ms = now_ms
    lease.ended_by = by
    emit(session, LeaseEnded(lease.person_id, datetime.fromtimestamp(now_ms / 1000, UTC)))


def _reply(
    lease: PlaybackLease, target: queries.Target, sets: queries.SetsRow | None
) -> LeaseReply:
    return LeaseReply(
        lease=lease.id,
        seq=0,
        duration_ms=target.duration_ms,
        position_ms=sets.position_ms if sets else 0,
        watched=Spans.of(sets.seen) if sets else Spans(),
        credited=Spans.of(sets.credited) if sets else Spans(),
    )
