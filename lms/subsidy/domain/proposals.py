"""Where a proposal stands."""

from enum import StrEnum


class ProposalState(StrEnum):
    """Open until somebody decides; what was decided stays so."""

    PROPOSED = "proposed"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
