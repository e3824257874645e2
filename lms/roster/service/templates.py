"""Keeps how a county wants its lists: each change is a new version, none is ever lost."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from lms.audit.service import record
from lms.core.access import Actor
from lms.core.errors import Conflict, InvalidInput, NotFound
from lms.db.session import savepoint
from lms.roster import queries
from lms.roster.domain.kinds import ExportKind
from lms.roster.domain.templates import faults_of
from lms.roster.models import RosterTemplate


def require_county(actor: Actor, county_code: str) -> None:
    """Raise ``NotFound`` where the county is not one the actor hands lists over for."""
    if not queries.in_reach(actor, county_code):
        raise NotFound


def keep_template(
    session: Session,
    *,
    actor: Actor,
    place: tuple[str, ExportKind],
    seen: int,
    content: Mapping[str, Any],
    now: datetime,
) -> RosterTemplate:
    """Bring a content into force for a county and list; an empty one brings the shipped one back.

    ``seen`` is the version it was made from. Raises ``NotFound`` for a county out of reach,
    ``InvalidInput`` naming the first fault, and ``Conflict`` where somebody was faster.
    """
    county_code, kind = place
    require_county(actor, county_code)
    faults = faults_of(kind, content) if content else []
    if faults:
        raise InvalidInput({"template": faults[0]})
    newest = queries.newest_template(session, county_code, kind)
    if (newest.version if newest else 0) != seen:
        raise _changed()
    row = RosterTemplate(
        county_code=county_code,
        kind=kind,
        version=seen + 1,
        content=dict(content),
        made_by_id=actor.person_id,
        made_at=now,
    )
    _add(session, row)
    record(
        session,
        actor_id=actor.person_id,
        action="roster_template.kept" if content else "roster_template.taken_back",
        subject=f"roster_template:{row.id}",
        details={"county": county_code, "kind": kind, "version": row.version},
        at=now,
    )
    return row


def _add(session: Session, row: RosterTemplate) -> None:
    try:
        with savepoint(session):
            session.add(row)
    except IntegrityError:
        raise _changed() from None


def _changed() -> Conflict:
    return Conflict(
        "template_changed", "Somebody changed this list meanwhile. Please look at it again."
    )
