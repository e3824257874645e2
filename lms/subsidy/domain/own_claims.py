"""What a person's own claims mean for deciding: when was applied, and what counts as had before."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from lms.subsidy.domain.claim_states import OVER, PENDING, ClaimState
from lms.subsidy.domain.facts import PastSubsidy

_KIND = "training"
_PERSON = "person"


@dataclass(frozen=True, slots=True)
class OwnClaim:
    """A claim that was handed in, as other claims of the person see it.

    ``work_type`` is ``None`` where the programme has none. ``ended_on`` is the day it was over.
    """

    programme_id: int
    occupation: str
    work_type: str | None
    level: int
    state: ClaimState
    applied_on: date
    ended_on: date | None = None

    @property
    def is_paid(self) -> bool:
        """Tell whether the money is there."""
        return self.state is ClaimState.PAID

    @property
    def counts(self) -> bool:
        """Tell whether it stands in the way of others: asked for, or paid."""
        return self.is_paid or self.state in PENDING

    def as_past(self) -> PastSubsidy:
        """Return it as a subsidy had before, of the year in which was applied."""
        return PastSubsidy(
            kind=_KIND,
            occupation=self.occupation,
            work_type=self.work_type,
            level=self.level,
            status="paid" if self.is_paid else "pending",
            paid_to=_PERSON,
            dated=self.applied_on,
        )

    def is_told_by(self, past: PastSubsidy) -> bool:
        """Tell whether what a list says is this very claim, so that it is not counted twice.

        Of one thing there is one claim, and none is listed before it was made.
        """
        same = (past.kind, past.occupation, past.work_type, past.level) == (
            *(_KIND, self.occupation, self.work_type, self.level),
        )
        return same and past.dated is not None and past.dated >= self.applied_on


def applied_on(claims: Iterable[OwnClaim], programme_id: int) -> date | None:
    """Return when the programme's subsidy was applied for; ``None`` while it is not."""
    own = [each for each in claims if each.programme_id == programme_id]
    return next((each.applied_on for each in own if each.state not in OVER), None)


def history_with(
    listed: Sequence[PastSubsidy] | None, claims: Iterable[OwnClaim], programme_id: int
) -> tuple[PastSubsidy, ...] | None:
    """Return what counts as had before, where the programme's own claim is decided.

    That is what was listed, and the person's claims for other programmes; while nobody asked what
    was had elsewhere, nobody knows.
    """
    if listed is None:
        return None
    counting = [each for each in claims if each.counts]
    rest = [past for past in listed if not any(each.is_told_by(past) for each in counting)]
    others = (each.as_past() for each in counting if each.programme_id != programme_id)
    return (*rest, *others)


def as_of(claims: Iterable[OwnClaim], day: date) -> list[OwnClaim]:
    """Return the claims there were at the end of a day; what ended later was asked for then."""
    return [
        each if each.ended_on is None else _asked_for(each)
        for each in claims
        if each.applied_on <= day and (each.ended_on is None or each.ended_on > day)
    ]


def _asked_for(claim: OwnClaim) -> OwnClaim:
    return OwnClaim(
        *(claim.programme_id, claim.occupation, claim.work_type, claim.level),
        *(ClaimState.SUBMITTED, claim.applied_on),
    )
