"""The settings of a programme that decide how time is counted."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Any, Self

from lms.progress.domain.units import seconds_to_ms

_WHOLE = 100


class OnMiss(StrEnum):
    """What a missed presence prompt costs."""

    STOP = "stop"
    REWIND = "rewind"


class Seeking(StrEnum):
    """Whether one may jump ahead of what was seen; going back is always free."""

    FREE = "free"
    LOCKED = "locked"


class Night(StrEnum):
    """Whether the hours from 23:00 to 06:00 count."""

    COUNTS = "counts"
    REFUSED = "refused"


class Offline(StrEnum):
    """What becomes of the time that reaches the site too late to be credited."""

    SEEN_ONLY = "seen_only"
    QUEUED = "queued"


@dataclass(frozen=True, slots=True)
class CountingSettings:
    """What a programme lays down about counting; times in milliseconds, shares in per cent."""

    beat_ms: int = 15_000
    beat_spread_percent: int = 20
    gap_cap_ms: int = 60_000
    max_rate: Fraction = Fraction(2)
    slack_ms: int = 2_000
    daily_cap_ms: int = 8 * 45 * 60 * 1000
    on_miss: OnMiss = OnMiss.STOP
    answer_within_ms: int = 60_000
    prompt_after_least_ms: int = 5 * 60 * 1000
    prompt_after_most_ms: int = 10 * 60 * 1000
    prompt_free_end_ms: int = 60_000
    coverage_percent: int = 90
    seeking: Seeking = Seeking.FREE
    night: Night = Night.COUNTS
    offline: Offline = Offline.SEEN_ONLY

    def __post_init__(self) -> None:
        """Refuse settings that no schedule could follow; raises ``ValueError``."""
        lengths = (self.gap_cap_ms, self.slack_ms, self.daily_cap_ms, self.answer_within_ms)
        if min(lengths) < 0 or self.beat_ms <= 0 or self.prompt_free_end_ms < 0:
            raise ValueError("a length of time cannot be negative")
        if self.max_rate <= 0:
            raise ValueError("max_rate must be above 0")
        if not 0 < self.prompt_after_least_ms <= self.prompt_after_most_ms:
            raise ValueError("the shortest prompt interval must be above 0, the longest no less")
        if not (0 < self.coverage_percent <= _WHOLE and 0 <= self.beat_spread_percent < _WHOLE):
            raise ValueError("a share must be between 0 and 100 per cent")

    def overridden(self, values: Mapping[str, object]) -> Self:
        """Return these settings with ``values`` (seconds, plain names as stored) in place.

        Raises ``ValueError`` naming the setting that is unknown or does not fit.
        """
        changes: dict[str, Any] = {}
        for name, value in values.items():
            if name not in _PLAIN:
                raise ValueError(f"setting “{name}” is not known")
            field, convert = _PLAIN[name]
            try:
                changes[field] = convert(value)
            except (ArithmeticError, TypeError, ValueError) as error:
                raise ValueError(f"setting “{name}” cannot be {value!r}") from error
        return replace(self, **changes)


def _seconds(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        raise TypeError(value)
    return seconds_to_ms(value)


def _ratio(value: object) -> Fraction:
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        raise TypeError(value)
    # Through the decimal text: a rate of 1.1 is eleven tenths, not its nearest binary number.
    return Fraction(str(value))


def _percent(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError(value)
    return value


# Plain name, as programmes and case files write it: the field and how its value is read.
_PLAIN: dict[str, tuple[str, Callable[[object], Any]]] = {
    "beat_seconds": ("beat_ms", _seconds),
    "beat_spread_percent": ("beat_spread_percent", _percent),
    "gap_cap": ("gap_cap_ms", _seconds),
    "max_rate": ("max_rate", _ratio),
    "slack": ("slack_ms", _seconds),
    "daily_cap_seconds": ("daily_cap_ms", _seconds),
    "on_miss": ("on_miss", lambda value: OnMiss(str(value))),
    "answer_within": ("answer_within_ms", _seconds),
    "prompt_after_least": ("prompt_after_least_ms", _seconds),
    "prompt_after_most": ("prompt_after_most_ms", _seconds),
    "prompt_free_end": ("prompt_free_end_ms", _seconds),
    "coverage_percent": ("coverage_percent", _percent),
    "seeking": ("seeking", lambda value: Seeking(str(value))),
    "night": ("night", lambda value: Night(str(value))),
    "offline": ("offline", lambda value: Offline(str(value))),
}
