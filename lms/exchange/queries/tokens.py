"""Reads tokens: by what a system sends, and those in an administrator's reach."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, false, func, or_, select, true
from sqlalchemy.orm import Session, aliased

from lms.accounts import queries as accounts
from lms.accounts.domain.proofs import is_confirmed
from lms.accounts.models import County, Person
from lms.catalog.models import Institution
from lms.core.access import Actor, Permission, Scope, ScopeKind
from lms.core.clock import local_day
from lms.core.errors import NotFound
from lms.db.base import Localized
from lms.exchange.domain import TokenState
from lms.exchange.models import AccessToken, ExchangePull

_SHOWN = 100
_COUNTED = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Fetched:
    """How much of a kind was fetched with a token in the last days."""

    kind: str
    requests: int
    rows: int


@dataclass(frozen=True, slots=True)
class TokenLine:
    """A token as the desk sees it, with the names of what and whom it names."""

    row: AccessToken
    state: TokenState
    institution: Localized
    county: Localized
    created_by: str
    approved_by: str | None
    revoked_by: str | None
    fetched: Sequence[Fetched]


@dataclass(frozen=True, slots=True)
class Offer:
    """What a new token may be for."""

    institutions: Sequence[Institution]
    counties: Sequence[County]


@dataclass(frozen=True, slots=True)
class Desk:
    """The tokens in reach, newest first, and what may be done about them now."""

    lines: Sequence[TokenLine]
    offer: Offer
    is_confirmed: bool


def token_by_hash(session: Session, token_hash: str) -> AccessToken | None:
    """Return the token of the hash: one look-up in an index, so nobody learns it sign by sign."""
    return session.scalar(select(AccessToken).where(AccessToken.token_hash == token_hash))


def token_in_reach(session: Session, actor: Actor, token_id: int) -> AccessToken:
    """Lock and return a token in the actor's reach. Raises ``NotFound``."""
    found = session.scalar(
        select(AccessToken)
        .where(AccessToken.id == token_id, _near(actor.scopes_for(Permission.EXCHANGE_OPEN)))
        .with_for_update()
    )
    if found is None:
        raise NotFound
    return found


def is_in_reach(scopes: Iterable[Scope], institution_id: int, county_code: str) -> bool:
    """Tell whether all records of an institution's courses in a county lie inside the scopes."""
    return any(
        scope.kind is ScopeKind.PLATFORM
        or scope == Scope(ScopeKind.COUNTY, county_code)
        or scope == Scope(ScopeKind.INSTITUTION, str(institution_id))
        for scope in scopes
    )


def desk(session: Session, actor: Actor, at: datetime) -> Desk:
    """Return the page of tokens as it is at the moment."""
    scopes = actor.scopes_for(Permission.EXCHANGE_OPEN)
    own = accounts.own_sign_in(session, actor.sign_in_id, actor.person_id)
    return Desk(
        _lines(session, scopes, at),
        offer(session, actor),
        is_confirmed(own.confirmed_at, at=at),
    )


def _lines(session: Session, scopes: Sequence[Scope], at: datetime) -> list[TokenLine]:
    maker, second, ender = aliased(Person), aliased(Person), aliased(Person)
    rows = session.execute(
        select(
            *(AccessToken, Institution.name, County.name_zh, County.name_en),
            *(maker.name.label("maker"), second.name.label("second"), ender.name.label("ender")),
        )
        .join(Institution, Institution.id == AccessToken.institution_id)
        .join(County, County.code == AccessToken.county_code)
        .join(maker, maker.id == AccessToken.created_by_id)
        .outerjoin(second, second.id == AccessToken.approved_by_id)
        .outerjoin(ender, ender.id == AccessToken.revoked_by_id)
        .where(_near(scopes))
        .order_by(AccessToken.id.desc())
        .limit(_SHOWN)
    ).all()
    fetched = _fetched(session, [row.AccessToken.id for row in rows], at)
    return [
        TokenLine(
            *(row.AccessToken, row.AccessToken.state_at(at), row.name),
            {"zh": row.name_zh, "en": row.name_en},
            *(row.maker, row.second, row.ender),
            fetched[row.AccessToken.id],
        )
        for row in rows
    ]


def _fetched(
    session: Session, token_ids: Sequence[int], at: datetime
) -> Mapping[int, list[Fetched]]:
    rows = session.execute(
        select(
            *(ExchangePull.token_id, ExchangePull.kind),
            *(func.sum(ExchangePull.requests), func.sum(ExchangePull.rows_given)),
        )
        .where(
            ExchangePull.token_id.in_(token_ids),
            ExchangePull.day > local_day(at - _COUNTED),
        )
        .group_by(ExchangePull.token_id, ExchangePull.kind)
        .order_by(ExchangePull.token_id, ExchangePull.kind)
    )
    found: defaultdict[int, list[Fetched]] = defaultdict(list)
    for token_id, kind, requests, given in rows:
        found[token_id].append(Fetched(kind, int(requests), int(given)))
    return found


def offer(session: Session, actor: Actor) -> Offer:
    """Return what a form may name; whoever works for a county may name any school for it."""
    scopes = actor.scopes_for(Permission.EXCHANGE_OPEN)
    kinds = {scope.kind for scope in scopes}
    own = [int(each.id) for each in scopes if each.kind is ScopeKind.INSTITUTION]
    codes = [each.id for each in scopes if each.kind is ScopeKind.COUNTY]
    is_any_school = bool(kinds & {ScopeKind.PLATFORM, ScopeKind.COUNTY})
    is_any_county = bool(kinds & {ScopeKind.PLATFORM, ScopeKind.INSTITUTION})
    schools = select(Institution).order_by(Institution.county_code, Institution.id)
    counties = select(County).order_by(County.code)
    return Offer(
        session.scalars(schools.where(true() if is_any_school else Institution.id.in_(own))).all(),
        session.scalars(counties.where(true() if is_any_county else County.code.in_(codes))).all(),
    )


def _near(scopes: Iterable[Scope]) -> ColumnElement[bool]:
    return or_(false(), *(_scope(scope) for scope in scopes))


def _scope(scope: Scope) -> ColumnElement[bool]:
    if scope.kind is ScopeKind.PLATFORM:
        return true()
    if scope.kind is ScopeKind.COUNTY:
        return AccessToken.county_code == scope.id
    if scope.kind is ScopeKind.INSTITUTION and scope.id.isdecimal():
        return AccessToken.institution_id == int(scope.id)
    return false()
