"""Makes frozen lists with one row each: one a worker is at, and one that is whole."""

from sqlalchemy.orm import Session

from lms.accounts.models import Person
from lms.db.session import now
from lms.roster.domain.frozen import FreezeState, row_sha256
from lms.roster.models import FrozenCells, FrozenLine, RosterBatch

SUBJECT = 900_001


def make_frozen_rows(session: Session, person: Person, clerk: Person) -> None:
    """Put the person alone on a list that is being frozen, and on one that was."""
    _make_row(session, person, clerk, number=2 * person.id)
    whole = _make_row(session, person, clerk, number=2 * person.id + 1)
    whole.as_of, whole.sha256, whole.rows_total = now(session), "a" * 64, 1
    whole.state = FreezeState.FROZEN
    session.flush()


def _make_row(session: Session, person: Person, clerk: Person, *, number: int) -> RosterBatch:
    batch = RosterBatch(
        county_code=person.county_code,
        kind="completions",
        number=number,
        purpose="5 月补贴申报",
        filters={},
        list_key=f"{number:064d}",
        template={},
        requested_by_id=clerk.id,
        created_at=now(session),
    )
    session.add(batch)
    session.flush()
    cells, place = {"name": person.name}, {"batch_id": batch.id, "number": 1}
    session.add(FrozenLine(**place, subject=SUBJECT, sha256=row_sha256(SUBJECT, cells)))
    session.add(FrozenCells(**place, person_id=person.id, cells=cells, marks={}))
    session.flush()
    return batch
