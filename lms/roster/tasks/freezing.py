"""Freezes a list of one moment: many small writes while one reading session stands still."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Any

from sqlalchemy.orm import Session

from lms.core.access import Scope, ScopeKind
from lms.db.session import Database, now
from lms.jobs.tasks import JobContext
from lms.roster import queries, service
from lms.roster.domain.frozen import Changed, FreezeState, Manifest, RowToFreeze, Tally, compare
from lms.roster.forms import parse_filters
from lms.roster.models import RosterBatch

# So many rows are written at a time: whoever studies meanwhile waits for no more than these.
_CHUNK = 1_000


def freeze_roster(context: JobContext) -> Mapping[str, Any]:
    """Write the rows of the batch named in the job and close it.

    A run that was killed is done again from the start, for its moment is gone. Raises
    ``JobCancelled`` where somebody stopped it.
    """
    database = context.database
    with database.transaction() as session:
        batch = session.get_one(RosterBatch, context.args["batch"])
        if batch.state != FreezeState.FREEZING:
            return {"rows": batch.rows_total}
        service.clear_rows(session, batch.id)
    with service.one_moment(database) as session:
        as_of = now(session)
        manifest = queries.manifest_of(batch, as_of)
        selection = queries.Selection(_county(batch), parse_filters(batch.filters))
        total = queries.count(session, selection)
        rows = queries.rows_to_freeze(session, batch.kind, selection)
        sums = _write(context, batch, rows, total, manifest)
    tally = _compared(database, batch)
    snapshot = service.Snapshot(as_of, manifest.lines, sums, manifest.sha256, tally)
    with database.transaction() as session:
        context.go_on(session)
        service.close_batch(session, batch.id, snapshot, now=now(session))
    return {"rows": manifest.lines}


def _county(batch: RosterBatch) -> tuple[Scope, ...]:
    return (Scope(ScopeKind.COUNTY, batch.county_code),)


def _write(
    context: JobContext,
    batch: RosterBatch,
    rows: Iterable[RowToFreeze],
    total: int,
    manifest: Manifest,
) -> dict[str, float]:
    sums: Counter[str] = Counter()
    context.report(0, total)
    for part in _parts(rows):
        with context.database.transaction() as session:
            context.go_on(session)
            written = service.add_rows(session, batch.id, part, after=manifest.lines)
        for row in written:
            manifest.add(row)
        context.report(manifest.lines, total)
    return dict(sums)


def _parts(rows: Iterable[RowToFreeze]) -> Iterator[list[RowToFreeze]]:
    left = iter(rows)
    while part := list(islice(left, _CHUNK)):
        yield part


def _compared(database: Database, batch: RosterBatch) -> Tally | None:
    if batch.compared_id is None:
        return None
    tally = Tally()
    with database.snapshot() as before, database.snapshot() as after:
        for each in _differences(before, after, batch.compared_id, batch.id):
            tally = tally.with_one(each.kind)
    return tally


def _differences(before: Session, after: Session, one: int, other: int) -> Iterator[Changed]:
    return compare(queries.by_subject(before, one), queries.by_subject(after, other))
