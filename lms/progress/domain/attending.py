"""Trims time in a room by what was studied on line in the same time: no minute counts twice."""

from collections.abc import Iterable

from lms.progress.domain.spans import Pair, Spans


def attended_ms(from_ms: int, until_ms: int, counted: Iterable[Pair]) -> int:
    """Return how much of ``[from_ms, until_ms)`` counts as attended.

    ``counted`` are the periods of wall time that earned on line. What they share with the session
    is taken off; the rest counts whole.
    """
    shared = (
        (max(begin, from_ms), min(end, until_ms))
        for begin, end in counted
        if begin < until_ms and end > from_ms and begin < end
    )
    return until_ms - from_ms - Spans.of(shared).size
