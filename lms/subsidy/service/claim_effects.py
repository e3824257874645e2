"""What a step of a claim does to its row on a public list, its payments and its open causes."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from lms.db.among import among
from lms.subsidy.domain.claim_states import ClaimAct
from lms.subsidy.domain.notices import RowState
from lms.subsidy.domain.payments import PaymentState
from lms.subsidy.models import NoticeRow, SubsidyClaimCause, SubsidyPayment

_ROW_AFTER = {
    ClaimAct.OBJECT: RowState.OBJECTED,
    ClaimAct.DISMISS: RowState.STANDING,
    ClaimAct.APPROVE: RowState.DONE,
    **dict.fromkeys(
        (
            *(ClaimAct.TAKE_DOWN, ClaimAct.RETURN, ClaimAct.REJECT),
            *(ClaimAct.WITHDRAW, ClaimAct.REOPEN),
        ),
        RowState.PULLED,
    ),
}
# Where one instalment comes back, the next one waits for the account, too.
_GIVES_UP_PAYMENT = frozenset(
    {
        *(ClaimAct.UNPLAN, ClaimAct.WITHDRAW, ClaimAct.REOPEN, ClaimAct.CLAW_BACK),
        ClaimAct.BOUNCE,
    }
)
_ANSWERS_CAUSES = frozenset(
    {ClaimAct.REOPEN, ClaimAct.DOUBT, ClaimAct.SUBMIT, ClaimAct.WITHDRAW, ClaimAct.CLAW_BACK}
)


def carry_out(session: Session, done: Iterable[tuple[ClaimAct, int]], *, now: datetime) -> None:
    """Carry out what follows from acts on claims: at most one statement a kind of consequence."""
    rows: defaultdict[RowState, list[int]] = defaultdict(list)
    given_up, answered = [], []
    for act, claim_id in done:
        if act in _ROW_AFTER:
            rows[_ROW_AFTER[act]].append(claim_id)
        if act in _GIVES_UP_PAYMENT:
            given_up.append(claim_id)
        if act in _ANSWERS_CAUSES:
            answered.append(claim_id)
    for state, claim_ids in rows.items():
        _set_rows(session, claim_ids, state)
    if given_up:
        _give_up(session, given_up)
    if answered:
        answer_causes(session, answered, now=now)


def answer_causes(session: Session, claim_ids: Collection[int], *, now: datetime) -> None:
    """Note that somebody, or the site, acted on what happened to these claims."""
    cause = SubsidyClaimCause
    session.execute(
        update(cause)
        .where(among(cause.claim_id, "claims"), cause.handled_at.is_(None))
        .values(handled_at=now)
        .execution_options(synchronize_session=False),
        {"claims": list(claim_ids)},
    )


def _set_rows(session: Session, claim_ids: Collection[int], state: RowState) -> None:
    hanging = NoticeRow.state.in_((RowState.STANDING, RowState.OBJECTED))
    session.execute(
        update(NoticeRow)
        .where(among(NoticeRow.claim_id, "claims"), hanging, NoticeRow.state != state)
        .values(state=state)
        .execution_options(synchronize_session=False),
        {"claims": list(claim_ids)},
    )


def _give_up(session: Session, claim_ids: Collection[int]) -> None:
    payment = SubsidyPayment
    session.execute(
        update(payment)
        .where(among(payment.claim_id, "claims"), payment.state == PaymentState.PLANNED)
        .values(state=PaymentState.CANCELLED)
        .execution_options(synchronize_session=False),
        {"claims": list(claim_ids)},
    )
