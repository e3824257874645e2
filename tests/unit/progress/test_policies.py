"""What a county may lay down otherwise, and a learner's time that never runs backwards."""

from hypothesis import given
from hypothesis import strategies as st

from lms.catalog.gateway import known_programmes
from lms.progress.domain.days import steady_now
from lms.progress.domain.settings import CountingSettings
from lms.progress.gateway import counting_of
from tests.unit.progress.schedules import MIDNIGHT, beat, lease, run, thorough

HOUR = 3_600
DAY_MS = 86_400_000


def test_every_known_programme_lays_down_something_that_can_be_followed():
    assert {counting_of(slug) for slug in known_programmes()} == {CountingSettings()}
    assert counting_of(None) == CountingSettings()


def test_a_programme_changes_what_it_names_and_nothing_else():
    changed = CountingSettings().overridden({"gap_cap": 120, "seeking": "locked"})
    assert (changed.gap_cap_ms, changed.seeking, changed.slack_ms) == (120_000, "locked", 2_000)


def test_locked_seeking_sees_nothing_beyond_the_furthest_second():
    ahead = (lease(0), beat(15, 1, (0, 15)), beat(30, 2, (50, 65)))
    assert run(*ahead)["lessons"]["A"]["seen"] == [[0, 15], [50, 65]]
    locked = run(*ahead, seeking="locked")
    assert locked["lessons"]["A"] == {"seen": [[0, 15]], "credited": [[0, 15]]}
    assert locked["refused"] == {"faster_than_clock": 15}


def test_locked_seeking_leaves_going_back_and_going_on_free():
    events = (
        lease(0),
        beat(15, 1, (0, 15)),
        beat(20, 2, (5, 10)),
        beat(35, 3, (10, 25)),
        beat(50, 4, (25, 40)),
    )
    result = run(*events, seeking="locked")
    assert result["lessons"]["A"]["seen"] == [[0, 40]]
    assert result["refused"] == {"already_counted": 10}


def test_the_night_is_not_paid_where_a_county_does_not_pay_it():
    """From 23:00 on nothing counts, from 06:00 on it does again; what was seen stays seen."""
    before, after = 23 * HOUR - 10, MIDNIGHT + 6 * HOUR - 10
    late = run(lease(before), beat(before + 20, 1, (0, 20)), night="refused")
    assert late["lessons"]["A"] == {"seen": [[0, 20]], "credited": [[0, 10]]}
    assert late["refused"] == {"daily_cap": 10}
    early = run(lease(after), beat(after + 20, 1, (0, 20)), night="refused")
    assert early["verified_seconds"] == 10
    over_midnight = run(lease(MIDNIGHT - 10), beat(MIDNIGHT + 10, 1, (0, 20)), night="refused")
    assert over_midnight["verified_seconds"] == 0
    assert run(lease(before), beat(before + 20, 1, (0, 20)))["verified_seconds"] == 20


def test_time_that_came_too_late_can_wait_for_a_person_instead_of_being_refused():
    events = (lease(0), beat(300, 1, (0, 100)))
    assert run(*events)["refused"] == {"gap": 40}
    queued = run(*events, offline="queued")
    assert queued["refused"] == {"offline_unverified": 40}
    assert queued["verified_seconds"] == 60


STEPS = st.lists(
    st.tuples(
        st.integers(0, 60_000), st.sampled_from([0, 0, 0, 0, -86_400_000, 86_400_000, -7_000])
    ),
    min_size=1,
    max_size=30,
)


@thorough
@given(steps=STEPS)
def test_a_learners_time_never_runs_back_and_stands_still_once_where_the_clock_does(steps):
    read, ahead, now = 10**12, 0, 10**12
    for passed, moved in steps:
        later, ahead = steady_now(read + passed + moved, read, ahead, 60_000)
        read += passed + moved
        assert later - now >= 0
        assert later - now <= passed + max(0, moved)
        if moved == 0:
            assert later - now == passed
        assert ahead >= 0
        now = later


def test_a_clock_that_is_set_right_again_is_believed_again():
    day, noon = DAY_MS, 10**12
    first, ahead = steady_now(noon - day, noon, 0, 60_000)
    assert (first, ahead) == (noon, day)
    second, ahead = steady_now(noon - day + 15_000, noon - day, ahead, 60_000)
    assert (second, ahead) == (noon + 15_000, day)
    assert steady_now(noon + 60_000, noon - day + 15_000, ahead, 60_000) == (noon + 60_000, 0)
