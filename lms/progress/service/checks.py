"""Shows presence checks, takes their answers, and writes down what each answer or miss means."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from lms.core.access import Actor
from lms.core.errors import InvalidInput, Message, NotFound
from lms.progress import queries
from lms.progress.domain.checks import Asked, ask_about, is_answer, is_right, shown
from lms.progress.domain.ledger import EntryKind
from lms.progress.domain.prompts import (
    answer_prompt,
    ask_more_time,
    draw_interval,
    is_overdue,
    settle_prompt,
)
from lms.progress.domain.state import Prompt
from lms.progress.models import PresenceCheck
from lms.progress.service.clocks import RANDOM
from lms.progress.service.known import Known, read_known
from lms.progress.service.settling import write_settlement

# Every second check is a question where there are captions to ask about.
_QUESTIONS = 0.5


@dataclass(frozen=True, slots=True)
class CheckReply:
    """Where the learner stands after an answer; ``prompt`` is the check that waits, if any."""

    known: Known
    prompt: dict[str, Any] | None
    is_right: bool | None
    was_missed: bool


def show_check(
    session: Session, known: Known, position_ms: int, *, locale: str | None, after_number: int
) -> dict[str, Any]:
    """Write down that a check is shown with the answer under way, and return it as shown."""
    asked = Asked()
    captions = known.item.captions
    if captions and RANDOM.random() < _QUESTIONS:
        cues = queries.cues_of(session, captions.get(locale or "zh", next(iter(captions.values()))))
        asked = ask_about(cues, position_ms, RANDOM)
    row = known.row
    new = insert(PresenceCheck).values(
        person_id=row.person_id,
        lease_id=row.id,
        material_id=row.material_id,
        kind=asked.kind,
        asked=asked.as_json(),
        shown_at_ms=known.moment.now,
        after_number=after_number,
    )
    check_id = session.execute(new.returning(PresenceCheck.id)).scalar_one()
    prompt = Prompt(check_id, row.id, known.moment.now)
    return shown(prompt, asked.kind, asked.as_json(), known.settings)


def open_prompt(known: Known) -> dict[str, Any] | None:
    """Return the check that waits for an answer, as shown."""
    if known.clock.prompt is None:
        return None
    return shown(known.clock.prompt, known.row.check_kind, known.row.check_asked, known.settings)


def settled(session: Session, known: Known) -> Known:
    """Return what is known once a check whose time ran out is written down as missed."""
    row, now_ms = known.row, known.moment.now
    if not is_overdue(known.clock, known.settings, now_ms):
        return known
    unconfirmed = queries.unconfirmed(session, row)
    settlement = settle_prompt(known.clock, unconfirmed, known.settings, now_ms)
    session.execute(
        update(PresenceCheck).where(PresenceCheck.id == row.check_id).values(missed_at_ms=now_ms)
    )
    write_settlement(session, known, settlement)
    return read_known(session, person_id=row.person_id, lease_id=row.id)


def answer_check(
    session: Session, *, actor: Actor, lease_id: str, check_id: int, answer: str | None
) -> CheckReply:
    """Take the actor's answer to a presence check; the same again changes nothing.

    No answer (``None``) asks for as much time again, once; too late that changes nothing either.

    Raises ``NotFound`` for anyone else's check and ``InvalidInput`` for no answer it offers.
    """
    known = read_known(session, person_id=actor.person_id, lease_id=lease_id)
    check = _own_check(session, actor, check_id)
    if check.answered_at_ms is not None:
        return CheckReply(known, open_prompt(known), check.is_right, check.missed_at_ms is not None)
    known = settled(session, known)
    if answer is None:
        return _more_time(session, known, check)
    if not is_answer(check.asked, answer):
        raise InvalidInput({"answer": Message("bad_value", "This value does not fit.")})
    row, now_ms, was_missed = known.row, known.moment.now, _was_missed(known)
    next_in_ms = draw_interval(known.settings, RANDOM.random())
    unconfirmed = queries.unconfirmed(session, row)
    settlement = answer_prompt(known.clock, unconfirmed, known.settings, now_ms, next_in_ms)
    entries = write_settlement(session, known, settlement, closing=EntryKind.CHECK_ANSWERED)
    right = is_right(check.asked, answer)
    session.execute(
        update(PresenceCheck)
        .where(PresenceCheck.id == check_id)
        .values(answered_at_ms=now_ms, answered_number=entries, answer=answer, is_right=right)
    )
    known = read_known(session, person_id=actor.person_id, lease_id=lease_id)
    return CheckReply(known, None, right, was_missed)


def _more_time(session: Session, known: Known, check: PresenceCheck) -> CheckReply:
    row, now_ms = known.row, known.moment.now
    if ask_more_time(known.clock, known.settings, now_ms) != known.clock:
        asked = update(PresenceCheck).where(PresenceCheck.id == check.id)
        session.execute(asked.values(more_time_at_ms=now_ms))
        known = read_known(session, person_id=row.person_id, lease_id=row.id)
    return CheckReply(known, open_prompt(known), None, _was_missed(known))


def _was_missed(known: Known) -> bool:
    return known.clock.prompt is not None and known.clock.prompt.is_missed


def _own_check(session: Session, actor: Actor, check_id: int) -> PresenceCheck:
    check = session.scalar(
        select(PresenceCheck)
        .where(PresenceCheck.id == check_id, PresenceCheck.person_id == actor.person_id)
        .execution_options(populate_existing=True)
    )
    if check is None:
        raise NotFound
    return check
