"""Keeps lists of the bureau that were sent, until they are taken in or forgotten."""

from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from lms.accounts.models import Person
from lms.core.access import Actor, Permission
from lms.core.clock import local_day
from lms.core.errors import Conflict, NotFound
from lms.subsidy import queries
from lms.subsidy.models import FactList, FactListDraft

_DRAFTS_LAST = timedelta(days=1)
# What a tap on a list that was taken in already is answered with.
TAKEN = "list_taken"


def keep_draft(session: Session, *, actor: Actor, draft: FactListDraft, now: datetime) -> None:
    """Keep what was sent until it is taken in. Raises ``Conflict`` where it was before."""
    require_reach(actor, draft.county_code)
    require_new(session, draft)
    draft.sent_by_id, draft.sent_at = actor.person_id, now
    session.add(draft)
    session.flush()


def draft_of(session: Session, actor: Actor, draft_id: str) -> FactListDraft:
    """Return the actor's own draft, locked. Raises ``NotFound`` for anybody else's."""
    draft = session.get(FactListDraft, draft_id, with_for_update=True)
    if draft is None or draft.sent_by_id != actor.person_id:
        raise NotFound
    require_reach(actor, draft.county_code)
    return draft


def require_reach(actor: Actor, county_code: str) -> None:
    """Raise ``NotFound`` for a county outside the actor's scopes."""
    if not queries.reaches(actor, county_code, Permission.FACTS_RECORD):
        raise NotFound


def forget_drafts(session: Session, *, now: datetime) -> None:
    """Forget lists nobody took in within a day; their files follow."""
    session.execute(delete(FactListDraft).where(FactListDraft.sent_at < now - _DRAFTS_LAST))


def require_new(session: Session, draft: FactListDraft) -> None:
    """Raise ``Conflict``, with who did it and when, where the very list was taken in before."""
    same = (
        select(FactList.imported_at, Person.name)
        .join(Person, Person.id == FactList.imported_by_id)
        .where(
            FactList.county_code == draft.county_code,
            FactList.kind == draft.kind,
            FactList.sha256 == draft.sha256,
        )
    )
    before = session.execute(same).first()
    if before is not None:
        raise Conflict(
            "list_known",
            "This very list was taken in by %(name)s on %(day)s.",
            name=before.name,
            day=local_day(before.imported_at).isoformat(),
        )
