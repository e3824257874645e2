"""Where a claim is for the learner who follows it: what goes on, who has it, what comes next."""

from dataclasses import dataclass
from enum import StrEnum

from lms.subsidy.domain.claim_states import MOVES, ClaimAct, ClaimState, Money, Standing


class Holder(StrEnum):
    """Who has to do something now."""

    BUREAU = "bureau"
    LEARNER = "learner"
    BANK = "bank"
    NOBODY = "nobody"


class Stage(StrEnum):
    """What a claim goes through; the first of what is ahead is what goes on now."""

    FILL_IN = "fill_in"
    SUPPLY = "supply"
    FIRST_LOOK = "first_look"
    SECOND_LOOK = "second_look"
    NOTICE = "notice"
    OBJECTION = "objection"
    MONEY = "money"
    NEW_ACCOUNT = "new_account"
    PAY_BACK = "pay_back"


class Situation(StrEnum):
    """Where a claim is, as finely as the learner is told."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    LOOKED_AT = "looked_at"
    PASSED = "passed"
    RETURNED = "returned"
    PUBLICISED = "publicised"
    OBJECTED = "objected"
    APPROVED = "approved"
    SENT = "sent"
    PART_PAID = "part_paid"
    PAID = "paid"
    BANK_RETURNED = "bank_returned"
    ACCOUNT_GIVEN = "account_given"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    PAY_BACK = "pay_back"
    PAID_BACK = "paid_back"


@dataclass(frozen=True, slots=True)
class Story:
    """Where a claim is, who has it, and what goes on and comes after."""

    situation: Situation
    holder: Holder
    ahead: tuple[Stage, ...]


_LOOKS = (Stage.FIRST_LOOK, Stage.SECOND_LOOK, Stage.NOTICE, Stage.MONEY)
_S, _H = Situation, Holder
_STORIES: dict[Situation, tuple[Holder, tuple[Stage, ...]]] = {
    _S.DRAFT: (_H.LEARNER, (Stage.FILL_IN, *_LOOKS)),
    _S.SUBMITTED: (_H.BUREAU, _LOOKS),
    _S.LOOKED_AT: (_H.BUREAU, _LOOKS[1:]),
    _S.PASSED: (_H.BUREAU, _LOOKS[2:]),
    _S.RETURNED: (_H.LEARNER, (Stage.SUPPLY, *_LOOKS)),
    _S.PUBLICISED: (_H.BUREAU, _LOOKS[2:]),
    _S.OBJECTED: (_H.BUREAU, (Stage.OBJECTION, *_LOOKS[2:])),
    _S.APPROVED: (_H.BUREAU, _LOOKS[3:]),
    _S.SENT: (_H.BANK, _LOOKS[3:]),
    _S.PART_PAID: (_H.BUREAU, _LOOKS[3:]),
    _S.PAID: (_H.NOBODY, ()),
    _S.BANK_RETURNED: (_H.LEARNER, (Stage.NEW_ACCOUNT, *_LOOKS[3:])),
    _S.ACCOUNT_GIVEN: (_H.BUREAU, _LOOKS[3:]),
    _S.REJECTED: (_H.NOBODY, ()),
    _S.WITHDRAWN: (_H.NOBODY, ()),
    _S.PAY_BACK: (_H.LEARNER, (Stage.PAY_BACK,)),
    _S.PAID_BACK: (_H.NOBODY, ()),
}
# What only the desks do among themselves before money goes out is no news.
SILENT = frozenset({ClaimAct.PLAN, ClaimAct.UNPLAN})


def story(claim: Standing, *, recovered_fen: int = 0, has_new_account: bool = False) -> Story:
    """Return where the claim is.

    ``has_new_account`` tells that the learner gave another account than the claim was sent to.
    """
    found = _situation(claim, recovered_fen, has_new_account=has_new_account)
    holder, ahead = _STORIES[found]
    if claim.is_doubted and claim.state in MOVES[ClaimAct.CLEAR] and holder is not Holder.BANK:
        holder = Holder.BUREAU
    return Story(found, holder, ahead)


def _situation(claim: Standing, recovered_fen: int, *, has_new_account: bool) -> Situation:
    match claim.state:
        case ClaimState.IN_REVIEW:
            return Situation.PASSED if claim.waits_for_list else Situation.LOOKED_AT
        case ClaimState.APPROVED if claim.money is Money.SENT:
            return Situation.SENT
        case ClaimState.APPROVED if claim.paid_fen:
            return Situation.PART_PAID
        case ClaimState.BANK_RETURNED if has_new_account:
            return Situation.ACCOUNT_GIVEN
        case ClaimState.CLAWED_BACK:
            is_open = recovered_fen < claim.paid_fen
            return Situation.PAY_BACK if is_open else Situation.PAID_BACK
        case state:
            return Situation(state.value)
