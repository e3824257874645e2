"""Reads people, signed-in browsers, roles and counties."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from sqlalchemy import Table, and_, bindparam, func, select
from sqlalchemy.orm import Session

from lms.accounts.models import (
    County,
    HalfSignIn,
    OneTimeCode,
    Person,
    PersonState,
    RoleGrant,
    SignIn,
    TotpSecret,
)
from lms.core.access import Actor, Grant, Role, Scope, ScopeKind
from lms.core.errors import NotFound
from lms.core.ids import digest
from lms.db.prepared import Ask, Prepared


@dataclass(frozen=True, slots=True)
class KnownBrowser:
    """A signed-in browser: who acts through it and what it has proven."""

    actor: Actor
    last_seen_at: datetime
    has_second_factor: bool


# Every request asks this, so it is put together once and reads columns, not mapped objects.
_S, _P, _G = (cast(Table, model.__table__).c for model in (SignIn, Person, RoleGrant))
_BROWSER = Prepared(
    select(
        *(_S.id, _S.person_id, _S.expires_at, _S.last_seen_at),
        *(_S.second_factor_at, _S.confirmed_at),
        *(_P.name, _P.locale, _G.role, _G.scope_kind, _G.scope_id),
    )
    .join_from(SignIn.__table__, Person.__table__, _P.id == _S.person_id)
    .outerjoin(RoleGrant.__table__, and_(_G.person_id == _P.id, _G.revoked_at.is_(None)))
    .where(
        _S.token_hash == bindparam("token_hash"),
        _S.revoked_at.is_(None),
        _P.state == PersonState.ACTIVE,
    )
    .order_by(_G.id)
)


def browser_of_token(ask: Ask, token: str, *, at: datetime) -> KnownBrowser | None:
    """Return who is signed in with the token, with all roles, in one statement."""
    rows = ask(_BROWSER, {"token_hash": digest(token)})
    if not rows or rows[0].expires_at <= at:
        return None
    found = rows[0]
    grants = _grants((row.role, row.scope_kind, row.scope_id) for row in rows)
    actor = Actor(
        *(found.person_id, found.name, grants, found.id, found.locale, found.confirmed_at)
    )
    return KnownBrowser(actor, found.last_seen_at, found.second_factor_at is not None)


def grants_of(session: Session, person_id: int) -> tuple[Grant, ...]:
    """Return the roles a person holds now."""
    rows = session.execute(
        select(RoleGrant.role, RoleGrant.scope_kind, RoleGrant.scope_id)
        .where(RoleGrant.person_id == person_id, RoleGrant.revoked_at.is_(None))
        .order_by(RoleGrant.id)
    )
    return _grants((role, kind, scope_id) for role, kind, scope_id in rows)


def person_of_phone(session: Session, phone: str) -> Person | None:
    """Return whose number it is."""
    return session.scalar(select(Person).where(Person.phone == phone))


def people_of_numbers(session: Session, digests: Iterable[str]) -> dict[str, int]:
    """Return whose identity number has which digest; for now none is kept."""
    del session, digests
    return {}


def password_hash_of_phone(session: Session, phone: str) -> str | None:
    """Return the stored hash; ``None`` for an unknown number and for one without a password."""
    return session.scalar(select(Person.password_hash).where(Person.phone == phone))


def person(session: Session, person_id: int) -> Person:
    """Return the person. Raises ``NotFound``."""
    found = session.get(Person, person_id)
    if found is None:
        raise NotFound
    return found


def counties(session: Session) -> Sequence[County]:
    """Return the counties this installation serves."""
    return session.scalars(select(County).order_by(County.code)).all()


def county(session: Session, code: str) -> County | None:
    """Return the county with the code."""
    return session.get(County, code)


def live_code(session: Session, phone: str, purpose: str) -> OneTimeCode | None:
    """Return the one code that is not closed, locked for the caller."""
    return session.scalar(
        select(OneTimeCode)
        .where(
            OneTimeCode.phone == phone,
            OneTimeCode.purpose == purpose,
            OneTimeCode.closed_at.is_(None),
        )
        .with_for_update()
    )


def code_sent_at(session: Session, phone: str, purpose: str) -> datetime | None:
    """Return when the last code went to the number."""
    return session.scalar(
        select(func.max(OneTimeCode.created_at)).where(
            OneTimeCode.phone == phone, OneTimeCode.purpose == purpose
        )
    )


def live_sign_ins(session: Session, person_id: int, *, at: datetime) -> Sequence[SignIn]:
    """Return the browsers a person is signed in with, the last used first."""
    return session.scalars(
        select(SignIn)
        .where(SignIn.person_id == person_id, SignIn.revoked_at.is_(None), SignIn.expires_at > at)
        .order_by(SignIn.last_seen_at.desc(), SignIn.id.desc())
    ).all()


def own_sign_in(session: Session, sign_in_id: int, person_id: int) -> SignIn:
    """Return the person's own signed-in browser. Raises ``NotFound`` for anyone else's."""
    found = session.scalar(
        select(SignIn).where(SignIn.id == sign_in_id, SignIn.person_id == person_id)
    )
    if found is None:
        raise NotFound
    return found


def half_sign_in(session: Session, token: str) -> HalfSignIn | None:
    """Return the half sign-in with the token, locked for the caller."""
    return session.scalar(
        select(HalfSignIn).where(HalfSignIn.token_hash == digest(token)).with_for_update()
    )


def person_of_half(session: Session, token: str) -> int | None:
    """Return who is half signed in with the token."""
    return session.scalar(
        select(HalfSignIn.person_id).where(HalfSignIn.token_hash == digest(token))
    )


def totp_of(session: Session, person_id: int) -> TotpSecret | None:
    """Return the person's second factor, confirmed or still being set up."""
    return session.get(TotpSecret, person_id)


def live_administrators(session: Session, *, but: int) -> Sequence[RoleGrant]:
    """Return every administrator's grant that holds, except the one named, all locked."""
    rows = session.scalars(
        select(RoleGrant)
        .join(Person, Person.id == RoleGrant.person_id)
        .where(
            RoleGrant.role == Role.ADMINISTRATOR,
            RoleGrant.revoked_at.is_(None),
            Person.state == PersonState.ACTIVE,
        )
        .order_by(RoleGrant.id)
        .with_for_update(of=RoleGrant)
    ).all()
    return [row for row in rows if row.id != but]


def _grants(rows: Iterable[tuple[str | None, str, str]]) -> tuple[Grant, ...]:
    return tuple(
        Grant(Role(role), Scope(ScopeKind(kind), scope_id))
        for role, kind, scope_id in rows
        if role is not None
    )
