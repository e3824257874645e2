"""Reads the templates of counties: what is in force for a list, and the versions there were."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.accounts.models import Person
from lms.core.access import ScopeKind
from lms.roster.domain.kinds import ExportKind
from lms.roster.domain.templates import Template, shipped, template_of
from lms.roster.models import RosterTemplate
from lms.roster.queries.selecting import Selection

_SHOWN = 20


@dataclass(frozen=True, slots=True)
class VersionView:
    """A version of a template: who made it and when; a shipped one took the county's place."""

    version: int
    is_shipped: bool
    made_by: str
    made_at: datetime


def template_in_force(session: Session, county_code: str | None, kind: ExportKind) -> Template:
    """Return how a county wants a list; without a county, or a word of it, as it is shipped."""
    row = newest_template(session, county_code, kind) if county_code else None
    return _template(kind, row)


def template_for(session: Session, kind: ExportKind, selection: Selection) -> Template:
    """Return the template of a list: of the one county it is of, else the shipped one."""
    counties = {scope.id for scope in selection.scopes if scope.kind is ScopeKind.COUNTY}
    wide = any(scope.kind is not ScopeKind.COUNTY for scope in selection.scopes)
    only = counties.pop() if len(counties) == 1 and not wide else None
    return template_in_force(session, selection.filters.county or only, kind)


def newest_template(session: Session, county_code: str, kind: ExportKind) -> RosterTemplate | None:
    """Return the highest version a county ever had of a list."""
    return session.scalar(
        select(RosterTemplate)
        .where(RosterTemplate.county_code == county_code, RosterTemplate.kind == kind)
        .order_by(RosterTemplate.version.desc())
        .limit(1)
    )


def templates_in_force(
    session: Session, county_code: str
) -> Mapping[ExportKind, tuple[Template, datetime | None]]:
    """Return what is in force in a county for each list, and since when, in one statement."""
    rows = session.scalars(
        select(RosterTemplate)
        .where(RosterTemplate.county_code == county_code)
        .order_by(RosterTemplate.version)
    )
    newest = {row.kind: row for row in rows}
    return {
        kind: (_template(kind, newest.get(kind)), newest[kind].made_at if kind in newest else None)
        for kind in ExportKind
    }


def versions(session: Session, county_code: str, kind: ExportKind) -> Sequence[VersionView]:
    """Return the versions a county had of a list, newest first."""
    own = RosterTemplate
    rows = session.execute(
        select(own.version, own.content, Person.name, own.made_at)
        .join(Person, Person.id == own.made_by_id)
        .where(own.county_code == county_code, own.kind == kind)
        .order_by(own.version.desc())
        .limit(_SHOWN)
    )
    return [VersionView(row[0], not row[1], row[2], row[3]) for row in rows]


def _template(kind: ExportKind, row: RosterTemplate | None) -> Template:
    if row is None or not row.content:
        return shipped(kind)
    return template_of(kind, row.content, row.version)
