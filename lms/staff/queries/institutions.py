"""Reads institutions of one's county, the known programmes and the bureau's lists."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, false, or_, select, true
from sqlalchemy.orm import Session

from lms.accounts.models import County
from lms.catalog.gateway import KnownProgramme, known_programmes
from lms.catalog.models import CatalogueListing, Institution, Programme
from lms.core.access import Actor, Permission, Scope, ScopeKind
from lms.core.errors import NotFound
from lms.roster.queries import Choice


@dataclass(frozen=True, slots=True)
class ListingLine:
    """One row of a list, with what it names."""

    row: CatalogueListing
    institution: Institution
    programme: Programme
    may_be_ended: bool

    def is_valid(self, today: date) -> bool:
        """Tell whether it holds on a day."""
        row = self.row
        return row.starts_on <= today and (row.ends_on is None or today <= row.ends_on)


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Everything the pages of institutions and lists show."""

    institutions: Sequence[Institution]
    counties: Sequence[Choice]
    programmes: Mapping[str, KnownProgramme]
    lines: Sequence[ListingLine]


def catalogue(session: Session, actor: Actor) -> Catalogue:
    """Return the institutions of the actor's counties, what lists say of them, and own lists."""
    scopes = actor.scopes_for(Permission.CLASS_OPEN)
    institutions = session.scalars(
        select(Institution)
        .where(institution_in_scope(scopes))
        .order_by(Institution.county_code, Institution.id)
    ).all()
    counties = own_counties(session, scopes)
    own = {county.value for county in counties}
    lines = session.execute(
        select(CatalogueListing, Institution, Programme)
        .join(Institution, Institution.id == CatalogueListing.institution_id)
        .join(Programme, Programme.id == CatalogueListing.programme_id)
        .where(or_(institution_in_scope(scopes), CatalogueListing.county_code.in_(own)))
        .order_by(CatalogueListing.starts_on.desc(), CatalogueListing.id.desc())
    )
    return Catalogue(
        institutions,
        counties,
        known_programmes(),
        [ListingLine(*each, may_be_ended=each[0].county_code in own) for each in lines],
    )


def own_counties(session: Session, scopes: Iterable[Scope]) -> list[Choice]:
    """Return the counties the scopes hold whole."""
    wanted = tuple(scopes)
    codes = [scope.id for scope in wanted if scope.kind is ScopeKind.COUNTY]
    everywhere = any(scope.kind is ScopeKind.PLATFORM for scope in wanted)
    rows = session.scalars(
        select(County).where(true() if everywhere else County.code.in_(codes)).order_by(County.code)
    )
    return [Choice(row.code, {"zh": row.name_zh, "en": row.name_en}) for row in rows]


def institution_in_reach(session: Session, actor: Actor, institution_id: int) -> Institution:
    """Return an institution of the actor's counties. Raises ``NotFound``."""
    scopes = actor.scopes_for(Permission.CLASS_OPEN)
    found = session.scalar(
        select(Institution).where(Institution.id == institution_id, institution_in_scope(scopes))
    )
    if found is None:
        raise NotFound
    return found


def listing_in_reach(session: Session, actor: Actor, listing_id: int) -> CatalogueListing:
    """Lock and return a row of a list of the actor's counties. Raises ``NotFound``.

    Another county may list an institution of this one: that row is not theirs to end.
    """
    found = session.scalar(
        select(CatalogueListing).where(CatalogueListing.id == listing_id).with_for_update()
    )
    counties = own_counties(session, actor.scopes_for(Permission.CLASS_OPEN))
    if found is None or found.county_code not in {county.value for county in counties}:
        raise NotFound
    return found


def institution_in_scope(scopes: Iterable[Scope]) -> ColumnElement[bool]:
    """Return the condition that an institution lies inside any of the scopes."""
    return or_(false(), *(_scope(scope) for scope in scopes))


def _scope(scope: Scope) -> ColumnElement[bool]:
    if scope.kind is ScopeKind.PLATFORM:
        return true()
    if scope.kind is ScopeKind.COUNTY:
        return Institution.county_code == scope.id
    if scope.kind is ScopeKind.INSTITUTION and scope.id.isdecimal():
        return Institution.id == int(scope.id)
    return false()
