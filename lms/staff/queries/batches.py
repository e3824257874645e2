"""Reads frozen lists for the desk: a page of them, and one with its differences."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from lms.core.access import Actor
from lms.core.errors import NotFound
from lms.roster import queries as roster
from lms.roster.domain.filters import Text
from lms.roster.domain.frozen import Changed, FreezeState
from lms.roster.domain.orders import ExportKind
from lms.roster.domain.sums import sums_said
from lms.roster.models import RosterBatch

PAGE = 30
SHOWN = 200


@dataclass(frozen=True, slots=True)
class Shelf:
    """A page of batches, newest first; ``older`` is where the next one begins."""

    lines: Sequence[roster.BatchView]
    older: int | None


@dataclass(frozen=True, slots=True)
class Opened:
    """A batch with what it is held against, where they differ, and whether its hashes hold."""

    view: roster.BatchView
    others: Sequence[RosterBatch]
    against: RosterBatch | None
    changes: Sequence[Changed]
    check: roster.BatchCheck | None

    @property
    def is_cut(self) -> bool:
        """Tell whether there are more differences than are shown."""
        return len(self.changes) == SHOWN

    @property
    def is_of_other_form(self) -> bool:
        """Tell whether the county's form of the list changed in between."""
        return self.against is not None and self.against.template != self.view.batch.template

    @property
    def sums(self) -> Sequence[tuple[Text, str]]:
        """Return what was added up, with its titles."""
        return sums_said(self.view.batch.sums)

    @property
    def live(self) -> Mapping[str, str] | None:
        """Return the filters of the page that shows the list as it is now; claims have no such."""
        batch = self.view.batch
        if batch.kind == ExportKind.APPLICATION:
            return None
        return {key: value for key, value in batch.filters.items() if key != "ids"}


def shelf(session: Session, actor: Actor, *, before: int | None) -> Shelf:
    """Return a page of the batches the actor may see."""
    found = roster.batches(session, actor, before=before, limit=PAGE + 1)
    lines = found[:PAGE]
    return Shelf(lines, lines[-1].batch.id if len(found) > PAGE else None)


def opened(
    session: Session, actor: Actor, batch_id: int, *, against: int | None, checked: bool
) -> Opened:
    """Return a batch of the actor's counties, held against another or the one it was told to be.

    Raises ``NotFound`` out of reach, and for a batch of another list.
    """
    view = roster.batch(session, actor, batch_id)
    if view.state is not FreezeState.FROZEN:
        return Opened(view, (), None, (), None)
    others = roster.others(session, view.batch)
    wanted = view.batch.compared_id if against is None else against
    other = next((each for each in others if each.id == wanted), None)
    if against is not None and other is None:
        raise NotFound
    found = roster.differences(session, other.id, batch_id, SHOWN) if other else ()
    check = roster.check(session, view.batch) if checked else None
    return Opened(view, others, other, found, check)
