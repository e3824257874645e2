"""What the review desk asks: where a claim waits, what somebody may say to it, what changed."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from lms.core.errors import Message
from lms.subsidy.domain.claim_rules import Again, Wish, refusal
from lms.subsidy.domain.claim_states import ClaimAct, ClaimState, Standing
from lms.subsidy.domain.results import ClauseResult, Outcome

# So many claims in one batch: one transaction, a fraction of a minute.
MOST_AT_ONCE = 200
LONGEST_REASON = 500


class Stage(StrEnum):
    """Where claims wait, as the desk sorts them."""

    FIRST = "first"
    SECOND = "second"
    LIST = "list"
    CHANGED = "changed"
    RETURNED = "returned"
    PUBLIC = "public"
    OBJECTED = "objected"
    PAY = "pay"
    PAID = "paid"
    ALL = "all"


class Opinion(StrEnum):
    """What somebody at the desk says to a claim."""

    PASS = "pass"  # noqa: S105 (an opinion)
    RETURN = "return"
    REJECT = "reject"
    STEP_BACK = "step_back"
    CLEAR = "clear"


# What may be said to many claims at once.
OF_MANY = frozenset({Opinion.PASS, Opinion.RETURN})
_UNDER_REVIEW = (ClaimState.SUBMITTED, ClaimState.IN_REVIEW)
_ACTS = {
    Opinion.RETURN: ClaimAct.RETURN,
    Opinion.REJECT: ClaimAct.REJECT,
    Opinion.STEP_BACK: ClaimAct.STEP_BACK,
    Opinion.CLEAR: ClaimAct.CLEAR,
}
LOOK_FIRST = Message(
    "claim_look_first",
    "Something was noticed about this person's study. Please look at it, then tick that you did.",
)


@dataclass(frozen=True, slots=True)
class ClaimFilters:
    """Which claims somebody looks at; ``q`` is part of a number or a name."""

    stage: Stage = Stage.FIRST
    county: str | None = None
    town: str | None = None
    programme: str | None = None
    q: str | None = None
    person: int | None = None


@dataclass(frozen=True, slots=True)
class Review:
    """What somebody says to a claim whose ``version`` they saw."""

    opinion: Opinion
    version: int
    reason: str | None = None
    has_looked: bool = False


@dataclass(frozen=True, slots=True)
class Batch:
    """What somebody says to many claims; of each the version they saw."""

    opinion: Opinion
    versions: Mapping[int, int]
    reason: str | None = None


def act_of(opinion: Opinion, claim: Standing) -> ClaimAct:
    """Return the act an opinion comes to: passing is the first look or the second."""
    if opinion is Opinion.PASS:
        is_first = claim.state is ClaimState.SUBMITTED
        return ClaimAct.FIRST_LOOK if is_first else ClaimAct.SECOND_LOOK
    return _ACTS[opinion]


def offers(claim: Standing, *, by_id: int) -> dict[Opinion, Message | None]:
    """Return what may be said to the claim where it stands, each with what keeps this person.

    What the conditions come to is not asked here: that is decided in the very moment of the act.
    """
    found = {opinion: _kept_from(claim, opinion, by_id) for opinion in _thinkable(claim)}
    why = found.get(Opinion.STEP_BACK)
    if why and why.code == "claim_step_of_another":
        del found[Opinion.STEP_BACK]
    return found


def _thinkable(claim: Standing) -> list[Opinion]:
    if claim.state in _UNDER_REVIEW:
        opinions = [Opinion.RETURN, Opinion.REJECT]
        if not claim.waits_for_list:
            opinions.insert(0, Opinion.PASS)
        if claim.state is ClaimState.IN_REVIEW:
            opinions.append(Opinion.STEP_BACK)
        return opinions
    return [Opinion.CLEAR] if claim.is_doubted else []


def _kept_from(claim: Standing, opinion: Opinion, by_id: int) -> Message | None:
    fine = Again(Outcome.ELIGIBLE, claim.amount_fen)
    return refusal(claim, Wish(act_of(opinion, claim), by_id, opinion.value, fine))


@dataclass(frozen=True, slots=True)
class Change:
    """A condition of which another thing is found than before; ``None`` where it was not asked."""

    before: ClauseResult | None
    now: ClauseResult | None


def changes(before: Iterable[ClauseResult], now: Iterable[ClauseResult]) -> Sequence[Change]:
    """Return the conditions of which something else is found; other numbers alone are no change."""
    then, later = ({each.id: each for each in results} for results in (before, now))
    return [
        Change(then.get(name), later.get(name))
        for name in {**then, **later}
        if _found(then.get(name)) != _found(later.get(name))
    ]


def _found(result: ClauseResult | None) -> tuple[str, str] | None:
    return (result.verdict, result.code) if result else None
