"""Reads whose the phones and numbers of a roster are and what those agree to, in bulk."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, select
from sqlalchemy.orm import Session

from lms.accounts.domain.matching import Holder
from lms.accounts.domain.texts import SENSITIVE
from lms.accounts.models import Consent, Identity, IdentityState, Person, PersonState

_AT_ONCE = 1_000


def holders_of_phones(session: Session, phones: Sequence[str]) -> dict[str, Holder]:
    """Return who signs in with the phones, by phone."""
    found = _holders(session, phones, lambda part: _people().where(Person.phone.in_(part)))
    return {each.phone: each for each in found if each.phone}


def holders_of_numbers(session: Session, digests: Sequence[str]) -> dict[str, Holder]:
    """Return whose the identity numbers are, by keyed digest."""
    found = _holders(session, digests, lambda part: _people().where(_of_numbers(part)))
    return {each.number_index: each for each in found if each.number_index}


def sensitive_consents(session: Session, people: Sequence[int]) -> dict[int, bool]:
    """Tell of whoever ever agreed that the number may be kept whether they do so now."""
    found: dict[int, bool] = {}
    for first in range(0, len(people), _AT_ONCE):
        rows = session.execute(
            select(Consent.person_id, Consent.withdrawn_at).where(
                Consent.person_id.in_(people[first : first + _AT_ONCE]),
                Consent.subject == SENSITIVE,
            )
        )
        for person_id, withdrawn_at in rows:
            found[person_id] = found.get(person_id, False) or withdrawn_at is None
    return found


def next_declared(
    session: Session, *, by_id: int, at: datetime, after: int, limit: int
) -> Sequence[int]:
    """Return whose numbers, written down by somebody at a moment, still wait; behind a person."""
    return session.scalars(
        select(Identity.person_id)
        .where(
            Identity.state == IdentityState.DECLARED,
            Identity.person_id > after,
            Identity.entered_by_id == by_id,
            Identity.entered_at == at,
        )
        .order_by(Identity.person_id)
        .limit(limit)
    ).all()


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
    more: tuple[Any, ...] = (Person.created_at, Person.held_at, Identity.number_index)
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
        is_held=row.held_at is not None,
    )
