"""How an enrollment may change: one pure table of transitions."""

from enum import StrEnum


class EnrollmentStatus(StrEnum):
    """Where an enrollment stands."""

    ACTIVE = "active"
    COMPLETED = "completed"
    WITHDRAWN = "withdrawn"
    CANCELLED = "cancelled"


LIVE = frozenset({EnrollmentStatus.ACTIVE, EnrollmentStatus.COMPLETED})

_MAY_BECOME: dict[EnrollmentStatus, frozenset[EnrollmentStatus]] = {
    EnrollmentStatus.ACTIVE: frozenset(
        {EnrollmentStatus.COMPLETED, EnrollmentStatus.WITHDRAWN, EnrollmentStatus.CANCELLED}
    ),
    # What was earned is never taken back by withdrawing later.
    EnrollmentStatus.COMPLETED: frozenset(),
    EnrollmentStatus.WITHDRAWN: frozenset(),
    EnrollmentStatus.CANCELLED: frozenset(),
}


def may_become(now: EnrollmentStatus, then: EnrollmentStatus) -> bool:
    """Tell whether an enrollment in one status may move to another."""
    return then in _MAY_BECOME[now]
