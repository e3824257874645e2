from itertools import product

import pytest

from lms.media.domain.states import (
    AssetState,
    LadderState,
    ladder_state,
    may_move,
    state_with_job,
    whole_progress,
)

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


def test_a_file_that_has_arrived_waits_for_its_job_and_fails_with_it():
    assert state_with_job(UPLOADING, job_ended=False) is UPLOADING
    assert state_with_job(UPLOADING, job_ended=False, has_arrived=True) is QUEUED
    assert state_with_job(UPLOADING, job_ended=True, has_arrived=True) is FAILED


@pytest.mark.parametrize("state", [READY, FAILED])
def test_what_has_ended_is_shown_as_it_is_whatever_the_job_says(state):
    assert state_with_job(state, job_ended=True) is state


@pytest.mark.parametrize(
    ("state", "has_stream", "is_uploaded", "job_ended", "expected"),
    [
        (PROCESSING, False, True, False, "none"),
        (FAILED, False, True, True, "none"),
        (READY, False, False, None, "none"),  # from a course folder
        (READY, False, True, None, "lacking"),  # prepared before there was any
        (READY, False, True, False, "waiting"),
        (READY, False, True, True, "failed"),
        (READY, True, True, None, "done"),
        (READY, True, True, True, "done"),
    ],
)
def test_where_the_ladder_stands(state, has_stream, is_uploaded, job_ended, expected):
    found = ladder_state(state, has_stream=has_stream, is_uploaded=is_uploaded, job_ended=job_ended)
    assert found == expected


def test_a_video_is_watchable_at_three_tenths_of_the_way_and_whole_at_the_end():
    assert whole_progress(QUEUED, LadderState.NONE, 0) == 0
    assert whole_progress(PROCESSING, LadderState.NONE, 0.5) == 0.15
    assert whole_progress(READY, LadderState.WAITING, 0) == 0.3
    assert whole_progress(READY, LadderState.WAITING, 0.5) == pytest.approx(0.65)
    assert whole_progress(READY, LadderState.FAILED, 0.5) < 1
    assert whole_progress(READY, LadderState.DONE, 0) == 1
    assert whole_progress(READY, LadderState.NONE, 0) == 1
