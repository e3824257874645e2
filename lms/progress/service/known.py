"""Gathers what the database knows when a beat arrives, under the lock of the learner's clock."""

from dataclasses import dataclass
from functools import partial

from sqlalchemy.orm import Session

from lms.catalog.models import ItemKind
from lms.catalog.outline import ItemView
from lms.catalog.tree import Kept, tree_and_items
from lms.core.errors import NotFound
from lms.db.prepared import Ask
from lms.db.session import run_in
from lms.progress import queries
from lms.progress.domain.answers import BeatState
from lms.progress.domain.settings import CountingSettings
from lms.progress.domain.spans import NOTHING, Spans
from lms.progress.domain.state import ItemProgress, LearnerClock, Lease, LeaseEnd, Moment
from lms.progress.domain.versions import Version, limit_of
from lms.progress.gateway import counting_of
from lms.progress.queries import State
from lms.progress.service.clocks import clock_of, moment_of, now_of


@dataclass(frozen=True, slots=True)
class Known:
    """A beat's lease with the learner's clock and sets, and what is kept of its course.

    ``others`` are other versions of the item that the learner has time in; few have any.
    """

    row: State
    item: ItemView
    settings: CountingSettings
    moment: Moment
    ahead_ms: int
    clock: LearnerClock
    others: tuple[Version, ...] = ()

    def state(self) -> BeatState:
        """Return what the arithmetic starts from."""
        row = self.row
        lease = Lease(
            lease_id=row.id,
            item_id=row.material_id,
            started_at=row.started_at_ms,
            ended_at=row.ended_at_ms,
            ended_by=LeaseEnd(row.ended_by) if row.ended_by else None,
            last_seq=row.last_seq,
        )
        # A quiz is complete when it is passed, however long it was open.
        is_quiz = self.item.kind == ItemKind.QUIZ
        progress = ItemProgress(
            item_id=row.material_id,
            duration_ms=self.item.duration_ms,
            seen=stored_spans(row.seen),
            credited=stored_spans(row.credited),
            held=stored_spans(row.held),
            coverage_percent=None if is_quiz else self.settings.coverage_percent,
            is_complete=row.completed_at is not None,
            elsewhere_ms=sum(each.credited_ms for each in self.others),
            limit_ms=limit_of(self.item.duration_ms, self.others) if self.others else None,
        )
        return BeatState(self.clock, lease, progress)


def read_known(session: Session, *, person_id: int, lease_id: str) -> Known:
    """Lock the person's clock and return what a beat needs. Raises ``NotFound``."""
    queries.lock_clock(session, person_id)
    ask = partial(run_in, session)
    row = queries.beat_state(ask, person_id=person_id, lease_id=lease_id)
    if row is None:
        raise NotFound
    return known_of(ask, row, tree_and_items(session, row.revision_id))


def known_of(ask: Ask, row: State, kept: Kept) -> Known:
    """Return what the row and what is kept of its course tell; ask for other versions, if any."""
    course, items = kept
    settings = counting_of(course.programme_slug)
    now_ms, ahead_ms = now_of(row, settings)
    moment = moment_of(row, now_ms, settings)
    others = (
        queries.other_versions(ask, person_id=row.person_id, material_id=row.material_id)
        if row.has_versions
        else ()
    )
    return Known(row, items[row.item_id], settings, moment, ahead_ms, clock_of(row), others)


def stored_spans(pairs: list[list[int]] | None) -> Spans:
    """Return a set as it was stored: sorted and merged already."""
    return Spans(tuple((begin, end) for begin, end in pairs)) if pairs else NOTHING
