"""Reads what a spot check is to draw."""

from collections.abc import Mapping
from typing import Any

from lms.core.errors import InvalidInput
from lms.core.query import Faults, read_number, read_text
from lms.staff.domain import MOST_DRAWN, SpotCheck

_LONGEST_SEED = 40
_USUAL = 10


def parse_spot_check(query: Mapping[str, Any], fresh_seed: str) -> SpotCheck:
    """Return what an address asks to be drawn; without a seed, by a fresh one.

    Raises ``InvalidInput`` naming each fault.
    """
    faults: Faults = {}
    seed = read_text(query, "seed", faults, longest=_LONGEST_SEED)
    count = read_number(query, "n", faults) or _USUAL
    upto = read_number(query, "upto", faults)
    if faults:
        raise InvalidInput(faults)
    return SpotCheck(seed or fresh_seed, min(count, MOST_DRAWN), upto)
