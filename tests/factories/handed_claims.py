"""Makes a claim that went the whole way: objected to, sent back by the bank, paid again."""

from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from lms.accounts.gateway import Keys
from lms.accounts.models import Person
from lms.audit.service import record
from lms.core.access import Actor
from lms.db.session import now
from lms.subsidy.domain.claim_states import ClaimAct
from lms.subsidy.models import NoticeObjection, NoticeRow, PublicNotice, SubsidyClaim
from tests.factories.claimed import FEN, hang_out, pay_out
from tests.factories.claims import Claimant, make_claimant, make_passed, make_reviewer, move

OBJECTION = "他不是我们村的"
CONTACT = "13800000000"
RULING = "户口本看过了，是本村的"
RETURNED = date(2020, 1, 14)


def make_claim_on_its_way(session: Session, keys: Keys) -> tuple[Claimant, SubsidyClaim]:
    """Make somebody whose claim was paid at the second try."""
    own = make_claimant(session, keys)
    first, second = make_reviewer(session), make_reviewer(session, name="鲁晓东")
    claim = make_passed(session, own, first, second)
    _on_a_list(session, claim, first)
    clerks = session.get_one(Person, first.person_id), session.get_one(Person, second.person_id)
    _sent_back(session, claim, clerks)
    move(session, claim.id, ClaimAct.PAY_AGAIN, first.person_id, reason=None)
    _paid(session, claim, clerks)
    return own, session.get_one(SubsidyClaim, claim.id)


def _on_a_list(session: Session, claim: SubsidyClaim, clerk: Actor) -> None:
    at, by = now(session), clerk.person_id
    row = hang_out(session, claim, session.get_one(Person, by), at, state="standing")
    notice = session.get_one(PublicNotice, row.notice_id)
    days = {"starts_on": str(notice.first_day), "ends_on": str(notice.last_day)}
    record(
        session,
        actor_id=by,
        action="notice.published",
        subject=f"notice:{notice.number}",
        details={"sha256": notice.content_sha256, **days},
        at=at,
    )
    about = {"notice": notice.number, "until": str(notice.last_day)}
    move(session, claim.id, ClaimAct.PUBLICISE, by, reason=None, about=about)
    move(session, claim.id, ClaimAct.OBJECT, None, reason=None, about=about)
    session.add(_ruled(row, by, at))
    move(session, claim.id, ClaimAct.DISMISS, by, reason=RULING, about=about)
    move(session, claim.id, ClaimAct.APPROVE, by, reason=None, about=about)


def _ruled(row: NoticeRow, by: int, at: datetime) -> NoticeObjection:
    return NoticeObjection(
        number=f"20-01-01-{row.id:04}",
        notice_id=row.notice_id,
        notice_row_id=row.id,
        words=OBJECTION,
        contact=CONTACT,
        made_at=at,
        ruling="dismissed",
        reason=RULING,
        ruled_by_id=by,
        ruled_at=at,
    )


def _sent_back(session: Session, claim: SubsidyClaim, clerks: tuple[Person, Person]) -> None:
    back: dict[str, Any] = {"returned_on": RETURNED, "return_reason": "账户不存在"}
    made = pay_out(session, claim, clerks, now(session), state="returned", paid_on=None, **back)
    about = {"payment": made.id, "instalment": 1, "day": str(RETURNED), "fen": FEN}
    _send(session, claim, clerks)
    move(session, claim.id, ClaimAct.BOUNCE, clerks[0].id, about=about)


def _paid(session: Session, claim: SubsidyClaim, clerks: tuple[Person, Person]) -> None:
    made = pay_out(session, claim, clerks, now(session), try_number=2)
    about = {"payment": made.id, "instalment": 1, "day": str(made.paid_on), "fen": FEN}
    _send(session, claim, clerks)
    move(session, claim.id, ClaimAct.PAY, clerks[0].id, about=about, fen=FEN)


def _send(session: Session, claim: SubsidyClaim, clerks: tuple[Person, Person]) -> None:
    move(session, claim.id, ClaimAct.PLAN, clerks[0].id, reason=None, fen=FEN)
    move(session, claim.id, ClaimAct.SEND, clerks[1].id, reason=None, fen=FEN)
