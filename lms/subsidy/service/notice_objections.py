"""Takes objections to a list from anybody, pulls the row back at once, and lets the desk rule."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.accounts.gateway import Keys
from lms.audit.queries import was_noted
from lms.audit.service import record
from lms.core.access import Actor, Permission
from lms.core.clock import day_bounds, local_day
from lms.core.errors import Conflict, NotFound
from lms.subsidy import queries
from lms.subsidy.domain.claim_record import numbered, series
from lms.subsidy.domain.claim_states import ClaimAct
from lms.subsidy.domain.notices import (
    NewObjection,
    NoticeState,
    Outcome,
    RowState,
    Ruling,
    edition,
    require_hanging,
)
from lms.subsidy.gateway import Shelf
from lms.subsidy.models import NoticeObjection, NoticeRow, PublicNotice, SubsidyClaim
from lms.subsidy.queries import ObjectionLine
from lms.subsidy.service.claim_moves import Move, advance, advance_one
from lms.subsidy.service.claim_numbers import next_numbers
from lms.subsidy.service.notices import note_notice, order_print

_SERIES = "YY"
_OPENED = "notice.objection_opened"
_ACTS = {
    Outcome.DISMISS: ClaimAct.DISMISS,
    Outcome.RETURN: ClaimAct.RETURN,
    Outcome.REJECT: ClaimAct.REJECT,
}


def object_to(
    session: Session,
    number: str,
    new: NewObjection,
    *,
    shelf: Shelf,
    keys: Keys,
    now: datetime,
) -> NoticeObjection:
    """Keep what somebody says; the first objection to a row takes its words off the list at once.

    Raises ``NotFound`` for no such list or row, and ``Conflict`` where its days are over or the row
    hangs out no more.
    """
    notice = session.scalar(select(PublicNotice).where(PublicNotice.number == number))
    if notice is None:
        raise NotFound
    require_hanging(NoticeState(notice.state), notice.last_day, local_day(now))
    name = series(_SERIES, local_day(now))
    own = numbered(name, next_numbers(session, name, 1)[0])
    row = None if new.place is None else _pulled_back(session, notice, new.place, own, shelf, now)
    objection = NoticeObjection(
        number=own,
        notice_id=notice.id,
        notice_row_id=row.id if row else None,
        words=new.words,
        contact=keys.vault.seal(new.contact, place=place(own)),
        made_at=now,
    )
    session.add(objection)
    session.flush()
    note_notice(session, notice, "notice.objected", by_id=None, now=now, number=own, row=new.place)
    return objection


def place(number: str) -> str:
    """Return what the sealed contact of an objection is bound to."""
    return f"notice_objection:{number}:contact"


def _pulled_back(
    session: Session,
    notice: PublicNotice,
    place_: int,
    number: str,
    shelf: Shelf,
    now: datetime,
) -> NoticeRow:
    row = next(iter(queries.rows_at(session, notice.id, [place_])), None)
    if row is None:
        raise NotFound
    about = {"notice": notice.number, "objection": number}
    move = Move(row.claim_id, ClaimAct.OBJECT, None, about=about)
    done = advance(session, [move], shelf=shelf, now=now)
    # Somebody who objected a moment ago has taken it off already; this one is kept, too.
    session.refresh(row)
    if row.state != RowState.OBJECTED:
        raise Conflict("notice_row_gone", "This row hangs out no more. There is nothing to do.")
    if done.moved:
        print_again(session, notice)
    return row


def print_again(session: Session, notice: PublicNotice) -> None:
    """Let a long list be printed as it hangs out now."""
    order_print(session, notice, edition=edition(queries.hidden_rows(session, notice.id)))


def rule(
    session: Session, actor: Actor, number: str, ruling: Ruling, *, shelf: Shelf, now: datetime
) -> ObjectionLine:
    """Keep what somebody ruled and why, and let the claim follow.

    Dismissed, the row stands again once no other objection to it is open; upheld, the claim goes
    back or is rejected. Raises ``NotFound`` out of reach and ``Conflict`` for the claimant, for
    what was ruled already, and where the claim cannot follow.
    """
    line = queries.objection_line(session, actor, number, Permission.SUBSIDY_REVIEW)
    objection = session.get_one(NoticeObjection, line.objection.id, with_for_update=True)
    session.refresh(objection)
    if objection.ruling is not None:
        raise Conflict("notice.objection_ruled", "Somebody has ruled on this objection already.")
    if line.row is not None:
        _require_another(session, line.row, actor)
    objection.ruling, objection.reason = ruling.outcome.ruling, ruling.reason
    objection.ruled_by_id, objection.ruled_at = actor.person_id, now
    session.flush()
    if line.row is not None:
        _follow(session, line, actor, ruling, shelf=shelf, now=now)
    note_notice(
        session,
        line.notice,
        "notice.objection_ruled",
        by_id=actor.person_id,
        now=now,
        number=number,
        state=ruling.outcome.value,
    )
    return line


def _require_another(session: Session, row: NoticeRow, actor: Actor) -> None:
    """Raise ``Conflict`` for the claimant: nobody rules on an objection to their own claim."""
    owner = session.scalar(select(SubsidyClaim.person_id).where(SubsidyClaim.id == row.claim_id))
    if owner == actor.person_id:
        raise Conflict("claim_own", "Nobody decides about their own claim. Somebody else has to.")


def _follow(
    session: Session,
    line: ObjectionLine,
    actor: Actor,
    ruling: Ruling,
    *,
    shelf: Shelf,
    now: datetime,
) -> None:
    """Move the claim as it was ruled; one that left the list meanwhile stays where it is."""
    row, is_dismissed = line.row, ruling.outcome is Outcome.DISMISS
    if row is None:
        return
    # Others who rule on the same row wait here, so that the last one sees that it is the last.
    queries.lock_accounts(session, queries.people_of(session, [row.claim_id]))
    session.refresh(row)
    if row.state != RowState.OBJECTED:
        return
    if is_dismissed and queries.others_open(session, line.objection):
        return
    about = {"notice": line.notice.number, "objection": line.objection.number}
    move = Move(row.claim_id, _ACTS[ruling.outcome], actor.person_id, ruling.reason, about=about)
    advance_one(session, move, shelf=shelf, now=now)
    if line.notice.state != NoticeState.OPEN and is_dismissed:
        # Its list was taken down meanwhile: the claim waits for the next one.
        down = replace(move, act=ClaimAct.TAKE_DOWN)
        advance_one(session, down, shelf=shelf, now=now)
    print_again(session, line.notice)


def open_contact(
    session: Session, actor: Actor, number: str, *, keys: Keys, now: datetime
) -> tuple[ObjectionLine, str]:
    """Return an objection and how to reach who made it; written down once an actor and day.

    Raises ``NotFound`` out of reach.
    """
    line = queries.objection_line(session, actor, number, Permission.SUBSIDY_REVIEW)
    subject = f"objection:{number}"
    since = day_bounds(local_day(now))[0]
    is_noted = was_noted(actor.person_id, action=_OPENED, subject=subject, since=since)
    if not session.scalar(select(is_noted)):
        record(
            session,
            actor_id=actor.person_id,
            action=_OPENED,
            subject=subject,
            details={"county": line.notice.county_code},
            at=now,
        )
    return line, keys.vault.open(line.objection.contact, place=place(number))
