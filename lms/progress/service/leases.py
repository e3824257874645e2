"""Gives the right to earn time to one device of a person at a time."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.catalog.models import ItemKind
from lms.catalog.tree import revision_tree
from lms.core.access import Actor
from lms.core.errors import Conflict, Forbidden, NotFound
from lms.core.ids import new_token
from lms.db.bus import emit
from lms.progress import queries
from lms.progress.domain.settings import CountingSettings
from lms.progress.domain.spans import Spans
from lms.progress.domain.state import LeaseEnd
from lms.progress.domain.units import ms_to_datetime
from lms.progress.events import LeaseEnded
from lms.progress.gateway import counting_of
from lms.progress.models import PlaybackLease
from lms.progress.service.checks import open_prompt, settled
from lms.progress.service.clocks import lock_clock, open_clock
from lms.progress.service.completion import require_open
from lms.progress.service.known import Known, read_known


@dataclass(frozen=True, slots=True)
class LeaseReply:
    """What the player is told: its lease, where to go on and what is known already.

    ``prompt`` is the presence check that waits for an answer, on whatever device it was shown.
    """

    lease: str
    duration_ms: int
    position_ms: int
    watched: Spans
    credited: Spans
    verified_ms: int
    held: Spans
    settings: CountingSettings
    prompt: dict[str, Any] | None
    now_ms: int


def take_lease(session: Session, *, actor: Actor, item_id: int) -> LeaseReply:
    """Give the actor's browser the lease on an item; the person's older lease ends.

    Raises ``NotFound`` for an unknown item, ``Forbidden`` where the person is not enrolled or
    the item is not open yet, ``Conflict`` for a quiz without an open attempt and for a page of
    the course's version the person had before.
    """
    target = _target(session, actor=actor, item_id=item_id)
    settings = _settings(session, target.revision_id)
    clock = open_clock(session, actor.person_id, settings)
    older = queries.live_lease(session, actor.person_id)
    if older is not None:
        _end(session, older, clock.now_ms, LeaseEnd.SUPERSEDED)
        session.flush()
    lease = PlaybackLease(
        id=new_token(),
        person_id=actor.person_id,
        sign_in_id=actor.sign_in_id,
        enrollment_id=target.enrollment_id,
        item_id=target.item_id,
        material_id=target.material_id,
        started_at_ms=clock.now_ms,
        has_versions=target.has_versions,
    )
    session.add(lease)
    session.flush()
    known = read_known(session, person_id=actor.person_id, lease_id=lease.id)
    return _reply(settled(session, known))


def end_lease(session: Session, *, actor: Actor, lease_id: str) -> None:
    """Give the actor's lease back. Raises ``NotFound`` for anyone else's."""
    owned = (PlaybackLease.id == lease_id) & (PlaybackLease.person_id == actor.person_id)
    if session.scalar(select(PlaybackLease.id).where(owned)) is None:
        raise NotFound
    clock = lock_clock(session, actor.person_id, CountingSettings())
    lease = session.scalars(
        select(PlaybackLease).where(owned).execution_options(populate_existing=True)
    ).one()
    if clock is not None:
        _end(session, lease, clock.now_ms, LeaseEnd.RELEASED)


def end_leases_of_sign_in(session: Session, *, sign_in_id: int) -> None:
    """End what a browser that signs out still holds."""
    held = (PlaybackLease.sign_in_id == sign_in_id) & PlaybackLease.ended_at_ms.is_(None)
    person_id = session.scalar(select(PlaybackLease.person_id).where(held))
    if person_id is None:
        return
    clock = lock_clock(session, person_id, CountingSettings())
    if clock is None:
        return
    for lease in session.scalars(
        select(PlaybackLease).where(held).execution_options(populate_existing=True)
    ):
        _end(session, lease, clock.now_ms, LeaseEnd.RELEASED)


def _settings(session: Session, revision_id: int) -> CountingSettings:
    return counting_of(revision_tree(session, revision_id).programme_slug)


def _target(session: Session, *, actor: Actor, item_id: int) -> queries.Target:
    target = queries.item_target(session, person_id=actor.person_id, item_id=item_id)
    if target is None:
        if queries.is_outdated(session, person_id=actor.person_id, item_id=item_id):
            raise Conflict(
                "newer_version",
                "This course has a newer version. Please load the page again; what you "
                "completed and earned stays.",
            )
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
    emit(session, LeaseEnded(lease.person_id, ms_to_datetime(now_ms)))


def _reply(known: Known) -> LeaseReply:
    row, state = known.row, known.state().progress
    return LeaseReply(
        lease=row.id,
        duration_ms=known.item.duration_ms,
        position_ms=row.position_ms or 0,
        watched=state.seen,
        credited=state.credited,
        verified_ms=state.verified_ms,
        held=state.held,
        settings=known.settings,
        prompt=open_prompt(known),
        now_ms=known.moment.now,
    )
