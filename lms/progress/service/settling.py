"""Writes down what becomes of held and credited time when a presence check is settled."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.progress.domain.ledger import EntryKind
from lms.progress.domain.prompts import Settlement, SettlementEntry, settle_item
from lms.progress.domain.state import ItemProgress, Reason
from lms.progress.models import MaterialProgress
from lms.progress.service.entries import Ledger, write_sets
from lms.progress.service.known import Known, stored_spans


def write_settlement(
    session: Session, known: Known, settlement: Settlement, *, closing: EntryKind | None = None
) -> int:
    """Append the settlement's entries, keep the sets in step; return the ledger's length.

    ``closing`` appends an entry that moves no time but says what happened, and when.
    """
    row = known.row
    ledger = Ledger(row)
    ledger.stand(settlement.clock)
    rows = [_values(entry) for entry in settlement.entries]
    for entry in settlement.entries:
        if entry.kind is not EntryKind.HELD_CREDITED:
            ledger.use(entry.earned.day, -entry.earned.spans.size)
    if closing is not None:
        today = known.moment.parts[-1].day
        rows.append(_moved(closing, row.check_material_id, row.check_lease_id, today))
    if rows:
        received = {"received_at_ms": row.read_ms}
        ledger.write(session, [each | received for each in rows])
    _settle_sets(session, known, settlement.entries)
    return ledger.entries


def _values(entry: SettlementEntry) -> dict[str, Any]:
    """Return an entry's columns; what is taken away stands below zero."""
    earned, spans = entry.earned, entry.earned.spans
    values = _moved(entry.kind, int(earned.item_id), str(earned.lease_id), earned.day)
    if entry.kind is EntryKind.CREDIT_TAKEN_BACK:
        values |= {"credited": spans.pairs, "credited_ms": -spans.size}
    else:
        values |= {"held": spans.pairs, "held_ms": -spans.size}
    if entry.kind is EntryKind.HELD_CREDITED:
        return values | {"credited": spans.pairs, "credited_ms": spans.size}
    return values | {"refused": {Reason.PROMPT_MISSED.value: spans.pairs}}


def _moved(kind: EntryKind, material_id: int, lease_id: str, day: int) -> dict[str, Any]:
    """Return the columns of an entry of a kind that moves nothing yet."""
    nothing: dict[str, Any] = {"claimed": (), "seen": (), "credited": (), "held": (), "refused": {}}
    amounts = {"claimed_ms": 0, "seen_ms": 0, "credited_ms": 0, "held_ms": 0}
    own = {"kind": kind.value, "material_id": material_id, "lease_id": lease_id, "day": day}
    return nothing | amounts | own


def _settle_sets(session: Session, known: Known, entries: Sequence[SettlementEntry]) -> None:
    materials = {int(entry.earned.item_id) for entry in entries}
    if not materials:
        return
    of_person = MaterialProgress.person_id == known.row.person_id
    stored = (
        select(MaterialProgress)
        .where(of_person, MaterialProgress.material_id.in_(materials))
        .execution_options(populate_existing=True)
    )
    for sets in session.scalars(stored).all():
        mine = [each for each in entries if each.earned.item_id == sets.material_id]
        write_sets(session, _settled(sets, mine) | {"updated_at_ms": known.moment.now})


def _settled(sets: MaterialProgress, entries: Sequence[SettlementEntry]) -> dict[str, Any]:
    """Return the columns of a material's sets after the entries that concern it."""
    before = ItemProgress(
        sets.material_id,
        0,
        stored_spans(sets.seen),
        stored_spans(sets.credited),
        stored_spans(sets.held),
    )
    after = settle_item(before, entries)
    refused = dict(sets.refused)
    for entry in entries:
        if entry.kind is not EntryKind.HELD_CREDITED:
            name = Reason.PROMPT_MISSED.value
            refused[name] = refused.get(name, 0) + entry.earned.spans.size
    return {
        "person_id": sets.person_id,
        "material_id": sets.material_id,
        "seen": after.seen.pairs,
        "credited": after.credited.pairs,
        "held": after.held.pairs,
        "refused": refused,
        "seen_ms": sets.seen_ms,
        "credited_ms": after.credited.size,
        "granted_ms": min(sets.granted_ms, after.credited.size),
        "position_ms": sets.position_ms,
    }
