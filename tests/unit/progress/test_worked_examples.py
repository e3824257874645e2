"""Each row of the table of worked examples: 100 s of lesson A, seconds since the first lease."""

from tests.unit.progress.schedules import MIDNIGHT, answer, beat, lease, prompt, run


def outcome(result, lesson="A"):
    """Return what the table shows: seen, credited seconds, refused."""
    return result["lessons"][lesson]["seen"], result["verified_seconds"], result["refused"]


def test_plain_playing_counts_in_full():
    result = run(lease(0), beat(15, 1, (0, 15)), beat(30, 2, (15, 30)))
    assert outcome(result) == ([[0, 30]], 30, {})


def test_a_beat_three_seconds_late_loses_nothing():
    result = run(lease(0), beat(18, 1, (0, 15)), beat(30, 2, (15, 30)))
    assert outcome(result) == ([[0, 30]], 30, {})


def test_a_beat_held_up_until_the_next_one_loses_nothing():
    result = run(lease(0), beat(35, 1, (0, 15)), beat(36, 2, (15, 30)))
    assert outcome(result) == ([[0, 30]], 30, {})


def test_the_same_beat_fifty_times_counts_once():
    again = [beat(15 + number, 1, (0, 15)) for number in range(51)]
    assert outcome(run(lease(0), *again)) == ([[0, 15]], 15, {})


def test_playing_a_part_again_earns_nothing():
    result = run(lease(0), beat(15, 1, (0, 15)), beat(30, 2, (0, 15)))
    assert outcome(result) == ([[0, 15]], 15, {"already_counted": 15})


def test_a_jump_to_the_end_after_one_second_sees_four_and_earns_one():
    result = run(lease(0), beat(1, 1, (0, 100), state="ended"))
    assert outcome(result) == ([[0, 4]], 1, {"faster_than_clock": 99})


def test_a_jump_to_the_end_gains_nothing_from_a_lease_long_ago():
    result = run(
        lease(0, "B"),
        beat(15, 1, (0, 15)),
        lease(40_000, "A"),
        beat(40_001, 1, (0, 100), state="ended"),
    )
    assert outcome(result) == ([[0, 4]], 16, {"faster_than_clock": 99})


def test_at_one_and_a_half_times_all_is_seen_and_two_thirds_count():
    result = run(lease(0), beat(10, 1, (0, 15)), beat(20, 2, (15, 30)))
    assert outcome(result) == ([[0, 30]], 20, {"faster_than_clock": 10})


def test_playing_the_uncounted_parts_again_fills_them():
    result = run(
        lease(0),
        beat(10, 1, (0, 15)),
        beat(20, 2, (15, 30)),
        beat(25, 3, (10, 15)),
        beat(30, 4, (25, 30)),
    )
    assert outcome(result) == ([[0, 30]], 30, {"faster_than_clock": 10})


def test_slack_is_lent_once_and_not_given_with_every_small_beat():
    result = run(lease(0), beat(0.5, 1, (0, 3)), beat(1, 2, (3, 6)), beat(2, 3, (6, 9)))
    assert outcome(result) == ([[0, 3], [6, 9]], 2, {"faster_than_clock": 7})


def test_slack_is_lent_once_and_not_given_with_a_new_lease():
    result = run(lease(0), beat(0.5, 1, (0, 3)), lease(0.5), beat(1, 1, (3, 6)), beat(2, 2, (6, 9)))
    assert outcome(result) == ([[0, 3], [6, 9]], 2, {"faster_than_clock": 7})


def test_fifteen_seconds_after_five_minutes_of_silence_count():
    assert outcome(run(lease(0), beat(300, 1, (0, 15)))) == ([[0, 15]], 15, {})


def test_all_claimed_after_five_minutes_of_silence_counts_up_to_the_gap_cap():
    assert outcome(run(lease(0), beat(300, 1, (0, 100)))) == ([[0, 100]], 60, {"gap": 40})


def test_a_hidden_page_is_seen_and_its_time_is_spent():
    result = run(lease(0), beat(15, 1, (0, 15), state="hidden"), beat(30, 2, (15, 45)))
    assert outcome(result) == ([[0, 45]], 15, {"hidden": 15, "faster_than_clock": 15})


def test_the_older_device_counts_up_to_the_take_over_and_is_told_to_stop():
    result = run(lease(0, "A", 1), beat(15, 1, (0, 15)), lease(25, "B", 2), beat(27, 2, (15, 27)))
    assert outcome(result) == ([[0, 27]], 25, {"superseded": 2})
    assert result["lessons"]["B"] == {"seen": [], "credited": []}
    assert result["errors"] == [{"at": 27, "code": "lease_superseded"}]


def test_nothing_lies_beyond_the_end():
    result = run(lease(0), beat(15, 1, (90, 120)))
    assert outcome(result) == ([[90, 100]], 10, {"beyond_duration": 20})


def test_seeking_on_is_free():
    result = run(lease(0), beat(15, 1, (0, 5), (50, 60)))
    assert outcome(result) == ([[0, 5], [50, 60]], 15, {})


def test_each_side_of_midnight_has_its_own_daily_cap():
    start = MIDNIGHT - 40
    result = run(
        lease(start),
        beat(start + 25, 1, (0, 25)),
        beat(start + 50, 2, (25, 50)),
        daily_cap_seconds=30,
    )
    assert outcome(result) == ([[0, 50]], 40, {"daily_cap": 10})


PROMPTED = (lease(0), beat(15, 1, (0, 15)), prompt(15), beat(30, 2, (15, 30)))


def test_an_answer_sixty_seconds_after_the_prompt_credits_what_was_held():
    result = run(*PROMPTED, answer(75), beat(90, 3, (30, 45)))
    assert outcome(result) == ([[0, 45]], 45, {})


def test_an_answer_sixty_one_seconds_after_the_prompt_is_too_late():
    result = run(*PROMPTED, answer(76), beat(90, 3, (30, 45)))
    assert outcome(result) == ([[0, 45]], 29, {"prompt_missed": 15, "faster_than_clock": 1})
