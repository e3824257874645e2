"""Reads the people desk: who is in reach, found by name, number or card; one person's sheet."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, or_, select, text, true
from sqlalchemy.orm import Session

from lms.accounts import queries as accounts
from lms.accounts.domain.identity import DIGITS, INDEX_KIND, normal_number
from lms.accounts.domain.people import masked_phone, normal_phone
from lms.accounts.gateway import BlindIndex
from lms.accounts.models import (
    BankAccount,
    Consent,
    County,
    Guardian,
    Identity,
    IdentityCheck,
    Person,
    RoleGrant,
)
from lms.core.access import Actor, Permission
from lms.db.base import Localized
from lms.staff.domain import PeopleSearch
from lms.staff.queries.scopes import counties_in_reach, in_reach, person_in_reach

PAGE_ROWS = 50
_PHONE = re.compile(r"1[3-9][0-9]{9}")
_CARD = re.compile(r"[0-9]{17}[0-9X]")


@dataclass(frozen=True, slots=True)
class PersonLine:
    """One person of the list, with nothing that has to be decrypted."""

    id: int
    name: str
    phone: str
    county: Localized
    town: str
    state: str
    is_held: bool
    identity: str | None
    mask: str | None


@dataclass(frozen=True, slots=True)
class PeoplePage:
    """A part of the list; ``after`` is set where there is more."""

    lines: Sequence[PersonLine]
    search: PeopleSearch
    counties: Sequence[County]
    after: int | None


@dataclass(frozen=True, slots=True)
class PersonSheet:
    """All the desk shows of one person; numbers as masks."""

    person: Person
    county: Localized
    phone: str
    identity: Identity | None
    checks: Sequence[IdentityCheck]
    names: Mapping[int, str]
    account: BankAccount | None
    guardian: Guardian | None
    consents: Sequence[Consent]
    grants: Sequence[RoleGrant]
    last_seen_at: datetime | None

    @property
    def agrees(self) -> set[str]:
        """Return the texts the person agrees to now."""
        return {each.subject for each in self.consents if each.withdrawn_at is None}


def people(
    session: Session, actor: Actor, search: PeopleSearch, *, index: BlindIndex
) -> PeoplePage:
    """Return a page of the people in the actor's reach that fit the search.

    Every search reads a range of one index, however many people there are.
    """
    statement, by_name = _statement(session, actor, search, index)
    if search.after is not None:
        statement = statement.where(_behind(session, search.after, by_name=by_name))
    statement = statement.order_by(*_order(session, by_name=by_name))
    rows = session.execute(statement.limit(PAGE_ROWS + 1)).all()
    lines = [_line(row) for row in rows[:PAGE_ROWS]]
    counties = counties_in_reach(session, actor, Permission.PEOPLE_READ)
    more = len(rows) > PAGE_ROWS
    return PeoplePage(lines, search, counties, lines[-1].id if more else None)


def _statement(
    session: Session, actor: Actor, search: PeopleSearch, index: BlindIndex
) -> tuple[Select[Any], bool]:
    wanted = [in_reach(actor.scopes_for(Permission.PEOPLE_READ))]
    if search.county:
        wanted.append(Person.county_code == search.county)
    if search.state:
        wanted.append(Person.state == search.state)
    if search.identity:
        wanted.append(Identity.state == search.identity)
    if search.is_staff:
        has_role = exists().where(RoleGrant.person_id == Person.id, RoleGrant.revoked_at.is_(None))
        wanted.append(has_role)
    found, by_name = _words(session, search.words, index)
    columns: tuple[Any, ...] = (County.name_zh, County.name_en, Identity.state, Identity.mask)
    statement = (
        select(Person, *columns)
        .join(County, County.code == Person.county_code)
        .outerjoin(Identity, Identity.person_id == Person.id)
        .where(*wanted, found)
    )
    return statement, by_name


def _words(
    session: Session, words: str | None, index: BlindIndex
) -> tuple[ColumnElement[bool], bool]:
    """Return what is searched for: a card, a phone number, else how the name begins."""
    if words is None:
        return true(), False
    card, phone = normal_number(words), normal_phone(words)
    if len(card) == DIGITS and _CARD.fullmatch(card):
        return Identity.number_index == index.of(INDEX_KIND, card), False
    if _PHONE.fullmatch(phone):
        return or_(Person.phone == phone, Person.former_phone == phone), False
    if _is_sqlite(session):
        return and_(Person.name >= words, Person.name < words + "\U0010ffff"), True
    return Person.name.startswith(words, autoescape=True), True


def _behind(session: Session, after: int, *, by_name: bool) -> ColumnElement[bool]:
    if not by_name:
        return Person.id < after
    name = session.scalar(select(Person.name).where(Person.id == after)) or ""
    if _is_sqlite(session):
        return and_(Person.name >= name, or_(Person.name > name, Person.id > after))
    return and_(Person.name.op("~>=~")(name), or_(Person.name.op("~>~")(name), Person.id > after))


def _order(session: Session, *, by_name: bool) -> tuple[Any, ...]:
    if not by_name:
        return (Person.id.desc(),)
    return (Person.name if _is_sqlite(session) else text("person.name USING ~<~"), Person.id)


def _is_sqlite(session: Session) -> bool:
    return session.get_bind().dialect.name == "sqlite"


def _line(row: Any) -> PersonLine:  # noqa: ANN401 (a row of the statement above)
    person: Person = row[0]
    return PersonLine(
        id=person.id,
        name=person.name,
        phone=masked_phone(person.phone),
        county={"zh": row.name_zh, "en": row.name_en},
        town=person.town or "",
        state=person.state,
        is_held=person.held_at is not None,
        identity=row[3],
        mask=row[4],
    )


def sheet(session: Session, actor: Actor, person_id: int) -> PersonSheet:
    """Return one person's sheet. Raises ``NotFound`` out of reach."""
    person = person_in_reach(session, actor, Permission.PEOPLE_READ, person_id)
    county = session.get_one(County, person.county_code)
    checks = accounts.checks_of(session, person_id)
    consents = accounts.consents_of(session, person_id)
    grants = session.scalars(
        select(RoleGrant)
        .where(RoleGrant.person_id == person_id, RoleGrant.revoked_at.is_(None))
        .order_by(RoleGrant.id)
    ).all()
    identity = accounts.identity_of(session, person_id)
    known = {each.by_id for each in checks} | {each.recorded_by_id for each in consents}
    known |= {identity.checked_by_id if identity else None}
    return PersonSheet(
        person=person,
        county={"zh": county.name_zh, "en": county.name_en},
        phone=masked_phone(person.phone),
        identity=identity,
        checks=checks,
        names=_names(session, {each for each in known if each is not None}),
        account=accounts.bank_of(session, person_id),
        guardian=accounts.guardian_of(session, person_id),
        consents=consents,
        grants=grants,
        last_seen_at=accounts.last_seen(session, person_id),
    )


def _names(session: Session, people_ids: set[int]) -> dict[int, str]:
    rows = session.execute(select(Person.id, Person.name).where(Person.id.in_(people_ids)))
    return {row[0]: row[1] for row in rows}
