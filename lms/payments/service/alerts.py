"""Calls those who look after the money where something does not fit."""

from datetime import datetime

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from lms.accounts.models import Person, PersonState, RoleGrant
from lms.core.access import GRANTS, Permission, ScopeKind
from lms.notify.service import Told, tell
from lms.payments.models import CourseOrder

_LOOK_AFTER = tuple(role for role, may in GRANTS.items() if Permission.ORDERS_SETTLE in may)


def tell_of_odd(session: Session, name: str, order_number: str | None, *, now: datetime) -> None:
    """Tell who may settle it: of the county whose order it names, and of the whole platform.

    ``name`` says what it is; the same again is told once.
    """
    county = session.scalar(
        select(CourseOrder.county_code).where(CourseOrder.number == order_number)
    )
    reaches = or_(
        RoleGrant.scope_kind == ScopeKind.PLATFORM,
        and_(RoleGrant.scope_kind == ScopeKind.COUNTY, RoleGrant.scope_id == (county or "")),
    )
    people = session.scalars(
        select(RoleGrant.person_id)
        .join(Person, Person.id == RoleGrant.person_id)
        .where(
            RoleGrant.role.in_(_LOOK_AFTER),
            RoleGrant.revoked_at.is_(None),
            Person.state == PersonState.ACTIVE,
            reaches,
        )
        .distinct()
    )
    told = [Told(each, "money_odd", {}, f"{name}:{each}") for each in people]
    tell(session, messages=told, now=now)
