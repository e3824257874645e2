"""Reads what hangs on a presence check, and the captions a check may ask about."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from sqlalchemy import ColumnElement, Row, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from lms.media.domain.captions import Cue, parse_captions
from lms.media.models import Caption
from lms.progress.domain.ledger import EntryKind
from lms.progress.domain.spans import Spans
from lms.progress.domain.state import EarnedPart, Unconfirmed
from lms.progress.domain.units import ms_to_datetime
from lms.progress.models import PresenceCheck, WatchSlice
from lms.progress.queries.counting import State


def cues_of(session: Session, caption_id: int) -> tuple[Cue, ...]:
    """Return the cues of one set of captions."""
    text = session.scalar(select(Caption.text).where(Caption.id == caption_id))
    return parse_captions((text or "").encode()).cues


def unconfirmed(session: Session, row: State) -> Unconfirmed:
    """Return what hangs on the answer to the check that waits in a beat's state."""
    if row.check_id is None or row.check_missed_at_ms is not None:
        return Unconfirmed()
    held = _parts(
        session,
        row,
        WatchSlice.held,
        WatchSlice.day >= _a_day_before(row.check_shown_at_ms),
        WatchSlice.number > row.check_after_number,
    )
    last = select(func.coalesce(func.max(PresenceCheck.answered_number), 0)).where(
        PresenceCheck.person_id == row.person_id
    )
    earned = _parts(
        session,
        row,
        WatchSlice.credited,
        WatchSlice.lease_id == row.check_lease_id,
        WatchSlice.number > last.scalar_subquery(),
    )
    return Unconfirmed(held, earned)


def _a_day_before(moment_ms: int) -> int:
    """Return a day no later than what was earned around the moment: it bounds what is read."""
    return ms_to_datetime(moment_ms).date().toordinal() - 1


def _parts(
    session: Session,
    row: State,
    spans: InstrumentedAttribute[list[Any]],
    *which: ColumnElement[bool],
) -> tuple[EarnedPart, ...]:
    rows = session.execute(
        select(WatchSlice.material_id, WatchSlice.lease_id, WatchSlice.day, spans).where(
            WatchSlice.person_id == row.person_id,
            WatchSlice.kind == EntryKind.BEAT,
            *which,
        )
    )
    return tuple(_joined(rows))


def _joined(rows: Iterable[Row[*tuple[Any, ...]]]) -> Iterable[EarnedPart]:
    pairs: dict[tuple[int, str, int], list[list[int]]] = defaultdict(list)
    for material_id, lease_id, day, spans in rows:
        pairs[material_id, lease_id, day].extend(spans)
    for (material_id, lease_id, day), found in pairs.items():
        if found:
            yield EarnedPart(material_id, lease_id, day, Spans.of(found))
