"""Reads the lists that were taken in, and the counties somebody may take lists in for."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.accounts.models import Person
from lms.accounts.queries import counties
from lms.catalog.outline import Words
from lms.core.access import Actor, Permission
from lms.subsidy.models import FactList
from lms.subsidy.queries.people import reaches

_MOST = 100


@dataclass(frozen=True, slots=True)
class ListBoard:
    """What the room of lists shows."""

    counties: dict[str, Words]
    taken_in: Sequence[tuple[FactList, str]]


def list_board(session: Session, actor: Actor) -> ListBoard:
    """Return the actor's counties and the lists of these, the last first."""
    own: dict[str, Words] = {
        row.code: {"zh": row.name_zh, "en": row.name_en}
        for row in counties(session)
        if reaches(actor, row.code, Permission.FACTS_RECORD)
    }
    rows = session.execute(
        select(FactList, Person.name)
        .join(Person, Person.id == FactList.imported_by_id)
        .where(FactList.county_code.in_(list(own)))
        .order_by(FactList.id.desc())
        .limit(_MOST)
    )
    return ListBoard(own, [(row[0], row[1]) for row in rows])
