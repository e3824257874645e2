"""Reads frozen rosters: the batches of a county, their rows, and whether they are still whole."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from sqlalchemy import Row, Select, select
from sqlalchemy.orm import Session, aliased

from lms.accounts.models import County, Person
from lms.core.access import Actor, Permission, ScopeKind
from lms.core.clock import rfc3339
from lms.core.errors import NotFound
from lms.db.base import Localized
from lms.db.session import Database
from lms.jobs.models import Job, JobState
from lms.roster.domain.frozen import (
    Changed,
    FreezeState,
    FrozenRow,
    Manifest,
    Tally,
    compare,
    is_intact,
)
from lms.roster.models import FrozenCells, FrozenLine, RosterBatch

_CHUNK = 2_000


@dataclass(frozen=True, slots=True)
class BatchView:
    """A batch as the desk shows it, with who asked for it and how far its job is."""

    batch: RosterBatch
    county: Localized
    asked_by: str
    corrects_number: int | None
    compared_number: int | None
    job_state: JobState
    done: int
    total: int
    error_text: str | None

    @property
    def state(self) -> FreezeState:
        """Return where the batch stands; one whose job is over without a snapshot failed."""
        if self.batch.state == FreezeState.FREEZING and self.job_state not in _OPEN:
            return FreezeState.FAILED
        return FreezeState(self.batch.state)

    @property
    def tally(self) -> Tally | None:
        """Return what differs from the batch it was held against."""
        batch = self.batch
        if batch.added is None or batch.changed is None or batch.removed is None:
            return None
        return Tally(batch.added, batch.changed, batch.removed)


_OPEN = (JobState.QUEUED, JobState.RUNNING)


@dataclass(frozen=True, slots=True)
class BatchCheck:
    """What recomputing a whole batch found.

    ``broken_at`` is the place of the first row that does not say what its hash says, ``erased`` how
    many rows are of people who were erased since, ``sha256`` the manifest as it is now.
    """

    rows: int
    erased: int
    broken_at: int | None
    sha256: str
    is_whole: bool


def in_reach(actor: Actor, county_code: str) -> bool:
    """Tell whether the actor hands lists over for a county: freezes them, and says their form."""
    return any(
        scope.kind is ScopeKind.PLATFORM
        or (scope.kind is ScopeKind.COUNTY and scope.id == county_code)
        for scope in actor.scopes_for(Permission.COMPLETIONS_EXPORT)
    )


def batches(
    session: Session, actor: Actor, *, before: int | None, limit: int
) -> Sequence[BatchView]:
    """Return the batches the actor may see, newest first, older than ``before``."""
    statement = _views(actor).order_by(RosterBatch.id.desc()).limit(limit)
    if before is not None:
        statement = statement.where(RosterBatch.id < before)
    return [_view(row) for row in session.execute(statement)]


def batch(session: Session, actor: Actor, batch_id: int) -> BatchView:
    """Return a batch. Raises ``NotFound`` outside the actor's counties."""
    row = session.execute(_views(actor).where(RosterBatch.id == batch_id)).one_or_none()
    if row is None:
        raise NotFound
    return _view(row)


def others(session: Session, own: RosterBatch) -> Sequence[RosterBatch]:
    """Return the whole batches of the same list, newest first, which it may be held against."""
    return session.scalars(
        select(RosterBatch)
        .where(
            RosterBatch.county_code == own.county_code,
            RosterBatch.list_key == own.list_key,
            RosterBatch.state == FreezeState.FROZEN,
            RosterBatch.id != own.id,
        )
        .order_by(RosterBatch.id.desc())
        .limit(50)
    ).all()


def in_list_order(session: Session, batch_id: int) -> Iterator[FrozenRow]:
    """Yield the rows of a batch in the order of the list, a few in memory at a time."""
    return _rows(session, _lines(batch_id).order_by(FrozenLine.number))


def by_subject(session: Session, batch_id: int) -> Iterator[FrozenRow]:
    """Yield the rows of a batch in the order of their records, as ``compare`` wants them."""
    return _rows(session, _lines(batch_id).order_by(FrozenLine.subject))


def differences(session: Session, before_id: int, after_id: int, limit: int) -> list[Changed]:
    """Return the first rows in which two batches differ."""
    found = compare(by_subject(session, before_id), by_subject(session, after_id))
    return list(islice(found, limit))


def manifest_of(batch: RosterBatch, as_of: datetime) -> Manifest:
    """Return the manifest of a batch without rows yet: its head says which list of when it is."""
    return Manifest(
        {
            "county": batch.county_code,
            "list": batch.kind,
            "number": batch.number,
            "as_of": rfc3339(as_of),
            "template": batch.template,
        }
    )


def manifest_lines(database: Database, batch: RosterBatch) -> Iterator[bytes]:
    """Yield the manifest of a whole batch, line by line. Raises ``NotFound`` for another."""
    if batch.as_of is None:
        raise NotFound
    return _manifest_lines(database, batch.id, manifest_of(batch, batch.as_of))


def _manifest_lines(database: Database, batch_id: int, manifest: Manifest) -> Iterator[bytes]:
    yield manifest.head
    with database.snapshot() as session:
        for row in in_list_order(session, batch_id):
            yield manifest.add(row)


def check(session: Session, batch: RosterBatch) -> BatchCheck:
    """Compute every hash of a whole batch again."""
    if batch.as_of is None:
        raise NotFound
    manifest, erased, broken = manifest_of(batch, batch.as_of), 0, None
    for row in in_list_order(session, batch.id):
        manifest.add(row)
        erased += row.cells is None
        if broken is None and not is_intact(row):
            broken = row.number
    is_whole = manifest.sha256 == batch.sha256 and broken is None
    return BatchCheck(manifest.lines, erased, broken, manifest.sha256, is_whole)


def _lines(batch_id: int) -> Select[*tuple[Any, ...]]:
    of_line = (FrozenCells.batch_id == FrozenLine.batch_id) & (
        FrozenCells.number == FrozenLine.number
    )
    return (
        select(FrozenLine.subject, FrozenLine.number, FrozenLine.sha256, FrozenCells.cells)
        .outerjoin(FrozenCells, of_line)
        .where(FrozenLine.batch_id == batch_id)
        .execution_options(yield_per=_CHUNK)
    )


def _rows(session: Session, statement: Select[*tuple[Any, ...]]) -> Iterator[FrozenRow]:
    for subject, number, sha256, cells in session.execute(statement):
        yield FrozenRow(subject, number, cells, sha256)


def _views(actor: Actor) -> Select[*tuple[Any, ...]]:
    scopes = actor.scopes_for(Permission.COMPLETIONS_READ)
    corrected, compared = aliased(RosterBatch), aliased(RosterBatch)
    statement = (
        select(
            *(RosterBatch, County.name_zh, County.name_en, Person.name),
            *(corrected.number, compared.number, Job),
        )
        .join(County, County.code == RosterBatch.county_code)
        .join(Person, Person.id == RosterBatch.requested_by_id)
        .join(Job, Job.id == RosterBatch.job_id)
        .outerjoin(corrected, corrected.id == RosterBatch.corrects_id)
        .outerjoin(compared, compared.id == RosterBatch.compared_id)
    )
    if any(scope.kind is ScopeKind.PLATFORM for scope in scopes):
        return statement
    codes = [scope.id for scope in scopes if scope.kind is ScopeKind.COUNTY]
    return statement.where(RosterBatch.county_code.in_(codes))


def _view(row: Row[*tuple[Any, ...]]) -> BatchView:
    batch, name_zh, name_en, asked_by, corrected, compared, job = row
    return BatchView(
        *(batch, {"zh": name_zh, "en": name_en}, asked_by, corrected, compared),
        *(JobState(job.state), job.done, job.total, job.error_text),
    )
