"""Reads the entries of one day of a ledger, a page at a time."""

from datetime import date
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from lms.accounts.domain.devices import stored_device
from lms.accounts.models import SignIn
from lms.catalog.models import Material
from lms.progress.models import PlaybackLease, WatchSlice
from lms.record.domain.ledger import Entries, Entry, Turn, turns_of
from lms.record.queries.people import Holder, Lessons

_COLUMNS = (
    *(WatchSlice.id, WatchSlice.number, WatchSlice.kind),
    *(Material.course_id, Material.lesson_key),
    *(WatchSlice.wall_from_ms, WatchSlice.wall_to_ms, WatchSlice.received_at_ms),
    *(WatchSlice.claimed_ms, WatchSlice.credited_ms, WatchSlice.held_ms, WatchSlice.refused),
    *(WatchSlice.state, WatchSlice.rate_percent, WatchSlice.device_hash),
    *(PlaybackLease.id.label("lease"), SignIn.device),
    *(PlaybackLease.started_at_ms, PlaybackLease.ended_at_ms, PlaybackLease.ended_by),
)


def day_entries(session: Session, holder: Holder, day: date, *, after: int, limit: int) -> Entries:
    """Return the entries of the day after the one named, in their order."""
    rows = session.execute(
        select(*_COLUMNS)
        .join(Material, Material.id == WatchSlice.material_id)
        .outerjoin(PlaybackLease, PlaybackLease.id == WatchSlice.lease_id)
        .outerjoin(SignIn, SignIn.id == PlaybackLease.sign_in_id)
        .where(
            WatchSlice.person_id == holder.person_id,
            WatchSlice.day == day.toordinal(),
            WatchSlice.id > after,
            Material.course_id.in_(holder.course_ids),
        )
        .order_by(WatchSlice.id)
        .limit(limit + 1)
    ).all()
    known = holder.lessons()
    entries = tuple(_entry(row, known) for row in rows[:limit])
    more = entries[-1].id if len(rows) > limit else None
    return Entries(day, entries, more, turns_of(entries))


def _entry(row: Row[*tuple[Any, ...]], known: Lessons) -> Entry:
    _, title = known.of(row.course_id, row.lesson_key)
    return Entry(
        *(row.id, row.number, row.kind, title),
        *(row.wall_from_ms, row.wall_to_ms, row.received_at_ms),
        *(row.claimed_ms, row.credited_ms, row.held_ms, row.refused),
        *(row.state, row.rate_percent, row.device_hash),
        _turn(row),
    )


def _turn(row: Row[*tuple[Any, ...]]) -> Turn | None:
    if row.lease is None:
        return None
    return Turn(
        *(row.lease, stored_device(row.device)),
        *(row.started_at_ms, row.ended_at_ms, row.ended_by),
    )
