"""What a badge is worth at a moment, and until when."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.credentials.domain.states import (
    REASON_WORDS,
    Aim,
    CredentialState,
    ReissueReason,
    RevocationReason,
    Standing,
    fitting_aim,
    good_until,
    reasons_for,
    standing,
)

NOON = datetime(2026, 1, 31, 4, tzinfo=UTC)


@pytest.mark.parametrize(
    ("state", "until", "worth"),
    [
        (CredentialState.PENDING, None, Standing.PENDING),
        (CredentialState.VALID, None, Standing.VALID),
        (CredentialState.VALID, NOON, Standing.VALID),
        (CredentialState.VALID, NOON - timedelta(seconds=1), Standing.EXPIRED),
        (CredentialState.REVOKED, NOON - timedelta(days=1), Standing.REVOKED),
    ],
)
def test_revoked_outranks_expired(
    state: CredentialState, until: datetime | None, worth: Standing
) -> None:
    assert standing(state, until, NOON) is worth


@pytest.mark.parametrize(
    ("months", "day"),
    [(1, "2026-02-28"), (3, "2026-04-30"), (12, "2027-01-31"), (25, "2028-02-29")],
)
def test_months_end_on_the_last_day_of_a_shorter_month(months: int, day: str) -> None:
    until = good_until(NOON, months)
    assert until is not None
    assert until.date().isoformat() == day


def test_without_months_a_badge_is_good_for_ever() -> None:
    assert good_until(NOON, None) is None


@given(st.integers(0, 2000))
def test_more_months_never_end_sooner(days: int) -> None:
    at = NOON + timedelta(days=days)
    ends = [at, *filter(None, (good_until(at, months) for months in range(1, 121)))]
    assert all(sooner < later for sooner, later in pairwise(ends))


def test_every_reason_has_its_sentence() -> None:
    assert set(REASON_WORDS) == {*RevocationReason, *ReissueReason}
    assert set(reasons_for(Aim.REVOKE)) == set(RevocationReason)
    assert set(reasons_for(Aim.REISSUE)) == set(ReissueReason)


@pytest.mark.parametrize(
    ("state", "aim"),
    [
        (CredentialState.VALID, Aim.REVOKE),
        (CredentialState.REVOKED, Aim.REISSUE),
    ],
)
def test_what_may_be_asked_for_follows_from_the_state(state: CredentialState, aim: Aim) -> None:
    assert fitting_aim(state) is aim
