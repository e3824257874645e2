"""Reads the people desk: who is in reach, found by name, number or card; one person's sheet."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select, text, true
from sqlalchemy.orm import Session, aliased

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
    Particulars,
    Person,
    RoleGrant,
    SignIn,
)
from lms.core.access import Actor, Permission, Scope
from lms.core.errors import NotFound
from lms.db.base import Localized
from lms.enrollment.models import Enrollment
from lms.enrollment.queries import in_scope
from lms.staff.domain import PeopleSearch
from lms.staff.queries.scopes import counties_in_reach, in_reach
from lms.subsidy.queries import reaches

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
    """All the desk shows of one person: numbers as masks, with the names of who did what.

    ``has_facts`` and ``has_courses`` tell whether the actor finds these pages of the person.
    ``shows_particulars`` tells whether the actor may read what lists ask.
    """

    person: Person
    county: Localized
    phone: str
    identity: Identity | None
    checked_by: str | None
    checks: Sequence[tuple[IdentityCheck, str | None]]
    account: BankAccount | None
    guardian: Guardian | None
    consents: Sequence[tuple[Consent, str | None]]
    grants: Sequence[RoleGrant]
    last_seen_at: datetime | None
    particulars: Particulars | None
    particulars_by: str | None
    shows_particulars: bool
    has_facts: bool
    has_courses: bool

    @property
    def agrees(self) -> set[str]:
        """Return the texts the person agrees to now."""
        return {each.subject for each, _ in self.consents if each.withdrawn_at is None}


def people(
    session: Session, actor: Actor, search: PeopleSearch, *, index: BlindIndex
) -> PeoplePage:
    """Return a page of the people in the actor's reach that fit the search.

    Every search reads a range of one index, however many people there are.
    """
    lines, more = found_people(session, actor.scopes_for(Permission.PEOPLE_READ), search, index)
    counties = counties_in_reach(session, actor, Permission.PEOPLE_READ)
    return PeoplePage(lines, search, counties, lines[-1].id if more else None)


def found_people(
    session: Session, scopes: Sequence[Scope], search: PeopleSearch, index: BlindIndex
) -> tuple[list[PersonLine], bool]:
    """Return a page of the people in the scopes that fit, and whether there are more."""
    found, by_name = _words(session, search.words, index)
    statement = _statement(scopes, search).where(found)
    if search.after is not None:
        statement = statement.where(_behind(session, search.after, by_name=by_name))
    statement = statement.order_by(*_order(session, search, by_name=by_name))
    rows = session.execute(statement.limit(PAGE_ROWS + 1)).all()
    return [_line(row) for row in rows[:PAGE_ROWS]], len(rows) > PAGE_ROWS


def _statement(scopes: Sequence[Scope], search: PeopleSearch) -> Select[Any]:
    wanted = [in_reach(scopes), Person.erased_at.is_(None)]
    if search.county:
        wanted.append(Person.county_code == search.county)
    if search.state:
        wanted.append(Person.state == search.state)
    columns: tuple[Any, ...] = (County.name_zh, County.name_en, Identity.state, Identity.mask)
    statement = select(Person, *columns).join(County, County.code == Person.county_code)
    if search.identity:
        # The few that are in this state are read, not the people.
        statement = statement.join(Identity, Identity.person_id == Person.id)
        wanted.append(Identity.state == search.identity)
    else:
        statement = statement.outerjoin(Identity, Identity.person_id == Person.id)
    if search.is_staff:
        held = select(RoleGrant.person_id).where(RoleGrant.revoked_at.is_(None))
        wanted.append(Person.id.in_(held))
    return statement.where(*wanted)


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
        now, before = (
            select(Person.id).where(column == phone)
            for column in (Person.phone, Person.former_phone)
        )
        return Person.id.in_(now.union(before)), False
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


def _order(session: Session, search: PeopleSearch, *, by_name: bool) -> tuple[Any, ...]:
    if not by_name:
        return ((Identity.person_id if search.identity else Person.id).desc(),)
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
    row = session.execute(_sheet(actor, person_id)).one_or_none()
    if row is None:
        raise NotFound
    person, county, identity, account, guardian, checked_by, last_seen_at, has_courses = row[:8]
    return PersonSheet(
        person=person,
        county={"zh": county.name_zh, "en": county.name_en},
        phone=masked_phone(person.phone),
        identity=identity,
        checked_by=checked_by,
        checks=_checks(session, person_id),
        account=account,
        guardian=guardian,
        consents=_consents(session, person_id),
        grants=_grants(session, person_id),
        last_seen_at=last_seen_at,
        particulars=row[8],
        particulars_by=row[9],
        shows_particulars=bool(row.reads),
        has_facts=reaches(actor, person.county_code, Permission.FACTS_READ),
        has_courses=has_courses,
    )


def _sheet(actor: Actor, person_id: int) -> Select[Any]:
    seen = (
        select(func.max(SignIn.last_seen_at)).where(SignIn.person_id == person_id).scalar_subquery()
    )
    looked, wrote = aliased(Person), aliased(Person)
    # Whoever only looks at cards has no business with an address.
    reads = in_reach(actor.scopes_for(Permission.FACTS_READ))
    near = in_scope(actor.scopes_for(Permission.COMPLETIONS_READ))
    taken = exists().where(Enrollment.person_id == Person.id, near)
    return (
        select(Person, County, Identity, BankAccount, Guardian, looked.name, seen, taken)
        .add_columns(Particulars, wrote.name, reads.label("reads"))
        .join(County, County.code == Person.county_code)
        .outerjoin(Identity, Identity.person_id == Person.id)
        .outerjoin(BankAccount, BankAccount.person_id == Person.id)
        .outerjoin(Guardian, Guardian.person_id == Person.id)
        .outerjoin(looked, looked.id == Identity.checked_by_id)
        .outerjoin(Particulars, Particulars.person_id == Person.id)
        .outerjoin(wrote, wrote.id == Particulars.written_by_id)
        .where(
            Person.id == person_id,
            Person.erased_at.is_(None),
            in_reach(actor.scopes_for(Permission.PEOPLE_READ)),
        )
    )


def _grants(session: Session, person_id: int) -> Sequence[RoleGrant]:
    return session.scalars(
        select(RoleGrant)
        .where(RoleGrant.person_id == person_id, RoleGrant.revoked_at.is_(None))
        .order_by(RoleGrant.id)
    ).all()


def _checks(session: Session, person_id: int) -> list[tuple[IdentityCheck, str | None]]:
    rows = session.execute(
        select(IdentityCheck, Person.name)
        .outerjoin(Person, Person.id == IdentityCheck.by_id)
        .where(IdentityCheck.person_id == person_id)
        .order_by(IdentityCheck.id.desc())
    )
    return [(row[0], row[1]) for row in rows]


def _consents(session: Session, person_id: int) -> list[tuple[Consent, str | None]]:
    rows = session.execute(
        select(Consent, Person.name)
        .outerjoin(Person, Person.id == Consent.recorded_by_id)
        .where(Consent.person_id == person_id)
        .order_by(Consent.id.desc())
    )
    return [(row[0], row[1]) for row in rows]
