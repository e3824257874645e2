"""Where a delivery stands, who may rule on it, and the mark on its pages."""

from datetime import UTC, datetime

import pytest

from lms.core.access import Scope, ScopeKind
from lms.delivery.domain import DeliveryState, covers, delivery_state, mark_of

EVERYWHERE = Scope(ScopeKind.PLATFORM)
HERE, THERE = Scope(ScopeKind.COUNTY, "330822"), Scope(ScopeKind.COUNTY, "330802")


@pytest.mark.parametrize(
    ("job", "life", "expected"),
    [
        ("queued", "", DeliveryState.QUEUED),
        ("running", "", DeliveryState.RUNNING),
        ("done", "", DeliveryState.DONE),
        ("done", "over", DeliveryState.EXPIRED),
        ("failed", "over", DeliveryState.FAILED),
        ("cancelled", "", DeliveryState.CANCELLED),
        ("done", "stopped", DeliveryState.CANCELLED),
        (None, "", DeliveryState.AWAITING_APPROVAL),
        (None, "over", DeliveryState.EXPIRED),
        (None, "stopped", DeliveryState.CANCELLED),
        (None, "refused over", DeliveryState.REFUSED),
    ],
)
def test_a_delivery_is_what_its_job_is_once_it_may_be_made(
    job: str | None, life: str, expected: DeliveryState
) -> None:
    found = delivery_state(
        job, is_over="over" in life, is_refused="refused" in life, is_stopped="stopped" in life
    )
    assert found is expected


def test_who_rules_holds_the_right_in_all_of_it() -> None:
    assert covers([EVERYWHERE], [HERE, THERE])
    assert covers([HERE, THERE], [HERE])
    assert not covers([HERE], [HERE, THERE])
    assert not covers([HERE], [EVERYWHERE])
    assert not covers([HERE], [])
    assert not covers([], [HERE])


def test_the_mark_says_who_when_what_for_and_which() -> None:
    at = datetime(2026, 5, 31, 16, 30, tzinfo=UTC)
    assert mark_of("周敏", at, "5 月补贴申报", "abcdefghijkl").text == (
        "周敏 · 2026-06-01 00:30 · 5 月补贴申报 · abcdefgh"
    )
