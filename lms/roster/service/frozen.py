"""Freezes rosters: takes the order, writes the rows of one moment, and closes the batch."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from sqlalchemy import Table, delete, func, insert, select, update
from sqlalchemy.orm import Session

from lms.accounts.models import County
from lms.audit.service import record
from lms.core.access import Actor, Permission, Scope, ScopeKind
from lms.core.errors import Conflict, InvalidInput, Message, NotFound
from lms.db.session import connection_of
from lms.jobs.models import Job, JobState
from lms.jobs.service import JobRequest, cancel, enqueue
from lms.roster import queries
from lms.roster.domain.filters import Filters
from lms.roster.domain.frozen import (
    FREEZABLE,
    FreezeState,
    FrozenRow,
    RowToFreeze,
    Tally,
    list_key,
    row_sha256,
)
from lms.roster.domain.orders import ExportKind
from lms.roster.models import FrozenCells, FrozenLine, RosterBatch
from lms.roster.service.templates import require_county

JOB_KIND = "roster.freeze"
_LINES, _CELLS = (cast(Table, model.__table__) for model in (FrozenLine, FrozenCells))


@dataclass(frozen=True, slots=True)
class FreezeOrder:
    """Which list is to be frozen and for what; the filters name its county."""

    kind: ExportKind
    filters: Filters
    purpose: str


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What a whole batch says of itself."""

    as_of: datetime
    rows: int
    sums: Mapping[str, int]
    sha256: str
    tally: Tally | None


def order_batch(
    session: Session, *, actor: Actor, order: FreezeOrder, now: datetime
) -> RosterBatch:
    """Write down that a list is to be frozen; a worker reads and keeps its rows.

    Raises ``InvalidInput`` for a list that cannot be frozen or names no county, ``NotFound`` for
    a county out of reach, and ``Conflict`` where this list is being frozen already.
    """
    county = order.filters.county
    if order.kind not in FREEZABLE or county is None:
        raise InvalidInput({"kind": _NOT_FREEZABLE if county else _NO_COUNTY})
    require_county(actor, county)
    scopes = actor.scopes_for(Permission.COMPLETIONS_EXPORT)
    if not queries.reach(session, scopes, order.filters).holds(order.filters):
        raise NotFound
    key = list_key(order.kind, order.filters.as_query())
    selection = queries.Selection(county_of(county), order.filters)
    template = queries.template_for(session, order.kind, selection)
    batch = RosterBatch(
        county_code=county,
        kind=order.kind,
        purpose=order.purpose,
        filters=order.filters.as_query(),
        list_key=key,
        template=template.as_content(),
        compared_id=_last(session, county, key),
    )
    return _begin(session, actor, batch, now)


def correct_batch(
    session: Session, *, actor: Actor, batch_id: int, reason: str, now: datetime
) -> RosterBatch:
    """Freeze the same list anew, as the correction of a batch, and say why.

    What was frozen stays as it is; by the same template a difference is one of what is said, not
    of how. Raises ``NotFound`` out of reach and ``Conflict`` where the
    batch is not whole or its list is being frozen already.
    """
    old = session.get(RosterBatch, batch_id)
    if old is None:
        raise NotFound
    require_county(actor, old.county_code)
    require_frozen(old)
    batch = RosterBatch(
        county_code=old.county_code,
        kind=old.kind,
        purpose=old.purpose,
        filters=dict(old.filters),
        list_key=old.list_key,
        template=dict(old.template),
        corrects_id=old.id,
        compared_id=old.id,
        reason=reason,
    )
    return _begin(session, actor, batch, now)


def stop_batch(session: Session, *, actor: Actor, batch_id: int, now: datetime) -> None:
    """Stop a list that is being frozen. Raises ``NotFound`` out of reach, ``Conflict`` if whole."""
    batch = session.get(RosterBatch, batch_id)
    if batch is None:
        raise NotFound
    require_county(actor, batch.county_code)
    is_stopped = cancel(session, batch.job_id or "")
    session.refresh(batch)
    if not is_stopped or batch.state != FreezeState.FREEZING:
        raise Conflict("batch_over", "This list is not being frozen any more.")
    batch.state = FreezeState.FAILED
    clear_rows(session, batch.id)
    _write_down(session, batch, "batch.stopped", actor.person_id, now)


def clear_rows(session: Session, batch_id: int) -> None:
    """Delete what an earlier run wrote of a batch that is not whole."""
    for table in (_CELLS, _LINES):
        connection_of(session).execute(delete(table).where(table.c.batch_id == batch_id))


def add_rows(
    session: Session, batch_id: int, rows: Iterable[RowToFreeze], *, after: int
) -> list[FrozenRow]:
    """Write rows behind the place ``after`` and return them as they stand."""
    lines, cells, found = [], [], []
    for number, row in enumerate(rows, start=after + 1):
        place = {"batch_id": batch_id, "number": number}
        sha256 = row_sha256(row.subject, row.cells)
        lines.append({**place, "subject": row.subject, "sha256": sha256})
        said = {"person_id": row.person_id, "cells": row.cells, "marks": row.marks}
        cells.append({**place, **said})
        found.append(FrozenRow(row.subject, number, row.cells, sha256))
    if found:
        connection_of(session).execute(insert(_LINES), lines)
        connection_of(session).execute(insert(_CELLS), cells)
    return found


def close_batch(session: Session, batch_id: int, snapshot: Snapshot, *, now: datetime) -> None:
    """Record that a batch is whole; from here on the database refuses to change it."""
    batch = session.get_one(RosterBatch, batch_id)
    batch.as_of, batch.sha256 = snapshot.as_of, snapshot.sha256
    batch.rows_total, batch.sums = snapshot.rows, dict(snapshot.sums)
    if snapshot.tally is not None:
        tally = snapshot.tally
        batch.added, batch.changed, batch.removed = tally.added, tally.changed, tally.removed
    batch.state = FreezeState.FROZEN
    session.flush()
    _write_down(session, batch, "batch.frozen", batch.requested_by_id, now)


def county_of(code: str) -> tuple[Scope, ...]:
    """Return what a frozen list may hold: all of its county, whoever freezes it."""
    return (Scope(ScopeKind.COUNTY, code),)


def _begin(session: Session, actor: Actor, batch: RosterBatch, now: datetime) -> RosterBatch:
    _lock(session, batch.county_code)
    _give_up_the_dead(session, batch)
    taken = select(func.max(RosterBatch.number)).where(
        RosterBatch.county_code == batch.county_code, RosterBatch.kind == batch.kind
    )
    batch.number = (session.scalar(taken) or 0) + 1
    batch.requested_by_id, batch.created_at = actor.person_id, now
    session.add(batch)
    session.flush()
    request = JobRequest(JOB_KIND, f"{JOB_KIND}:{batch.id}", {"batch": batch.id}, actor.person_id)
    batch.job_id = enqueue(session, request).id
    _write_down(session, batch, "batch.ordered", actor.person_id, now)
    return batch


def _lock(session: Session, county_code: str) -> None:
    """Let those who freeze lists of a county do so one after the other: the numbers run on."""
    session.execute(
        select(County.code).where(County.code == county_code).with_for_update(key_share=True)
    )


def _give_up_the_dead(session: Session, batch: RosterBatch) -> None:
    """Raise ``Conflict`` where the list is being frozen; a batch whose job is over is given up."""
    standing = session.execute(
        select(RosterBatch.id, Job.state)
        .join(Job, Job.id == RosterBatch.job_id)
        .where(
            RosterBatch.county_code == batch.county_code,
            RosterBatch.list_key == batch.list_key,
            RosterBatch.state == FreezeState.FREEZING,
        )
    ).one_or_none()
    if standing is None:
        return
    if standing.state in (JobState.QUEUED, JobState.RUNNING):
        raise Conflict("batch_open", "This list is being frozen already. Please wait for it.")
    clear_rows(session, standing.id)
    dead = update(RosterBatch).where(RosterBatch.id == standing.id)
    session.execute(dead.values(state=FreezeState.FAILED))


def _last(session: Session, county_code: str, key: str) -> int | None:
    return session.scalar(
        select(RosterBatch.id)
        .where(
            RosterBatch.county_code == county_code,
            RosterBatch.list_key == key,
            RosterBatch.state == FreezeState.FROZEN,
        )
        .order_by(RosterBatch.id.desc())
        .limit(1)
    )


def require_frozen(batch: RosterBatch) -> None:
    """Raise ``Conflict`` where a batch is not whole: nothing corrects it, and no file is of it."""
    if batch.state != FreezeState.FROZEN:
        raise Conflict("batch_not_frozen", "This list is not frozen.")


def _write_down(
    session: Session, batch: RosterBatch, action: str, by_id: int, at: datetime
) -> None:
    record(
        session,
        actor_id=by_id,
        action=action,
        subject=f"batch:{batch.id}",
        details={
            "kind": batch.kind,
            "number": batch.number,
            "filters": dict(batch.filters),
            "purpose": batch.purpose,
            "reason": batch.reason,
            "rows": batch.rows_total,
            "sha256": batch.sha256,
        },
        at=at,
    )


_NOT_FREEZABLE = Message("not_freezable", "This kind of list cannot be frozen.")
_NO_COUNTY = Message("no_county", "Please choose one county: a frozen list belongs to one.")
