"""Convert seconds and moments from outside to whole milliseconds and back."""

import math
from datetime import UTC, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal

MS_PER_SECOND = 1000
# So near to a whole millisecond no binary fraction decides which one it is.
_SURE = 0.4
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def seconds_to_ms(value: float | Decimal) -> int:
    """Return ``value`` seconds as the nearest whole millisecond, halves upwards.

    Raises ``ValueError`` for what is not a finite number.
    """
    if isinstance(value, float) and math.isfinite(value):
        near = round(value * MS_PER_SECOND)
        if abs(value * MS_PER_SECOND - near) < _SURE:
            return near
    # Through the shortest decimal text: 1.0005 s is half-way, whatever its binary form is.
    exact = Decimal(str(value))
    if not exact.is_finite():
        raise ValueError(f"{value} is not a number of seconds")
    return int((exact * MS_PER_SECOND).to_integral_value(ROUND_HALF_UP))


def ms_to_seconds(ms: int) -> int | float:
    """Return ``ms`` milliseconds in seconds: an integer where whole, else a float."""
    whole, rest = divmod(ms, MS_PER_SECOND)
    return ms / MS_PER_SECOND if rest else whole


def datetime_to_ms(at: datetime) -> int:
    """Return the moment ``at`` as the nearest whole millisecond since 1970 in UTC.

    Raises ``ValueError`` for a moment without a time zone.
    """
    if at.tzinfo is None:
        raise ValueError("a moment needs its time zone")
    return ((at - _EPOCH) // timedelta(microseconds=1) + 500) // 1000


def ms_to_datetime(ms: int) -> datetime:
    """Return the moment ``ms`` milliseconds after 1970 began, in UTC."""
    return _EPOCH + timedelta(milliseconds=ms)
