"""Freezes a list of one moment: many small writes while one reading session stands still."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from itertools import islice
from typing import Any

from sqlalchemy.orm import Session

from lms.accounts.gateway import keys_of
from lms.accounts.service.opening import Opening, write_down_opening
from lms.core.clock import local_day
from lms.db.session import Database, now
from lms.jobs.tasks import JobContext
from lms.roster import queries, service
from lms.roster.domain.frozen import Changed, FreezeState, Manifest, RowToFreeze, Tally, compare
from lms.roster.domain.orders import ExportKind
from lms.roster.domain.sums import Sums
from lms.roster.domain.templates import Template, template_of
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
    template = template_of(ExportKind(batch.kind), batch.template)
    with database.one_moment() as session:
        as_of = now(session)
        manifest, sums = queries.manifest_of(batch, as_of), Sums(template)
        rows, total = _read(context, session, batch, template, as_of)
        _write(context, batch.id, _added_up(rows, sums), total, manifest)
    tally = _compared(database, batch)
    snapshot = service.Snapshot(as_of, manifest.lines, sums.totals, manifest.sha256, tally)
    with database.transaction() as session:
        context.go_on(session)
        service.close_batch(session, batch.id, snapshot, now=now(session))
    return {"rows": manifest.lines}


def _read(
    context: JobContext, session: Session, batch: RosterBatch, template: Template, as_of: datetime
) -> tuple[Iterator[RowToFreeze], int]:
    """Return the rows and how many there are.

    Numbers are opened only where the county's mask cannot be made otherwise, as for its files; that
    is written down first.
    """
    keys = keys_of(context.settings)
    selection = queries.Selection(
        service.county_of(batch.county_code), parse_filters(batch.filters)
    )
    opening = Opening(f"batch:{batch.id}", batch.requested_by_id, batch.purpose, keys)
    kind = ExportKind(batch.kind)
    total = queries.count_list(session, kind, selection)
    if template.needs_numbers:
        with context.database.transaction() as writing:
            write_down_opening(writing, opening, rows=total, now=now(writing))
    wanted = queries.Wanted(kind, selection, opening=opening, is_marked=True)
    today = local_day(as_of)
    return queries.rows_to_freeze(session, wanted, template, keys.index.of, today=today), total


def _added_up(rows: Iterable[RowToFreeze], sums: Sums) -> Iterator[RowToFreeze]:
    for row in rows:
        sums.add(row.cells)
        yield row


def _write(
    context: JobContext,
    batch_id: int,
    rows: Iterable[RowToFreeze],
    total: int,
    manifest: Manifest,
) -> None:
    context.report(0, total)
    for part in _parts(rows):
        with context.database.transaction() as session:
            context.go_on(session)
            written = service.add_rows(session, batch_id, part, after=manifest.lines)
        for row in written:
            manifest.add(row)
        context.report(manifest.lines, total)


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
