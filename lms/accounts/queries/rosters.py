"""Reads whose the phones and identity numbers of a roster are, many in a statement."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from sqlalchemy import Row, Select, select
from sqlalchemy.orm import Session

from lms.accounts.domain.matching import Holder
from lms.accounts.models import Identity, Person, PersonState

_AT_ONCE = 1_000


def holders_of_phones(session: Session, phones: Sequence[str]) -> dict[str, Holder]:
    """Return who signs in with the phones, by phone."""
    found = _holders(session, phones, lambda part: _people().where(Person.phone.in_(part)))
    return {each.phone: each for each in found if each.phone}


def holders_of_numbers(session: Session, digests: Sequence[str]) -> dict[str, Holder]:
    """Return whose the identity numbers are, by keyed digest."""
    found = _holders(session, digests, lambda part: _people().where(_of_numbers(part)))
    return {each.number_index: each for each in found if each.number_index}


def _of_numbers(part: Sequence[str]) -> Any:  # noqa: ANN401 (a condition)
    return Identity.number_index.in_(part)


def _people() -> Select[Any]:
    columns: tuple[Any, ...] = (
        Person.id,
        Person.phone,
        Person.name,
        Person.county_code,
        Person.state,
    )
    more: tuple[Any, ...] = (Person.created_at, Identity.number_index)
    return select(*columns, *more).outerjoin(Identity, Identity.person_id == Person.id)


def _holders(
    session: Session, wanted: Sequence[str], ask: Callable[[Sequence[str]], Select[Any]]
) -> Iterator[Holder]:
    for first in range(0, len(wanted), _AT_ONCE):
        for row in session.execute(ask(wanted[first : first + _AT_ONCE])):
            yield _holder(row)


def _holder(row: Row[Any]) -> Holder:
    return Holder(
        person_id=row.id,
        phone=row.phone,
        name=row.name,
        county_code=row.county_code,
        is_active=row.state == PersonState.ACTIVE,
        created_at=row.created_at,
        number_index=row.number_index,
    )
