"""Reads particulars: one person's, those of a list of people, and as columns for whole rosters."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from lms.accounts.domain import particulars as rules
from lms.accounts.models import Particulars, Person

_AT_ONCE = 1_000


@dataclass(frozen=True, slots=True)
class ParticularsColumns:
    """What rosters select: a column by each key, and how the table meets ``Person``."""

    columns: Mapping[str, ColumnElement[str | None]]
    of_person: ColumnElement[bool]


def particulars_columns() -> ParticularsColumns:
    """Return the ten particulars as columns of the rows a roster selects already.

    They are text, ready for a cell and NULL where nothing is known: ``education``, ``ethnicity``,
    ``hukou_code``, ``residence_code`` (the code and the name of the place, 330822 浙江省常山县),
    ``address``, ``employer``, ``work_status``, ``insured``, ``cert_of_status_no`` and
    ``prior_level``. Free texts stand as they were typed, so guard them as others. One row a person
    at most: the outer join by the primary key adds no row and no statement::

        found = particulars_columns()
        select(Person.name, found.columns["education"]).outerjoin(Particulars, found.of_person)
    """
    columns = {key: _column(key).label(key) for key in rules.COLUMNS}
    return ParticularsColumns(columns, Particulars.person_id == Person.id)


def _column(key: str) -> ColumnElement[str | None]:
    own: ColumnElement[str | None] = getattr(Particulars, key)
    if key not in rules.PLACES:
        return own
    name = getattr(Particulars, rules.PLACES[key])
    place = func.coalesce(own, "") + " " + func.coalesce(name, "")
    return func.nullif(func.trim(place), "")


def particulars_of(session: Session, person_id: int) -> Particulars | None:
    """Return the person's particulars, ``None`` where nothing is known."""
    return session.get(Particulars, person_id)


def said_particulars(row: Particulars | None) -> dict[str, str]:
    """Return each particular as one would type it; empty where nothing stands."""
    if row is None:
        return dict.fromkeys(rules.COLUMNS, "")
    return {
        key: rules.shown_place(*(getattr(row, part) for part in rules.parts_of(key)))
        if key in rules.PLACES
        else getattr(row, key) or ""
        for key in rules.COLUMNS
    }


def kept_particulars(row: Particulars) -> dict[str, str | None]:
    """Return what stands in a row, by the names it is kept under."""
    return {part: getattr(row, part) for part in rules.PARTS}


def particulars_of_people(
    session: Session, people: Sequence[int]
) -> dict[int, dict[str, str | None]]:
    """Return what stands of each of the people of whom anything does."""
    columns = [getattr(Particulars, part) for part in rules.PARTS]
    found: dict[int, dict[str, str | None]] = {}
    for first in range(0, len(people), _AT_ONCE):
        part = people[first : first + _AT_ONCE]
        statement = select(Particulars.person_id, *columns).where(Particulars.person_id.in_(part))
        for person_id, *values in session.execute(statement):
            found[person_id] = dict(zip(rules.PARTS, values, strict=True))
    return found
