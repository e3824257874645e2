"""What a player sends besides the intervals: where it stands and how fast it plays."""

from dataclasses import dataclass

from lms.progress.domain.state import Beat


@dataclass(frozen=True, slots=True)
class PlayerReport:
    """One beat with the player's own position (milliseconds) and speed (per cent).

    Position and speed are hints: they say where to go on and stand as evidence, they earn nothing.
    """

    beat: Beat
    position_ms: int = 0
    rate_percent: int = 100
