"""Where a subsidy claim stands and what moves it on: one table, which the database holds too."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum


class ClaimState(StrEnum):
    """Where a claim stands."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    IN_REVIEW = "in_review"
    RETURNED = "returned"
    PUBLICISED = "publicised"
    OBJECTED = "objected"
    APPROVED = "approved"
    PAID = "paid"
    BANK_RETURNED = "bank_returned"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    CLAWED_BACK = "clawed_back"


class ClaimAct(StrEnum):
    """What is done to a claim; each is a step of its own in the record."""

    SUBMIT = "submit"
    WITHDRAW = "withdraw"
    FIRST_LOOK = "first_look"
    SECOND_LOOK = "second_look"
    STEP_BACK = "step_back"
    RETURN = "return"
    REJECT = "reject"
    PUBLICISE = "publicise"
    TAKE_DOWN = "take_down"
    OBJECT = "object"
    DISMISS = "dismiss"
    APPROVE = "approve"
    PLAN = "plan"
    UNPLAN = "unplan"
    SEND = "send"
    PAY = "pay"
    BOUNCE = "bounce"
    PAY_AGAIN = "pay_again"
    REOPEN = "reopen"
    DOUBT = "doubt"
    CLEAR = "clear"
    CLAW_BACK = "claw_back"
    RECOVER = "recover"


class Cause(StrEnum):
    """What happened after somebody looked, so that a claim is looked at again."""

    DECIDED_ANEW = "decided_anew"
    BADGE_REVOKED = "badge_revoked"
    REFUNDED = "refunded"


class Money(StrEnum):
    """What is under way for a claim at the bank."""

    NONE = "none"
    PLANNED = "planned"
    SENT = "sent"


_S = ClaimState
_STAY = {each: each for each in (_S.APPROVED, _S.PAID, _S.BANK_RETURNED)}
_UNPAID = (
    *(_S.DRAFT, _S.SUBMITTED, _S.IN_REVIEW, _S.RETURNED, _S.PUBLICISED, _S.OBJECTED),
    *(_S.APPROVED, _S.BANK_RETURNED),
)
_LOOKED_AT = (_S.SUBMITTED, _S.IN_REVIEW, _S.OBJECTED)

# From which state each act leads to which; what does not stand here is refused. Where stepping
# back or paying may end in one of two states, the standing tells which (``after``).
MOVES: Mapping[ClaimAct, Mapping[ClaimState, ClaimState]] = {
    ClaimAct.SUBMIT: dict.fromkeys((_S.DRAFT, _S.RETURNED), _S.SUBMITTED),
    ClaimAct.WITHDRAW: dict.fromkeys(_UNPAID, _S.WITHDRAWN),
    ClaimAct.FIRST_LOOK: {_S.SUBMITTED: _S.IN_REVIEW},
    ClaimAct.SECOND_LOOK: {_S.IN_REVIEW: _S.IN_REVIEW},
    ClaimAct.STEP_BACK: {_S.IN_REVIEW: _S.SUBMITTED},
    ClaimAct.RETURN: dict.fromkeys(_LOOKED_AT, _S.RETURNED),
    ClaimAct.REJECT: dict.fromkeys(_LOOKED_AT, _S.REJECTED),
    ClaimAct.PUBLICISE: {_S.IN_REVIEW: _S.PUBLICISED},
    ClaimAct.TAKE_DOWN: {_S.PUBLICISED: _S.IN_REVIEW},
    ClaimAct.OBJECT: {_S.PUBLICISED: _S.OBJECTED},
    ClaimAct.DISMISS: {_S.OBJECTED: _S.PUBLICISED},
    ClaimAct.APPROVE: {_S.PUBLICISED: _S.APPROVED},
    ClaimAct.PLAN: {_S.APPROVED: _S.APPROVED},
    ClaimAct.UNPLAN: {_S.APPROVED: _S.APPROVED},
    ClaimAct.SEND: {_S.APPROVED: _S.APPROVED},
    ClaimAct.PAY: {_S.APPROVED: _S.PAID},
    # Another instalment may come back too, before the first is paid again.
    ClaimAct.BOUNCE: dict.fromkeys(_STAY, _S.BANK_RETURNED),
    ClaimAct.PAY_AGAIN: {_S.BANK_RETURNED: _S.APPROVED},
    ClaimAct.REOPEN: dict.fromkeys(
        (_S.IN_REVIEW, _S.PUBLICISED, _S.OBJECTED, _S.APPROVED, _S.BANK_RETURNED), _S.SUBMITTED
    ),
    ClaimAct.DOUBT: _STAY,
    ClaimAct.CLEAR: _STAY,
    ClaimAct.CLAW_BACK: dict.fromkeys(_STAY, _S.CLAWED_BACK),
    ClaimAct.RECOVER: {_S.CLAWED_BACK: _S.CLAWED_BACK},
}
# Which pairs the database lets stand one after the other.
PAIRS = frozenset(pair for moves in MOVES.values() for pair in moves.items())
# Of one thing a person has one claim that is not over; these leave it free again.
OVER = frozenset({_S.REJECTED, _S.WITHDRAWN, _S.CLAWED_BACK})
# What counts as asked for, where other claims of the person are decided.
PENDING = frozenset(_UNPAID) - {_S.DRAFT}
# Who decides these has to say why, and the learner reads it.
REASONED = frozenset(
    {
        *(ClaimAct.RETURN, ClaimAct.REJECT, ClaimAct.STEP_BACK, ClaimAct.DISMISS),
        *(ClaimAct.TAKE_DOWN, ClaimAct.CLEAR, ClaimAct.CLAW_BACK),
    }
)


@dataclass(frozen=True, slots=True)
class Standing:
    """A claim as far as the rules ask: where it stands, who looked, and its money in fen.

    ``paid_fen`` is what the bank paid and did not send back.
    """

    state: ClaimState
    person_id: int
    first_by: int | None = None
    second_by: int | None = None
    amount_fen: int = 0
    paid_fen: int = 0
    money: Money = Money.NONE
    is_doubted: bool = False

    @property
    def waits_for_list(self) -> bool:
        """Tell whether two people passed it, so that the next public list takes it."""
        return self.state is ClaimState.IN_REVIEW and self.second_by is not None


def after(standing: Standing, act: ClaimAct, *, by_id: int | None, fen: int = 0) -> Standing:
    """Return the standing behind an act that the rules allow; ``fen`` is what was paid or returned.

    Raises ``KeyError`` for an act the state does not know.
    """
    moved = replace(standing, state=_state_after(standing, act, fen))
    if act is ClaimAct.FIRST_LOOK:
        return replace(moved, first_by=by_id)
    if act is ClaimAct.SECOND_LOOK:
        return replace(moved, second_by=by_id)
    if act is ClaimAct.STEP_BACK:
        return replace(moved, second_by=None, first_by=standing.second_by and standing.first_by)
    if moved.state in (ClaimState.SUBMITTED, ClaimState.RETURNED):
        return replace(moved, first_by=None, second_by=None, money=Money.NONE)
    return _money_after(moved, act, fen)


def _state_after(standing: Standing, act: ClaimAct, fen: int) -> ClaimState:
    state = MOVES[act][standing.state]
    if act is ClaimAct.STEP_BACK and standing.second_by is not None:
        return ClaimState.IN_REVIEW
    if act is ClaimAct.PAY and standing.paid_fen + fen < standing.amount_fen:
        return ClaimState.APPROVED
    return state


def _money_after(moved: Standing, act: ClaimAct, fen: int) -> Standing:
    if act is ClaimAct.PAY:
        return replace(moved, money=Money.NONE, paid_fen=moved.paid_fen + fen)
    if act is ClaimAct.BOUNCE:
        return replace(moved, money=Money.NONE, paid_fen=moved.paid_fen - fen)
    if act in (ClaimAct.DOUBT, ClaimAct.CLEAR):
        return replace(moved, is_doubted=act is ClaimAct.DOUBT)
    under_way = {ClaimAct.PLAN: Money.PLANNED, ClaimAct.SEND: Money.SENT}
    if act in (ClaimAct.UNPLAN, ClaimAct.WITHDRAW, ClaimAct.CLAW_BACK):
        return replace(moved, money=Money.NONE)
    return replace(moved, money=under_way.get(act, moved.money))


def shares(amount_fen: int, count: int) -> tuple[int, ...]:
    """Return the instalments of an amount, fen: as even as can be, the odd fen in the first ones.

    Raises ``ValueError`` for fewer than one, or for more than there are fen.
    """
    if not 1 <= count <= amount_fen:
        raise ValueError(count)
    whole, odd = divmod(amount_fen, count)
    return tuple(whole + (place < odd) for place in range(count))
