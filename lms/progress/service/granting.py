"""Adds what people decided to a learner's ledger: entries of its own, never an edit of old ones."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import partial

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.catalog.models import ItemKind
from lms.catalog.tree import revision_tree
from lms.core.clock import local_day
from lms.core.errors import Conflict
from lms.db.bus import emit
from lms.db.session import run_in
from lms.enrollment import queries as enrollments
from lms.progress import queries
from lms.progress.domain.completion import is_covered
from lms.progress.domain.ledger import EntryKind
from lms.progress.domain.requests import Granted, Sets, grant
from lms.progress.domain.settings import CountingSettings
from lms.progress.domain.spans import Spans
from lms.progress.domain.units import ms_to_datetime
from lms.progress.domain.versions import limit_of
from lms.progress.events import TimeGranted
from lms.progress.gateway import counting_of
from lms.progress.models import MaterialProgress
from lms.progress.service.clocks import Locked, lock_clock, seal
from lms.progress.service.completion import complete_item
from lms.progress.service.entries import Ledger, write_sets
from lms.progress.service.known import stored_spans


@dataclass(frozen=True, slots=True)
class Grant:
    """Whose time somebody decided about, by which request."""

    kind: EntryKind
    request_id: int
    person_id: int


def lock_learner(session: Session, person_id: int) -> Locked:
    """Lock the clock of a learner whose entries are chained.

    Raises ``Conflict`` for one who never studied: there is nothing to decide about.
    """
    locked = lock_clock(session, person_id, CountingSettings())
    if locked is not None and locked.row.entries is None:
        seal(session, person_id)
        locked = lock_clock(session, person_id, CountingSettings())
    if locked is None:
        raise Conflict("nothing_studied", "Nothing was studied here yet.")
    return locked


def write_grants(session: Session, what: Grant, locked: Locked, asked: Mapping[int, Spans]) -> int:
    """Grant the stretches asked for, by material; return how many milliseconds that adds.

    The learner's clock is locked. What was counted meanwhile, is held, lies outside of the
    material or would bring its item above the longest version adds nothing.
    """
    durations = queries.durations_of(session, asked)
    sets = sets_of_learner(session, what.person_id, asked)
    ledger, given_ms = Ledger(locked.row), 0
    # One after the other: two of them may be versions of one item, which share its length.
    for material_id, spans in sorted(asked.items()):
        before = sets.get(material_id, Sets())
        limit_ms = _limit(session, what.person_id, material_id, durations[material_id])
        granted = grant(spans, before, durations[material_id], limit_ms)
        if not granted.credited:
            continue
        after = granted.added_to(before)
        ledger.write(session, [_entry(what, locked, material_id, granted)])
        _write_sets(session, (what.person_id, material_id), locked, granted, after)
        _complete(session, what.person_id, material_id, locked, after.seen)
        given_ms += granted.credited.size
    if given_ms:
        emit(session, TimeGranted(what.person_id, ms_to_datetime(locked.now_ms)))
    return given_ms


def _limit(session: Session, person_id: int, material_id: int, duration_ms: int) -> int | None:
    ask = partial(run_in, session)
    others = queries.other_versions(ask, person_id=person_id, material_id=material_id)
    return limit_of(duration_ms, others)


def sets_of_learner(session: Session, person_id: int, materials: Iterable[int]) -> dict[int, Sets]:
    """Return the learner's sets of the materials, as they are under the lock."""
    rows = session.scalars(
        select(MaterialProgress)
        .where(
            MaterialProgress.person_id == person_id,
            MaterialProgress.material_id.in_(list(materials)),
        )
        .execution_options(populate_existing=True)
    )
    return {
        row.material_id: Sets(
            stored_spans(row.seen), stored_spans(row.credited), stored_spans(row.held)
        )
        for row in rows
    }


def _entry(what: Grant, locked: Locked, material_id: int, granted: Granted) -> dict[str, object]:
    """Return the entry's columns: it spends no wall time and says whose decision it carries out."""
    return {
        "kind": what.kind.value,
        "material_id": material_id,
        "request_id": what.request_id,
        "day": local_day(ms_to_datetime(locked.now_ms)).toordinal(),
        "claimed": (),
        "seen": granted.seen.pairs,
        "credited": granted.credited.pairs,
        "held": (),
        "refused": {},
        "claimed_ms": 0,
        "seen_ms": granted.seen.size,
        "credited_ms": granted.credited.size,
        "held_ms": 0,
        "received_at_ms": locked.row.read_ms,
    }


def _write_sets(
    session: Session, key: tuple[int, int], locked: Locked, granted: Granted, after: Sets
) -> None:
    person_id, material_id = key
    row = session.get(MaterialProgress, (person_id, material_id))
    write_sets(
        session,
        {
            "person_id": person_id,
            "material_id": material_id,
            "seen": after.seen.pairs,
            "credited": after.credited.pairs,
            "held": after.held.pairs,
            "refused": dict(row.refused) if row else {},
            "seen_ms": after.seen.size,
            "credited_ms": after.credited.size,
            "granted_ms": (row.granted_ms if row else 0) + granted.credited.size,
            "position_ms": row.position_ms if row else 0,
            "updated_at_ms": locked.now_ms,
        },
    )


def _complete(
    session: Session, person_id: int, material_id: int, locked: Locked, seen: Spans
) -> None:
    """Complete the material's item wherever the learner takes it, once enough of it was seen."""
    for enrollment in enrollments.live_of_person(session, person_id):
        tree = revision_tree(session, enrollment.revision_id)
        percent = counting_of(tree.programme_slug).coverage_percent
        for item in tree.items():
            if item.material_id != material_id or item.kind == ItemKind.QUIZ:
                continue
            if is_covered(seen, item.duration_ms, percent):
                complete_item(
                    session,
                    enrollment_id=enrollment.id,
                    lesson_key=item.lesson_key,
                    item_key=item.key,
                    now=ms_to_datetime(locked.now_ms),
                )
