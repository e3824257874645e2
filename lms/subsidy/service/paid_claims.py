"""Pays a claim again after the bank sent it back, claws back what was paid, notes what comes in."""

from datetime import datetime

from sqlalchemy.orm import Session

from lms.core.access import Actor, Permission
from lms.core.errors import Conflict, InvalidInput, Message
from lms.subsidy import queries
from lms.subsidy.domain.claim_states import ClaimAct, ClaimState
from lms.subsidy.gateway import Shelf
from lms.subsidy.models import SubsidyClaim
from lms.subsidy.service.claim_moves import Move, Moved, advance_one


def pay_again(
    session: Session, actor: Actor, *, claim_id: int, version: int, shelf: Shelf, now: datetime
) -> Moved:
    """Take over the account that was looked at since; the next batch then offers the claim.

    Raises ``NotFound`` out of reach, ``Conflict`` with what is missing or was decided otherwise.
    """
    claim = _locked(session, actor, claim_id)
    money = queries.money_of_claim(session, claim)
    if money.missing is not None:
        raise Conflict(money.missing.code, money.missing.text, **money.missing.params)
    values = {}
    if claim.state == ClaimState.BANK_RETURNED and money.payee is not None:
        values = {
            "account_mask": money.payee.mask,
            "account_index": money.payee.index,
            "bank": money.payee.bank,
        }
    move = Move(claim_id, ClaimAct.PAY_AGAIN, actor.person_id, version=version, values=values)
    return advance_one(session, move, shelf=shelf, now=now)


def claw_back(
    session: Session,
    actor: Actor,
    *,
    claim_id: int,
    said: tuple[int, str],
    shelf: Shelf,
    now: datetime,
) -> Moved:
    """Ask back all that was paid; ``said`` is the version that was seen and the reason.

    Raises ``NotFound`` out of reach, ``Conflict`` where nothing was paid or money is under way.
    """
    claim = _locked(session, actor, claim_id)
    version, reason = said
    move = Move(
        claim_id,
        ClaimAct.CLAW_BACK,
        actor.person_id,
        reason=reason,
        version=version,
        fen=claim.paid_fen,
    )
    return advance_one(session, move, shelf=shelf, now=now)


def recover(
    session: Session,
    actor: Actor,
    *,
    claim_id: int,
    said: tuple[int, int, str | None],
    shelf: Shelf,
    now: datetime,
) -> Moved:
    """Note money that came back; ``said`` is the version that was seen, the fen and a note.

    Raises ``NotFound`` out of reach, ``InvalidInput`` for more than is still to come.
    """
    claim = _locked(session, actor, claim_id)
    version, fen, note = said
    if claim.version == version and not 0 < fen <= claim.paid_fen - claim.recovered_fen:
        raise InvalidInput(
            {"amount": Message("recover_sum", "More than is still to come back cannot come in.")}
        )
    move = Move(
        claim_id,
        ClaimAct.RECOVER,
        actor.person_id,
        reason=note,
        version=version,
        fen=fen,
        values={"recovered_fen": claim.recovered_fen + fen},
    )
    return advance_one(session, move, shelf=shelf, now=now)


def _locked(session: Session, actor: Actor, claim_id: int) -> SubsidyClaim:
    """Return the claim as it is once the person's account is ours."""
    claim = queries.claim_in_reach(session, actor, claim_id, Permission.SUBSIDY_PAY)
    queries.lock_accounts(session, [claim.person_id])
    return queries.claims_locked(session, [claim_id])[claim_id]
