"""The sums of one person's progress with one material."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Totals:
    """What was seen, counted and refused, and where to go on; milliseconds."""

    seen_ms: int
    credited_ms: int
    refused_ms: Mapping[str, int]
    position_ms: int


NOTHING_YET = Totals(0, 0, {}, 0)
