"""What one beat does: limits in their order, leases, rounding, what the player is told."""

from dataclasses import replace

import pytest

from lms.progress.domain.answers import BeatState, Verdict
from lms.progress.domain.beats import apply_beat
from lms.progress.domain.spans import NOTHING, Spans
from lms.progress.domain.state import (
    Beat,
    DayPart,
    ItemProgress,
    LearnerClock,
    LeaseEnd,
    Moment,
    Prompt,
    Reason,
)
from tests.unit.progress.schedules import MIDNIGHT, beat, lease, release, run
from tests.unit.progress.steps import SETTINGS, START, moment, refused


def test_the_player_is_told_what_became_of_each_second():
    seen = Spans(((40_000, 60_000),))
    state = replace(START, progress=ItemProgress("item", 100_000, seen, Spans(((40_000, 50_000),))))
    outcome = apply_beat(
        state, Beat(3, ((45_000, 62_000), (99_500, 101_000))), moment(8_000), SETTINGS
    )
    assert outcome.answer.as_json() == {
        "seq": 3,
        "credited_seconds": 8,
        "held_seconds": 0,
        "verified_seconds": 18,
        "coverage": 0.225,
        "watched": [[40, 62], [99.5, 100]],
        "refused": [
            {"seconds": 1, "reason": "beyond_duration"},
            {"seconds": 4.5, "reason": "faster_than_clock"},
            {"seconds": 5, "reason": "already_counted"},
        ],
        "completed": False,
    }
    assert outcome.code is None
    assert outcome.lease.last_seq == 3


def test_a_stored_beat_changes_nothing():
    outcome = apply_beat(
        replace(START, is_repeat=True), Beat(1, ((0, 9_000),)), moment(9_000), SETTINGS
    )
    assert outcome.verdict is Verdict.REPEATED
    assert (outcome.clock, outcome.lease, outcome.progress) == (
        START.clock,
        START.lease,
        START.progress,
    )
    assert outcome.slices == ()


@pytest.mark.parametrize("seq", [4, 5])
def test_a_number_not_above_all_before_changes_nothing(seq):
    state = replace(START, lease=replace(START.lease, last_seq=5))
    outcome = apply_beat(state, Beat(seq, ((0, 9_000),)), moment(9_000), SETTINGS)
    assert outcome.code == "seq_out_of_order"
    assert (outcome.clock, outcome.lease, outcome.progress) == (
        state.clock,
        state.lease,
        state.progress,
    )


def test_the_first_number_of_a_lease_may_be_any():
    for seq in (0, 7):
        assert apply_beat(START, Beat(seq, ()), moment(1), SETTINGS).lease.last_seq == seq


def test_progress_of_another_item_is_a_fault_of_the_caller():
    with pytest.raises(ValueError, match="own item"):
        apply_beat(
            replace(START, progress=ItemProgress("other", 100_000)),
            Beat(1, ()),
            moment(1),
            SETTINGS,
        )


def test_a_prompt_not_settled_in_time_is_a_fault_of_the_caller():
    state = replace(START, clock=LearnerClock(prompt=Prompt(1, "L", shown_at=0)))
    apply_beat(state, Beat(1, ()), moment(60_000), SETTINGS)
    with pytest.raises(ValueError, match="settled prompt"):
        apply_beat(state, Beat(1, ()), moment(60_001), SETTINGS)


def test_days_that_leave_a_hole_in_the_window_are_a_fault_of_the_caller():
    hole = Moment(50_000, (DayPart(1, 0, 20_000), DayPart(2, 30_000, 50_000)))
    with pytest.raises(ValueError, match="do not cover"):
        apply_beat(START, Beat(1, ((0, 1_000),)), hole, SETTINGS)


def test_an_interval_that_ends_before_it_begins_is_no_beat():
    with pytest.raises(ValueError, match="ends before it begins"):
        Beat(1, ((5_000, 4_000),))


def test_what_one_beat_claims_again_is_counted_already_even_where_the_first_was_refused():
    result = run(lease(0), beat(1, 1, (0, 10), (0, 10)))
    assert result["refused"] == {"already_counted": 10, "faster_than_clock": 9}


def test_overlapping_claims_of_one_beat_keep_the_order_played():
    result = run(lease(0), beat(10, 1, (20, 24), (22, 30), (18, 21)))
    assert result["lessons"]["A"] == {"seen": [[18, 30]], "credited": [[20, 30]]}
    assert result["refused"] == {"already_counted": 3, "faster_than_clock": 2}


def test_what_lies_before_the_beginning_lies_beyond_the_lesson():
    result = run(lease(0), beat(15, 1, (-5, 5)))
    assert result["lessons"]["A"]["credited"] == [[0, 5]]
    assert result["refused"] == {"beyond_duration": 5}


def test_seconds_beyond_the_end_claimed_twice_are_beyond_it_twice():
    result = run(lease(0), beat(15, 1, (95, 110), (105, 110)))
    assert result["refused"] == {"beyond_duration": 15}


def test_products_round_down_and_quotients_up():
    settings = SETTINGS.overridden({"max_rate": 1.1, "slack": 0})
    outcome = apply_beat(START, Beat(1, ((0, 9_000),)), moment(1_005), settings)
    assert outcome.progress.seen == Spans(((0, 1_105),))
    # 1,105 / 1.1 = 1,004.5…: the next window starts where that is surely spent.
    assert outcome.clock.seen_mark == 1_005


def test_numbers_from_outside_go_to_the_nearest_millisecond():
    result = run(lease(0.0004), beat(14.9996, 1, (0.0006, 15.0006)))
    assert result["lessons"]["A"]["seen"] == [[0.001, 15.001]]
    assert result["verified_seconds"] == 15


def test_an_empty_beat_takes_nothing_from_the_late_beat_of_the_older_lease():
    result = run(
        lease(0, "A", 1),
        lease(20, "B", 2),
        beat(21, 1, device=2, state="paused"),
        beat(22, 1, (0, 20), device=1),
    )
    assert result["verified_seconds"] == 20
    assert result["errors"] == [{"at": 22, "code": "lease_superseded"}]


def test_time_before_a_newer_beat_that_counted_is_spent_for_the_older_lease():
    result = run(
        lease(0, "A", 1),
        lease(20, "B", 2),
        beat(21, 1, (0, 1), device=2),
        beat(22, 1, (0, 20), device=1),
    )
    assert result["verified_seconds"] == 1
    assert result["refused"] == {"superseded": 20}
    assert result["lessons"]["A"]["seen"] == []


def test_a_lease_ends_once_and_in_the_way_it_ended_first():
    released = START.lease.end(5_000, LeaseEnd.RELEASED)
    assert released.end(9_000, LeaseEnd.SUPERSEDED) == released
    assert START.lease.is_live
    assert not released.is_live
    result = run(lease(0), release(10), lease(20, "B", 2), beat(21, 1, (0, 10)))
    assert result["errors"] == [{"at": 21, "code": "lease_ended"}]
    assert result["verified_seconds"] == 10


def test_silence_and_a_pause_end_no_lease():
    result = run(
        lease(0), beat(15, 1, (0, 15), state="paused"), beat(40_000, 2, (15, 75), state="playing")
    )
    assert result["errors"] == []
    assert result["verified_seconds"] == 75


def test_what_reaches_the_site_within_the_gap_cap_of_the_end_still_counts():
    result = run(lease(0), release(20), beat(79, 1, (0, 20)))
    # At 79 the window starts at 19: one second before the end is left.
    assert result["verified_seconds"] == 1
    assert result["refused"] == {"superseded": 19}
    assert result["lessons"]["A"]["seen"] == [[0, 4]]


def test_in_an_ended_lease_the_daily_cap_is_superseded_and_hidden_stays_hidden():
    ended = (lease(0), release(20))
    assert run(*ended, beat(20, 1, (0, 20)), daily_cap_seconds=5)["refused"] == {"superseded": 15}
    hidden = run(*ended, beat(20, 1, (0, 30), state="hidden"))
    assert hidden["refused"] == {"hidden": 30}


def test_the_cap_comes_first_then_the_gap_then_the_clock():
    result = run(lease(0, "B"), beat(80, 1, (0, 110)), daily_cap_seconds=10, max_rate=4)
    assert result["lessons"]["B"]["seen"] == [[0, 110]]
    assert result["refused"] == {"daily_cap": 50, "gap": 20, "faster_than_clock": 30}


def test_what_the_cap_alone_would_not_pay_is_daily_cap_however_long_the_gap():
    result = run(lease(0, "B"), beat(300, 1, (0, 40)), daily_cap_seconds=10)
    assert result["refused"] == {"daily_cap": 30}


def test_seconds_not_seen_because_of_the_gap_cap_are_gap():
    result = run(lease(0, "B"), beat(100, 1, (0, 250)))
    # Seen up to 60 x 2 + 2; without the cap 100 x 2 + 2 would have fitted.
    assert result["lessons"]["B"]["seen"] == [[0, 122]]
    assert result["refused"] == {"gap": 80 + 40, "faster_than_clock": 48 + 22}


@pytest.mark.parametrize("reason", [Reason.NOT_ENROLLED, Reason.OFFLINE_UNVERIFIED])
def test_what_may_not_earn_is_seen_and_its_time_is_spent(reason):
    outcome = apply_beat(START, Beat(1, ((0, 15_000),), bar=reason), moment(10_000), SETTINGS)
    assert outcome.progress.seen == Spans(((0, 15_000),))
    assert outcome.progress.credited == NOTHING
    assert refused(outcome) == {reason.value: 15_000}
    assert outcome.clock.credit_mark == 10_000


def test_a_hidden_beat_spends_no_more_than_it_played():
    result = run(lease(0), beat(15, 1, (0, 5), state="hidden"), beat(20, 2, (5, 25)))
    assert result["verified_seconds"] == 15
    assert result["refused"] == {"hidden": 5, "faster_than_clock": 5}


def test_a_hidden_beat_spends_time_that_the_daily_cap_would_not_pay():
    start = MIDNIGHT - 20
    result = run(
        lease(start),
        beat(start + 40, 1, (0, 30), state="hidden"),
        beat(start + 40, 2, (30, 50)),
        daily_cap_seconds=5,
    )
    # Twenty seconds before midnight and ten after it are spent; ten are left, five are paid.
    assert result["verified_seconds"] == 5
    assert result["refused"] == {"hidden": 30, "daily_cap": 5, "faster_than_clock": 10}


def test_an_item_is_complete_once_when_ninety_per_cent_are_seen():
    state = replace(
        START, progress=ItemProgress("item", 100_000, Spans(((0, 80_000),)), Spans(((0, 80_000),)))
    )
    short = apply_beat(state, Beat(1, ((80_000, 89_999),)), moment(10_000), SETTINGS)
    assert not short.answer.completed
    state = BeatState(short.clock, short.lease, short.progress)
    full = apply_beat(state, Beat(2, ((89_999, 90_000),)), moment(10_000), SETTINGS)
    assert full.answer.completed
    assert full.is_newly_complete
    state = BeatState(full.clock, full.lease, full.progress)
    after = apply_beat(state, Beat(3, ((90_000, 91_000),)), moment(11_000), SETTINGS)
    assert after.answer.completed
    assert not after.is_newly_complete


def test_watching_does_not_complete_what_another_thing_completes():
    quiz = ItemProgress("item", 5_000, coverage_percent=None)
    outcome = apply_beat(
        replace(START, progress=quiz), Beat(1, ((0, 5_000),)), moment(5_000), SETTINGS
    )
    assert outcome.answer.coverage == 1
    assert not outcome.answer.completed


def test_an_item_completed_before_stays_complete_when_it_grew_longer():
    grown = ItemProgress("item", 500_000, Spans(((0, 95_000),)), is_complete=True)
    outcome = apply_beat(replace(START, progress=grown), Beat(1, ()), moment(5_000), SETTINGS)
    assert outcome.answer.completed


def test_sets_with_hundreds_of_holes_are_filled_where_the_holes_are():
    holes = Spans.of((2_000 * n, 2_000 * n + 1_000) for n in range(500))
    state = replace(START, progress=ItemProgress("item", 1_000_000, holes, holes))
    outcome = apply_beat(state, Beat(1, ((0, 1_000_000),)), moment(60_000), SETTINGS)
    assert outcome.progress.credited.size == 560_000
    assert outcome.progress.credited.pairs[0] == (0, 121_000)
    assert refused(outcome) == {
        "already_counted": 500_000,
        "faster_than_clock": 440_000,
    }
