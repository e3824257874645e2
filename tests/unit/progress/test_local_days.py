"""Every moment belongs to the calendar day the installation's wall clock shows."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.core.clock import DEFAULT_ZONE, use_time_zone
from lms.progress.domain.settings import CountingSettings
from lms.progress.service.clocks import moment_of

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# Whole hours, a quarter past the half, and summer time of half an hour.
_ZONES = ["Asia/Shanghai", "Asia/Kathmandu", "Australia/Lord_Howe"]


@pytest.fixture(autouse=True)
def _usual_zone() -> Iterator[None]:
    yield
    use_time_zone(DEFAULT_ZONE)


def _about_midnight(day: int, begins_at: int, after_ms: int) -> int:
    return (19_700 + day) * 86_400_000 + begins_at + after_ms


@given(
    zone=st.sampled_from(_ZONES),
    now_ms=st.integers(1_700_000_000_000, 1_900_000_000_000)
    # When a day begins in each of the zones, UTC.
    | st.builds(
        _about_midnight,
        st.integers(0, 2_000),
        st.sampled_from([57_600_000, 65_700_000, 46_800_000, 48_600_000]),
        st.integers(-90_000, 90_000),
    ),
)
def test_each_part_lies_in_the_day_it_names(zone: str, now_ms: int) -> None:
    use_time_zone(zone)
    settings = CountingSettings()
    parts = moment_of(SimpleNamespace(day_used={}), now_ms, settings).parts
    assert (parts[0].begins_at, parts[-1].ends_at) == (now_ms - settings.gap_cap_ms, now_ms)
    for part in parts:
        for ms in (part.begins_at, part.ends_at - 1):
            at = (_EPOCH + timedelta(milliseconds=ms)).astimezone(ZoneInfo(zone))
            assert at.date().toordinal() == part.day
