"""Makes a frozen list with one row, as a worker leaves it before it is closed."""

from sqlalchemy.orm import Session

from lms.accounts.models import Person
from lms.db.session import now
from lms.roster.domain.frozen import row_sha256
from lms.roster.models import FrozenCells, FrozenLine, RosterBatch

SUBJECT = 900_001


def make_frozen_row(session: Session, person: Person, clerk: Person) -> RosterBatch:
    """Freeze a list of the person's county with the person alone on it."""
    batch = RosterBatch(
        county_code=person.county_code,
        kind="completions",
        number=person.id,
        purpose="5 月补贴申报",
        filters={},
        list_key=f"{person.id:064d}",
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
