from itertools import product

import pytest

from lms.media.domain.states import AssetState, may_move, state_with_job

UPLOADING, QUEUED, PROCESSING, READY, FAILED = AssetState


def test_an_asset_goes_from_upload_to_ready_or_failed_and_nowhere_else():
    allowed = {(old, new) for old, new in product(AssetState, repeat=2) if may_move(old, new)}
    assert allowed == {
        (UPLOADING, QUEUED),
        (UPLOADING, FAILED),
        (QUEUED, PROCESSING),
        (QUEUED, FAILED),
        (PROCESSING, PROCESSING),
        (PROCESSING, QUEUED),
        (PROCESSING, READY),
        (PROCESSING, FAILED),
        (FAILED, QUEUED),
    }


@pytest.mark.parametrize("state", [QUEUED, PROCESSING])
def test_an_asset_whose_job_was_parked_is_shown_as_failed(state):
    assert state_with_job(state, job_ended=True) is FAILED
    assert state_with_job(state, job_ended=False) is state


@pytest.mark.parametrize("state", [UPLOADING, READY, FAILED])
def test_what_has_ended_is_shown_as_it_is_whatever_the_job_says(state):
    assert state_with_job(state, job_ended=True) is state
