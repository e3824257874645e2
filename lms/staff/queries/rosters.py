"""Reads what the form for a roster offers, and the drafts of whoever sent them."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.accounts.models import County
from lms.core.access import Actor, Permission
from lms.core.errors import NotFound
from lms.enrollment import queries as enrollments
from lms.enrollment.domain import SEATING
from lms.enrollment.models import TrainingClass
from lms.staff.models import RosterDraft
from lms.staff.queries.class_reach import class_in_reach
from lms.staff.queries.scopes import counties_in_reach

_CLASSES_OFFERED = 100


@dataclass(frozen=True, slots=True)
class RosterForm:
    """Where a roster may be taken in: the actor's counties, and classes with people to come."""

    counties: Sequence[County]
    classes: Sequence[TrainingClass]


def roster_form(session: Session, actor: Actor, chosen: int | None) -> RosterForm:
    """Return what the form offers; the class that was chosen is among it, however old.

    Raises ``NotFound`` for one that is not the actor's.
    """
    permission = Permission.PEOPLE_EDIT
    counties = counties_in_reach(session, actor, permission)
    classes = list(
        session.scalars(
            select(TrainingClass)
            .where(
                enrollments.class_in_scope(actor.scopes_for(permission)),
                TrainingClass.county_code.in_([each.code for each in counties]),
                TrainingClass.state.in_(SEATING),
            )
            .order_by(TrainingClass.id.desc())
            .limit(_CLASSES_OFFERED)
        )
    )
    if chosen is not None and all(each.id != chosen for each in classes):
        classes.append(class_in_reach(session, actor, chosen, permission))
    return RosterForm(counties, classes)


def draft_of(session: Session, actor: Actor, draft_id: str) -> RosterDraft:
    """Return the actor's own draft, locked, of a county still theirs. Raises ``NotFound``."""
    draft = session.get(RosterDraft, draft_id, with_for_update=True)
    if draft is None or draft.sent_by_id != actor.person_id:
        raise NotFound
    counties = counties_in_reach(session, actor, Permission.PEOPLE_EDIT)
    if all(each.code != draft.county_code for each in counties):
        raise NotFound
    return draft


def known_drafts(session: Session, ids: Sequence[str]) -> set[str]:
    """Return those of the files that wait to be taken in."""
    waits = RosterDraft.taken_in_at.is_(None)
    return set(session.scalars(select(RosterDraft.id).where(RosterDraft.id.in_(ids), waits)))
