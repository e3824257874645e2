"""Shares, bars and money as pages show them: whole numbers, never a division by nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

_CREDIT_HOUR_MS = 45 * 60 * 1000
_HOUR_MS = 60 * 60 * 1000
_FEN_IN_WAN = 10_000 * 100
# Above this a budget is nearly used up.
WARN_PERCENT = 90


def percent(part: int, whole: int) -> int | None:
    """Return a share in whole per cent, rounded down; ``None`` where there is no whole.

    Rounded down, nothing shows as all that is not.
    """
    return part * 100 // whole if whole > 0 else None


def tenths(part: int, whole: int) -> int | None:
    """Return a share in tenths of a per cent, rounded down."""
    return part * 1000 // whole if whole > 0 else None


def credit_hours(ms: int) -> int:
    """Return whole credit hours (45 minutes), never rounded up."""
    return max(ms, 0) // _CREDIT_HOUR_MS


def hours(ms: int) -> int:
    """Return whole hours of 60 minutes."""
    return max(ms, 0) // _HOUR_MS


def wan(fen: int) -> str:
    """Return an amount in ten thousand yuan, two decimals, rounded down: ``41.28``."""
    hundredths = fen // (_FEN_IN_WAN // 100)
    return f"{hundredths // 100:,}.{hundredths % 100:02d}"


def yuan(fen: int) -> str:
    """Return an amount in yuan, two decimals, as files have it: ``412800.00``."""
    return f"{fen // 100}.{fen % 100:02d}"


def is_monotone(steps: Sequence[int]) -> bool:
    """Tell whether each step of a funnel has at most as many as the one before."""
    return all(later <= earlier for earlier, later in pairwise(steps))


@dataclass(frozen=True, slots=True)
class Budget:
    """What a county may pay in a year, what it paid, and what is approved and not paid, fen.

    ``amount_fen`` is ``None`` where nobody entered any.
    """

    year: int
    amount_fen: int | None
    paid_fen: int
    owed_fen: int

    @property
    def used_fen(self) -> int:
        """Return what is spent or promised."""
        return self.paid_fen + self.owed_fen

    @property
    def used_percent(self) -> int | None:
        """Return how much of it is used; it may be more than all."""
        return percent(self.used_fen, self.amount_fen) if self.amount_fen else None

    @property
    def is_short(self) -> bool:
        """Tell whether it is nearly, or more than, used up."""
        return self.used_percent is not None and self.used_percent > WARN_PERCENT


@dataclass(frozen=True, slots=True)
class NewBudget:
    """A year's budget as somebody enters it, fen."""

    county: str
    year: int
    amount_fen: int
