"""Phones rest at night: at which moment a message may go out, and until when it helps."""

from datetime import UTC, datetime, timedelta

import pytest

from lms.notify.domain.hours import GOOD_FOR, NOT_SENT_AFTER, is_too_late, may_go_at

SECOND = timedelta(seconds=1)


def china(day, hour, minute=0, second=0):
    """Return a moment of July 2026 by China's clock, eight hours before UTC."""
    at = datetime(2026, 7, day, hour, minute, second, tzinfo=UTC)
    return at - timedelta(hours=8)


@pytest.mark.parametrize(
    ("at", "goes"),
    [
        (china(16, 20, 59, 59), china(16, 20, 59, 59)),
        (china(16, 21), china(17, 8)),
        (china(16, 23, 59, 59), china(17, 8)),
        (china(17, 0), china(17, 8)),
        (china(17, 7, 59, 59), china(17, 8)),
        (china(17, 8), china(17, 8)),
        (china(31, 22), china(31, 8) + timedelta(days=1)),
    ],
)
def test_at_night_a_message_waits_for_eight_in_the_morning(at, goes):
    assert may_go_at("claim_paid", at) == goes


@pytest.mark.parametrize("template", ["code", "phone_changed"])
@pytest.mark.parametrize("hour", [0, 3, 7, 21, 23])
def test_codes_and_warnings_never_wait(template, hour):
    assert may_go_at(template, china(16, hour)) == china(16, hour)


@pytest.mark.parametrize(
    ("template", "written_at", "from_then"),
    [
        ("claim_paid", china(16, 20), china(16, 20)),
        ("claim_paid", china(16, 21), china(17, 8)),
        ("claim_paid", china(17, 0, 30), china(17, 8)),
        ("code", china(16, 23), china(16, 23)),
    ],
)
def test_how_long_a_message_is_good_counts_from_when_it_may_go_out(template, written_at, from_then):
    over = from_then + GOOD_FOR[template]
    assert not is_too_late(template, written_at=written_at, at=over)
    assert is_too_late(template, written_at=written_at, at=over + SECOND)
    # A text is cleared away only when it is too late for it.
    assert written_at + NOT_SENT_AFTER >= over
