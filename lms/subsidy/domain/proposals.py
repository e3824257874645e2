"""Where a proposal stands, and whether its versions fit beside those that stand."""

from collections.abc import Iterable, Mapping
from enum import StrEnum

from lms.subsidy.domain import policy_faults as faults
from lms.subsidy.domain.policy import Policy
from lms.subsidy.domain.reading import MalformedError, Where

# What the columns of a version take.
LONGEST_ID, LONGEST_VERSION = 40, 20


class ProposalState(StrEnum):
    """Open until somebody decides; what was decided stays so."""

    PROPOSED = "proposed"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


def refuse_clashes(
    new: Iterable[tuple[Where, Policy]], standing: Iterable[Policy], owners: Mapping[str, str]
) -> None:
    """Raise ``MalformedError`` for a version that does not fit beside the others.

    ``owners`` says which policy each programme belongs to. A later version may begin while one is
    open-ended: that one then ends on the day before.
    """
    others, belongs = list(standing), dict(owners)
    for where, policy in new:
        if len(policy.id) > LONGEST_ID or len(policy.version) > LONGEST_VERSION:
            raise MalformedError(where, faults.LONG_NAME)
        for other in others:
            _refuse_pair(where, policy, other)
        for programme in policy.programmes:
            owner = belongs.setdefault(programme, policy.id)
            if owner != policy.id:
                raise MalformedError(where, faults.belongs(programme, owner))
        others.append(policy)


def _refuse_pair(where: Where, policy: Policy, other: Policy) -> None:
    if policy.id != other.id:
        return
    if policy.version == other.version:
        raise MalformedError(where, faults.is_there(policy.name))
    first, last = sorted((policy, other), key=lambda each: each.starts_on)
    is_closed = first.ends_on is None and first.starts_on < last.starts_on
    if not is_closed and first.covers(last.starts_on):
        raise MalformedError(where, faults.share_days(policy.name, other.name, last.starts_on))


def predecessor(policy: Policy, standing: Iterable[Policy]) -> Policy | None:
    """Return the version a new one follows; where none began before, the first of its policy."""
    own = sorted((each for each in standing if each.id == policy.id), key=lambda p: p.starts_on)
    before = [each for each in own if each.starts_on <= policy.starts_on]
    return before[-1] if before else (own[0] if own else None)
