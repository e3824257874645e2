"""Keeps filters under a name and the columns somebody chose; of nobody but themselves."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from lms.core.access import Actor
from lms.core.errors import Conflict, NotFound
from lms.roster.domain.filters import Filters
from lms.roster.domain.shown import ListColumn
from lms.roster.models import ListColumns, SavedFilter

# More than fit on a page help nobody to find one.
MOST_SAVED = 20


def save_filter(
    session: Session, *, actor: Actor, name: str, filters: Filters, now: datetime
) -> None:
    """Keep the filters under the name; one of the same name gives way.

    Raises ``Conflict`` where too many are kept.
    """
    own = SavedFilter.person_id == actor.person_id
    row = session.scalar(select(SavedFilter).where(own, SavedFilter.name == name))
    if row is None:
        kept = session.scalar(select(func.count()).select_from(SavedFilter).where(own)) or 0
        if kept >= MOST_SAVED:
            raise Conflict(
                "filters_full",
                "%(most)s filters are saved already. Please remove one first.",
                most=MOST_SAVED,
            )
        row = SavedFilter(person_id=actor.person_id, name=name)
        session.add(row)
    row.query, row.saved_at = filters.in_address(), now


def forget_filter(session: Session, *, actor: Actor, saved_id: int) -> None:
    """Forget a filter. Raises ``NotFound`` for anyone else's."""
    row = session.get(SavedFilter, saved_id)
    if row is None or row.person_id != actor.person_id:
        raise NotFound
    session.delete(row)


def choose_columns(session: Session, *, actor: Actor, columns: Sequence[ListColumn] | None) -> None:
    """Remember the columns of completions; ``None`` shows the usual ones again."""
    if columns is None:
        session.execute(delete(ListColumns).where(ListColumns.person_id == actor.person_id))
    else:
        session.merge(ListColumns(person_id=actor.person_id, chosen=[str(c) for c in columns]))
