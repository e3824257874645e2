"""Enters the institutions of the demo counties, and what the counties' lists say of them."""

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.catalog.models import CatalogueListing, Institution
from lms.catalog.service import institutions
from lms.catalog.service.institutions import InstitutionFacts, Listing
from lms.catalog.service.registry import DEFAULT_INSTITUTION, institution_for
from lms.core.access import Actor
from lms.demo.domain import CHANGSHAN, JIANGSHAN, Place

_NEIGHBOUR = "jiangshan-school"
_NEIGHBOUR_FACTS = InstitutionFacts(
    {"zh": "江山市乡播职业技能培训学校", "en": "Jiangshan Xiangbo Vocational School"},
    code="QZ-LSS-02",
    uscc="52990881MJ0DEM0029",
    contact="教务处 0570-0000002",
)
_OWN_CREDIT_CODE = "52990822MJ0DEM001P"
_LIST = "{year} 年{place}补贴性职业技能培训目录（演示）"


def make_institutions(session: Session, *, actor: Actor, now: datetime) -> None:
    """Enter what is missing: the second school, and who the first one is."""
    own = institution_for(session, DEFAULT_INSTITUTION)
    if own.uscc is None:
        known = InstitutionFacts(own.name, own.code, _OWN_CREDIT_CODE, "教务处 0570-0000001")
        institutions.change_institution(session, actor=actor, row=own, facts=known, now=now)
    there = session.scalar(select(Institution.id).where(Institution.slug == _NEIGHBOUR))
    if there is None:
        institutions.add_institution(
            session,
            actor=actor,
            slug=_NEIGHBOUR,
            county_code=JIANGSHAN.code,
            facts=_NEIGHBOUR_FACTS,
            now=now,
        )


def make_listings(session: Session, *, actor: Actor, today: date, now: datetime) -> None:
    """Write down what the lists of this year and the last one name, in counties without a list."""
    own = institution_for(session, DEFAULT_INSTITUTION)
    other = session.scalars(select(Institution).where(Institution.slug == _NEIGHBOUR)).one()
    # A school's own county names it: last year and this one, or since this year alone.
    rows = {
        CHANGSHAN: ((own, "anchor-l5", False), (own, "anchor-l5", True), (own, "store-l5", True)),
        JIANGSHAN: ((other, "anchor-l5", False), (other, "anchor-l5", True)),
    }
    for place, named in rows.items():
        if _has_list(session, place):
            continue
        for institution, programme, is_now in named:
            year = today.year if is_now else today.year - 1
            listing = Listing(
                place.code,
                _LIST.format(year=year, place=place.name_zh),
                programme,
                institution.id,
                starts_on=date(year, 1, 1),
                ends_on=None if is_now else date(year, 12, 31),
            )
            institutions.add_listing(session, actor=actor, listing=listing, now=now)


def _has_list(session: Session, place: Place) -> bool:
    found = select(CatalogueListing.id).where(CatalogueListing.county_code == place.code)
    return session.scalar(found.limit(1)) is not None
