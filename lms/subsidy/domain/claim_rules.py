"""What keeps somebody from doing something to a subsidy claim, as a sentence for people."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from lms.core.errors import Message
from lms.subsidy.domain.claim_states import (
    MOVES,
    REASONED,
    Cause,
    ClaimAct,
    ClaimState,
    Money,
    Standing,
)
from lms.subsidy.domain.results import Outcome

# What the site does by itself, or because somebody else's act brings it about.
_BY_THE_SITE = frozenset({ClaimAct.REOPEN, ClaimAct.DOUBT})
_OF_THE_LEARNER = frozenset({ClaimAct.SUBMIT, ClaimAct.WITHDRAW})
# Anybody may object to a list, so nobody is kept from it.
_OF_ANYBODY = frozenset({ClaimAct.OBJECT})
# Before these it is decided again, by what is known in that very moment.
DECIDED_AGAIN = frozenset(
    {
        *(ClaimAct.SUBMIT, ClaimAct.FIRST_LOOK, ClaimAct.SECOND_LOOK, ClaimAct.PUBLICISE),
        *(ClaimAct.DISMISS, ClaimAct.APPROVE, ClaimAct.PLAN, ClaimAct.SEND, ClaimAct.PAY_AGAIN),
    }
)
# Here what somebody has yet to look at may still be open.
_MAY_BE_OPEN = frozenset({ClaimAct.SUBMIT, ClaimAct.FIRST_LOOK})


@dataclass(frozen=True, slots=True)
class Again:
    """What deciding again came to; ``not_met`` and ``open`` are headings of conditions."""

    outcome: Outcome
    amount_fen: int | None
    not_met: Sequence[Message] = ()
    unknown: Sequence[Message] = ()


@dataclass(frozen=True, slots=True)
class Wish:
    """An act somebody wants: who, why, and what is known beside the claim itself.

    ``causes`` are those nobody acted on yet; ``fen`` is what the bank paid or sent back.
    """

    act: ClaimAct
    by_id: int | None = None
    reason: str | None = None
    again: Again | None = None
    causes: Sequence[Cause] = field(default=())
    fen: int = 0


def _(text: str) -> str:
    """Mark a sentence for translation."""
    return text


STATE_WORDS = {
    ClaimState.DRAFT: _("begun, not handed in"),
    ClaimState.SUBMITTED: _("waiting for the first look"),
    ClaimState.IN_REVIEW: _("being reviewed"),
    ClaimState.RETURNED: _("returned to the learner"),
    ClaimState.PUBLICISED: _("on the public list"),
    ClaimState.OBJECTED: _("being looked into after an objection"),
    ClaimState.APPROVED: _("approved, waiting for the money"),
    ClaimState.PAID: _("paid"),
    ClaimState.BANK_RETURNED: _("sent back by the bank"),
    ClaimState.REJECTED: _("rejected"),
    ClaimState.WITHDRAWN: _("withdrawn"),
    ClaimState.CLAWED_BACK: _("to be paid back"),
}


def state_words(state: ClaimState) -> Message:
    """Return where a claim stands, in words."""
    return Message(f"claim_{state.value}", STATE_WORDS[state])


def refusal(claim: Standing, wish: Wish) -> Message | None:
    """Return what keeps the act from being done; ``None`` where nothing does."""
    if claim.state not in MOVES[wish.act]:
        return Message(
            "claim_moved_on",
            "By now this claim is: %(state)s. That cannot be done to it any more.",
            {"state": state_words(claim.state)},
        )
    for rule in _RULES:
        found = rule(claim, wish)
        if found is not None:
            return found
    return None


def _whose(claim: Standing, wish: Wish) -> Message | None:
    """Refuse those who decide about their own claim, and others who act for the learner."""
    act = wish.act
    if act in _OF_ANYBODY or act in _BY_THE_SITE:
        return None
    if (act in _OF_THE_LEARNER) == (wish.by_id == claim.person_id):
        return None
    if act in _OF_THE_LEARNER:
        return Message("claim_not_yours", "Only the learner can do this.")
    return Message("claim_own", "Nobody decides about their own claim. Somebody else has to.")


def _two_people(claim: Standing, wish: Wish) -> Message | None:
    if wish.act is ClaimAct.SECOND_LOOK and claim.second_by is not None:
        return Message("claim_looked_twice", "Two people have looked at this claim already.")
    if wish.act is ClaimAct.SECOND_LOOK and wish.by_id == claim.first_by:
        return Message(
            "claim_two_people", "You had the first look; the second one is somebody else's."
        )
    if wish.act is ClaimAct.STEP_BACK and wish.by_id not in (
        claim.second_by or claim.first_by,
        None,
    ):
        return Message("claim_step_of_another", "Only who took the last step can take it back.")
    if wish.act is ClaimAct.PUBLICISE and not claim.waits_for_list:
        return Message("claim_one_look", "Somebody else has to look at this claim first.")
    return None


def _reasoned(_claim: Standing, wish: Wish) -> Message | None:
    if wish.act in REASONED and not (wish.reason or "").strip():
        return Message("reason_missing", "Please say why, in a sentence.")
    return None


def _money(claim: Standing, wish: Wish) -> Message | None:
    """Refuse what does not fit to the money that is under way or was paid."""
    rule = _OF_MONEY.get(wish.act)
    return rule(claim, wish) if rule else None


def _nothing_paid(claim: Standing, _wish: Wish) -> Message | None:
    if claim.money is Money.SENT:
        return _UNDER_WAY
    if claim.paid_fen:
        return Message("claim_part_paid", "Part of the money was paid already.")
    return None


def _nothing_under_way(claim: Standing, _wish: Wish) -> Message | None:
    if claim.money is Money.SENT:
        return _UNDER_WAY
    if claim.money is Money.PLANNED:
        return Message("claim_planned", "This claim is in a payment batch already.")
    return None


def _something_paid(claim: Standing, _wish: Wish) -> Message | None:
    if claim.money is Money.SENT:
        return _UNDER_WAY
    if not claim.paid_fen:
        return Message("claim_nothing_paid", "Nothing was paid yet, so nothing can come back.")
    return None


def _planned(claim: Standing, _wish: Wish) -> Message | None:
    return None if claim.money is Money.PLANNED else _NOT_PLANNED


def _paying(claim: Standing, wish: Wish) -> Message | None:
    if claim.money is not Money.SENT:
        return _NOT_SENT
    if not 0 < wish.fen <= claim.amount_fen - claim.paid_fen:
        return Message("claim_sum", "The bank names another sum than was sent.")
    return None


def _bouncing(claim: Standing, wish: Wish) -> Message | None:
    if claim.money is Money.SENT:
        # Of two instalments the one under way is answered first; then the other may come back.
        return None if wish.fen == 0 else _UNDER_WAY
    return None if 0 < wish.fen <= claim.paid_fen else _NOT_SENT


_OF_MONEY: dict[ClaimAct, Callable[[Standing, Wish], Message | None]] = {
    ClaimAct.WITHDRAW: _nothing_paid,
    ClaimAct.REOPEN: _nothing_paid,
    ClaimAct.PLAN: _nothing_under_way,
    ClaimAct.PAY_AGAIN: _nothing_under_way,
    ClaimAct.UNPLAN: _planned,
    ClaimAct.SEND: _planned,
    ClaimAct.PAY: _paying,
    ClaimAct.BOUNCE: _bouncing,
    ClaimAct.CLAW_BACK: _something_paid,
}


def _doubted(claim: Standing, wish: Wish) -> Message | None:
    """Refuse to settle a doubt nobody has, and to pay on while there is one."""
    if wish.act is ClaimAct.CLEAR and not claim.is_doubted:
        return Message("claim_no_doubt", "There is nothing to settle any more.")
    pays = (ClaimAct.PLAN, ClaimAct.SEND, ClaimAct.PAY_AGAIN)
    if wish.act in pays and claim.is_doubted:
        return Message("claim_doubted", "Something changed; somebody has to settle that first.")
    return None


def _changed(_claim: Standing, wish: Wish) -> Message | None:
    """Refuse to go on before something that happened meanwhile was looked at."""
    goes_on = wish.act in DECIDED_AGAIN and wish.act not in _MAY_BE_OPEN
    if goes_on and wish.causes:
        return Message("claim_changed", "Something changed after this was looked at; it goes back.")
    return None


def _conditions(claim: Standing, wish: Wish) -> Message | None:
    """Refuse to go on where deciding again finds what is not met, or open, or another sum."""
    if wish.act not in DECIDED_AGAIN:
        return None
    again = wish.again
    if again is None:
        return Message("claim_no_rules", "There are no rules by which this can be decided now.")
    if again.outcome is Outcome.NOT_ELIGIBLE:
        return _named(
            "claim_not_met", _("By what is known now, this is not met: %(what)s."), again.not_met
        )
    return None if wish.act in _MAY_BE_OPEN else _settled(claim, again)


def _settled(claim: Standing, again: Again) -> Message | None:
    if again.outcome is Outcome.NEEDS_REVIEW:
        return _named(
            "claim_open", _("Somebody has to look at this first: %(what)s."), again.unknown
        )
    if again.amount_fen != claim.amount_fen:
        return Message("claim_other_sum", "By what is known now, the sum is another one.")
    return None


def act_for(claim: Standing) -> ClaimAct | None:
    """Return what the site does where something changed: begin anew, or call somebody to look.

    Nothing is to be done before somebody looked, nor once the claim is over.
    """
    if refusal(claim, Wish(ClaimAct.REOPEN)) is None:
        return ClaimAct.REOPEN
    if claim.is_doubted or claim.state not in MOVES[ClaimAct.DOUBT]:
        return None
    return ClaimAct.DOUBT


def _named(code: str, text: str, headings: Sequence[Message]) -> Message:
    """Name the first condition, and how many more there are."""
    first = headings[0] if headings else Message("conditions", "the conditions")
    if len(headings) <= 1:
        return Message(code, text, {"what": first})
    more = Message(
        "and_more", "%(first)s and %(count)s more", {"first": first, "count": len(headings) - 1}
    )
    return Message(code, text, {"what": more})


_UNDER_WAY = Message("claim_under_way", "The money is under way. Please wait for the bank.")
_NOT_PLANNED = Message("claim_not_planned", "This claim is in no payment batch.")
_NOT_SENT = Message("claim_not_sent", "Nothing was sent to the bank for this claim.")
_RULES = (_whose, _two_people, _reasoned, _money, _doubted, _changed, _conditions)
