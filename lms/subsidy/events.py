"""What happens to decisions, for whoever has to look at a claim again."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Decided:
    """New decisions were written down: of which person, for which programme."""

    pairs: tuple[tuple[int, int], ...]
    at: datetime
