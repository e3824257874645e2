"""Ends a list: approves what stands after its last day, closes it, or takes it down before."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from lms.core.access import Actor, Permission
from lms.core.clock import local_day
from lms.core.errors import Conflict, Message, NotFound
from lms.db.among import among
from lms.subsidy import queries
from lms.subsidy.domain.claim_rules import Again, Wish, refusal
from lms.subsidy.domain.claim_states import Cause, ClaimAct
from lms.subsidy.domain.notices import NoticeState, require_open, require_over
from lms.subsidy.gateway import Shelf
from lms.subsidy.models import NoticeRow, PublicNotice, SubsidyClaim
from lms.subsidy.service.claim_moves import Move, advance
from lms.subsidy.service.decisions import judge_people
from lms.subsidy.service.notices import note_notice


@dataclass(frozen=True, slots=True)
class Foreseen:
    """What approving would do to a list: how many rows, their sum, and which cannot and why."""

    rows: int
    total_fen: int
    refused: Sequence[tuple[int, Message]]


@dataclass(frozen=True, slots=True)
class Approved:
    """What was approved: how many rows, their sum, which not and why; and whether that was all."""

    rows: int
    total_fen: int
    refused: Sequence[tuple[int, Message]]
    is_closed: bool


def foresee(
    session: Session, actor: Actor, number: str, *, shelf: Shelf, now: datetime
) -> Foreseen:
    """Return what approving the list would do; reads, and writes nothing.

    Raises ``NotFound`` out of reach and ``Conflict`` before the day after the last, or while
    somebody's word against the whole list waits for a ruling.
    """
    notice = in_reach(session, actor, number)
    _require_undisputed(session, notice, now)
    rows = _standing(session, notice)
    claims = _claims(session, [row.claim_id for row in rows])
    pairs = {(each.person_id, each.programme_id) for each in claims.values()}
    found = judge_people(
        session, people={person for person, _ in pairs}, shelf=shelf, now=now, wanted=pairs
    )
    again = {pair: each.again for pair, each in queries.fresh_decisions(session, pairs).items()}
    for _, new in found.rows:
        pair = (new["person_id"], new["programme_id"])
        again[pair] = queries.again_of(new["outcome"], new["amount_fen"], new["results"])
    judged = set(found.pairs)
    causes = queries.open_causes(session, list(claims))
    refused = []
    for row in rows:
        claim = claims[row.claim_id]
        pair = (claim.person_id, claim.programme_id)
        why = _why_not(claim, actor, again.get(pair) if pair in judged else None, causes)
        if why is not None:
            refused.append((row.place, why))
    left = {place for place, _ in refused}
    passing = [row.amount_fen for row in rows if row.place not in left]
    return Foreseen(len(passing), sum(passing), refused)


def approve(
    session: Session, actor: Actor, number: str, *, shelf: Shelf, now: datetime
) -> Approved:
    """Approve every row that stands, each decided again; what is refused stays and is said.

    Rows somebody objected to wait for a ruling. Raises as ``foresee``, and ``Conflict`` where no
    row stands.
    """
    notice = _locked(session, actor, number)
    _require_undisputed(session, notice, now)
    rows = {row.claim_id: row for row in _standing(session, notice)}
    if not rows:
        raise Conflict("notice_none_stands", "No row of this list stands any more.")
    done = advance(
        session,
        [
            Move(claim_id, ClaimAct.APPROVE, actor.person_id, about={"notice": number})
            for claim_id in rows
        ],
        shelf=shelf,
        now=now,
    )
    passed = [rows[each.move.claim_id].amount_fen for each in done.moved]
    note_notice(
        session,
        notice,
        "notice.approved",
        by_id=actor.person_id,
        now=now,
        rows=len(passed),
        amount_fen=sum(passed),
    )
    is_closed = queries.hangs_no_more(session, notice.id)
    if is_closed:
        _close(session, notice, NoticeState.OVER, actor, now=now)
    refused = [(rows[each.move.claim_id].place, each.why) for each in done.refused]
    return Approved(len(passed), sum(passed), sorted(refused, key=lambda each: each[0]), is_closed)


def close(session: Session, actor: Actor, number: str, *, now: datetime) -> None:
    """Close a list of which no row stands or waits for a ruling.

    Raises ``NotFound`` out of reach and ``Conflict`` where there is one.
    """
    notice = _locked(session, actor, number)
    require_open(NoticeState(notice.state))
    if not queries.hangs_no_more(session, notice.id):
        raise Conflict(
            "notice_rows_left", "Some rows still stand or are being looked into. They come first."
        )
    _close(session, notice, NoticeState.OVER, actor, now=now)


def cancel(
    session: Session, actor: Actor, number: str, *, reason: str, shelf: Shelf, now: datetime
) -> int:
    """Take a list down before its end because it is wrong; return how many claims wait anew.

    Rows that stand go back to wait for the next list, and what somebody objected to waits for its
    ruling first. Raises ``NotFound`` out of reach and ``Conflict`` for one that ended.
    """
    notice = _locked(session, actor, number)
    require_open(NoticeState(notice.state))
    moves = [
        Move(claim_id, ClaimAct.TAKE_DOWN, actor.person_id, reason, about={"notice": number})
        for claim_id in queries.claims_standing(session, notice.id)
    ]
    done = advance(session, moves, shelf=shelf, now=now)
    _close(session, notice, NoticeState.CANCELLED, actor, now=now, reason=reason)
    return len(done.moved)


def in_reach(session: Session, actor: Actor, number: str) -> PublicNotice:
    """Return a list the actor may act on. Raises ``NotFound``."""
    return _reached(session.scalar(_numbered(number)), actor)


def _locked(session: Session, actor: Actor, number: str) -> PublicNotice:
    """Return it as it is now, locked; who objects meanwhile does not wait for it."""
    own = _numbered(number).with_for_update(key_share=True)
    return _reached(session.scalar(own.execution_options(populate_existing=True)), actor)


def _numbered(number: str) -> Select[PublicNotice]:
    return select(PublicNotice).where(PublicNotice.number == number)


def _reached(notice: PublicNotice | None, actor: Actor) -> PublicNotice:
    if notice is None or not queries.reaches(actor, notice.county_code, Permission.SUBSIDY_PUBLISH):
        raise NotFound
    return notice


def _require_undisputed(session: Session, notice: PublicNotice, now: datetime) -> None:
    """Raise ``Conflict`` before a list's days are over and every word against it is ruled on."""
    require_over(NoticeState(notice.state), notice.last_day, local_day(now))
    if queries.doubts_whole_list(session, notice.id):
        raise Conflict(
            "notice_disputed", "Somebody objected to the whole list. Please rule on that first."
        )


def _standing(session: Session, notice: PublicNotice) -> list[NoticeRow]:
    claims = set(queries.claims_standing(session, notice.id))
    return [row for row in queries.all_rows(session, notice.id) if row.claim_id in claims]


def _claims(session: Session, claim_ids: Sequence[int]) -> Mapping[int, SubsidyClaim]:
    own = select(SubsidyClaim).where(among(SubsidyClaim.id, "claims"))
    return {each.id: each for each in session.scalars(own, {"claims": list(claim_ids)})}


def _why_not(
    claim: SubsidyClaim,
    actor: Actor,
    again: Again | None,
    causes: Mapping[int, Sequence[Cause]],
) -> Message | None:
    wish = Wish(ClaimAct.APPROVE, actor.person_id, None, again, causes.get(claim.id, ()))
    return refusal(queries.standing_of(claim), wish)


def _close(
    session: Session,
    notice: PublicNotice,
    state: NoticeState,
    actor: Actor,
    *,
    now: datetime,
    reason: str = "",
) -> None:
    # Who moved claims forgot all that was read.
    notice = session.get_one(PublicNotice, notice.id)
    notice.state, notice.closed_at = state, now
    notice.closed_by_id, notice.close_reason = actor.person_id, reason
    session.flush()
    act = "notice.cancelled" if state is NoticeState.CANCELLED else "notice.closed"
    details = {"reason": reason} if reason else {}
    note_notice(session, notice, act, by_id=actor.person_id, now=now, **details)
