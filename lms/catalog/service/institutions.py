"""Keeps institutions, and what the bureau's lists say of their programmes, each an audit entry."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from lms.audit.domain import Details
from lms.audit.service import record
from lms.catalog.events import ListingChanged
from lms.catalog.models import CatalogueListing, Institution
from lms.catalog.service.registry import programme_for
from lms.core.access import Actor
from lms.core.errors import Conflict, InvalidInput, Message
from lms.db.base import Localized
from lms.db.bus import emit
from lms.db.session import savepoint


@dataclass(frozen=True, slots=True)
class InstitutionFacts:
    """What is known of an institution besides its slug and county."""

    name: Localized
    code: str | None = None
    uscc: str | None = None
    contact: str | None = None


@dataclass(frozen=True, slots=True)
class Listing:
    """That a county's list names a programme of an institution from a day on."""

    county_code: str
    list_name: str
    programme: str
    institution_id: int
    starts_on: date
    ends_on: date | None = None


def add_institution(
    session: Session,
    *,
    actor: Actor,
    slug: str,
    county_code: str,
    facts: InstitutionFacts,
    now: datetime,
) -> Institution:
    """Enter an institution. Raises ``InvalidInput`` where its slug or code is taken."""
    row = Institution(slug=slug, county_code=county_code)
    _apply(session, row, facts)
    _record(session, actor, "institution.added", row, now)
    return row


def change_institution(
    session: Session, *, actor: Actor, row: Institution, facts: InstitutionFacts, now: datetime
) -> None:
    """Change what is known of an institution. Raises ``InvalidInput`` where its code is taken."""
    _apply(session, row, facts)
    _record(session, actor, "institution.changed", row, now)


def add_listing(
    session: Session, *, actor: Actor, listing: Listing, now: datetime
) -> CatalogueListing:
    """Write down that a list names a programme of an institution.

    Raises ``Conflict`` where it is listed on one of these days already.
    """
    is_first = _is_first(session, listing.county_code)
    row = CatalogueListing(
        county_code=listing.county_code,
        list_name=listing.list_name,
        programme_id=programme_for(session, listing.programme).id,
        institution_id=listing.institution_id,
        starts_on=listing.starts_on,
        ends_on=listing.ends_on,
        recorded_at=now,
    )
    try:
        with savepoint(session):
            session.add(row)
            session.flush()
    except IntegrityError as error:
        if "catalogue_listing_once" not in str(error.orig):
            raise
        raise Conflict(
            "listed_already", "It is listed on some of these days already. End that row first."
        ) from error
    details: dict[str, str | int | None] = {
        "county": row.county_code,
        "list": row.list_name,
        "programme": listing.programme,
        "institution": row.institution_id,
        "starts_on": row.starts_on.isoformat(),
        "ends_on": row.ends_on.isoformat() if row.ends_on else None,
    }
    _write_down(session, actor, ("listing.added", f"listing:{row.id}"), details, now)
    emit(session, ListingChanged(row.id, None if is_first else row.programme_id, now))
    return row


def _is_first(session: Session, county_code: str) -> bool:
    listed = select(CatalogueListing.id).where(CatalogueListing.county_code == county_code)
    return session.scalar(listed.limit(1)) is None


def end_listing(
    session: Session, *, actor: Actor, row: CatalogueListing, ends_on: date, now: datetime
) -> None:
    """Let a listing end on a day. Raises ``Conflict`` for a day it cannot end on."""
    if ends_on < row.starts_on or (row.ends_on is not None and ends_on > row.ends_on):
        raise Conflict("listing_days", "It can only end between its first and its last day.")
    row.ends_on = ends_on
    session.flush()
    details = {"ends_on": ends_on.isoformat()}
    _write_down(session, actor, ("listing.ended", f"listing:{row.id}"), details, now)
    emit(session, ListingChanged(row.id, row.programme_id, now))


def _apply(session: Session, row: Institution, facts: InstitutionFacts) -> None:
    row.name, row.code = dict(facts.name), facts.code
    row.uscc, row.contact = facts.uscc, facts.contact
    try:
        with savepoint(session):
            session.add(row)
            session.flush()
    except IntegrityError as error:
        key = "code" if "code" in str(error.orig) else "slug"
        fault = Message("institution_taken", "Another institution has this already.")
        raise InvalidInput({key: fault}) from error


def _record(session: Session, actor: Actor, action: str, row: Institution, now: datetime) -> None:
    details = {
        "name": row.name["zh"],
        "county": row.county_code,
        "code": row.code,
        "uscc": row.uscc,
        "contact": row.contact,
    }
    _write_down(session, actor, (action, f"institution:{row.id}"), details, now)


def _write_down(
    session: Session,
    actor: Actor,
    what: tuple[str, str],
    details: Details,
    now: datetime,
) -> None:
    record(
        session,
        actor_id=actor.person_id,
        action=what[0],
        subject=what[1],
        details=details,
        at=now,
    )
