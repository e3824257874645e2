"""How long a job rests after a fault outside, and when trying again is over."""

from datetime import timedelta

# The rest after the first fault, the second and so on. The first are short, for most faults are a
# restart. None is longer than two minutes, for somebody may be waiting: a text message helps for
# some minutes only (GOOD_FOR in lms/notify/domain/hours.py) and must not lie through half of them
# when the service is back. Together they last longer than a code is good for, so that each is
# tried as long as it helps, and its last try finds it too old and clears it away.
PAUSES = tuple(timedelta(seconds=seconds) for seconds in (10, 30, 60, 120, 120, 120, 120, 120))


def pause_after(faults: int) -> timedelta | None:
    """Return how long to rest after so many faults (from 1); ``None`` where it was the last."""
    return PAUSES[faults - 1] if faults <= len(PAUSES) else None
