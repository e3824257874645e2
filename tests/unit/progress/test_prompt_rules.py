"""Presence prompts: in time, late, more time, what is held, what a miss takes."""

from dataclasses import replace

import pytest

from lms.progress.domain.answers import BeatState
from lms.progress.domain.beats import apply_beat
from lms.progress.domain.prompts import (
    EntryKind,
    answer_prompt,
    ask_more_time,
    draw_interval,
    settle_item,
    settle_prompt,
    show_prompt,
)
from lms.progress.domain.settings import CountingSettings
from lms.progress.domain.spans import NOTHING, Spans
from lms.progress.domain.state import (
    Beat,
    DayPart,
    EarnedPart,
    ItemProgress,
    LearnerClock,
    Lease,
    Moment,
    PlayerState,
    Unconfirmed,
)
from tests.unit.progress.schedules import (
    MIDNIGHT,
    answer,
    beat,
    extend,
    lease,
    prompt,
    run,
    simulated,
)

SETTINGS = CountingSettings()
SHOWN_AT_15 = (lease(0, "B"), beat(15, 1, (0, 15)), prompt(15), beat(30, 2, (15, 30)))


@pytest.mark.parametrize(
    ("moment", "verified", "refused"),
    [(75, 30, {}), (75.001, 15, {"prompt_missed": 15})],
)
def test_the_answer_counts_up_to_the_last_millisecond(moment, verified, refused):
    result = run(*SHOWN_AT_15, answer(moment))
    assert (result["verified_seconds"], result["refused"]) == (verified, refused)


@pytest.mark.parametrize(
    ("asked_at", "answered_at", "verified"),
    [(75, 135, 30), (75, 135.001, 15), (75.001, 100, 15), (31, 135, 30)],
)
def test_more_time_asked_for_in_time_is_as_long_again(asked_at, answered_at, verified):
    result = run(*SHOWN_AT_15, extend(asked_at), answer(answered_at))
    assert result["verified_seconds"] == verified


def test_more_time_is_given_once():
    result = run(*SHOWN_AT_15, extend(31), extend(32), answer(136))
    assert result["refused"] == {"prompt_missed": 15}


def test_a_prompt_shown_again_is_the_same_prompt():
    result = run(*SHOWN_AT_15, prompt(60), answer(76))
    assert result["refused"] == {"prompt_missed": 15}


def test_an_answer_without_a_prompt_changes_nothing():
    asked = run(lease(0), beat(15, 1, (0, 15)), extend(15), answer(20), beat(30, 2, (15, 30)))
    assert asked["verified_seconds"] == 30


def test_what_waits_is_told_as_held_and_already_counted_when_played_again():
    simulation = simulated([*SHOWN_AT_15, beat(45, 3, (15, 30))])
    held, again = simulation.outcomes[1].answer, simulation.outcomes[2].answer
    assert (held.credited_ms, held.held_ms, held.verified_ms) == (0, 15_000, 15_000)
    assert dict(again.refused) == {"already_counted": 15_000}


def test_a_miss_refuses_everything_until_the_answer_on_any_device_or_lesson():
    result = run(
        *SHOWN_AT_15,
        lease(76, "A", 2),
        beat(90, 1, (0, 14), device=2),
        answer(100),
        beat(110, 2, (0, 20), device=2),
    )
    assert result["lessons"]["A"]["credited"] == [[0, 10]]
    assert result["refused"] == {"prompt_missed": 15 + 14, "faster_than_clock": 10}


def test_while_missed_even_what_is_too_fast_is_prompt_missed_if_it_was_seen():
    result = run(*SHOWN_AT_15, beat(80, 3, (30, 120)))
    assert result["lessons"]["B"]["seen"] == [[0, 120]]
    assert result["refused"] == {"prompt_missed": 15 + 90}


def test_a_hidden_page_holds_nothing_and_stays_hidden_when_the_prompt_is_missed():
    result = run(
        lease(0, "B"),
        prompt(0),
        beat(15, 1, (0, 15), state="hidden"),
        beat(90, 2, (15, 30), state="hidden"),
    )
    assert result["refused"] == {"hidden": 30}


def test_what_is_held_of_two_lessons_is_credited_or_refused_together():
    events = [
        lease(0, "A", 1),
        prompt(0),
        beat(15, 1, (0, 15)),
        lease(15, "B", 2),
        beat(30, 1, (0, 15), device=2),
    ]
    assert run(*events, answer(60))["verified_seconds"] == 30
    assert run(*events, answer(61))["refused"] == {"prompt_missed": 30}


def test_held_time_spends_the_clock_like_credit():
    result = run(*SHOWN_AT_15, beat(35, 3, (30, 45)), answer(40))
    assert result["verified_seconds"] == 35
    assert result["refused"] == {"faster_than_clock": 10}


def test_held_time_fills_the_daily_cap_and_a_miss_gives_it_back():
    capped = {"daily_cap_seconds": 40}
    waiting = run(*SHOWN_AT_15, beat(60, 3, (30, 60)), answer(70), **capped)
    assert (waiting["verified_seconds"], waiting["refused"]) == (40, {"daily_cap": 20})
    missed = run(*SHOWN_AT_15, answer(100), beat(130, 3, (30, 60)), **capped)
    assert missed["verified_seconds"] == 40
    assert missed["refused"] == {"prompt_missed": 15, "daily_cap": 5}


def test_held_time_belongs_to_the_day_on_which_it_was_spent():
    start = MIDNIGHT - 10
    events = [lease(start, "B"), prompt(start), beat(start + 20, 1, (0, 20))]
    result = run(*events, answer(start + 30), beat(start + 40, 2, (20, 40)), daily_cap_seconds=15)
    # Ten seconds lie before midnight, ten after it: five are left for the new day.
    assert result["verified_seconds"] == 25
    assert result["refused"] == {"daily_cap": 15}


TAKEN = [
    lease(0, "A", 1),
    beat(10, 1, (0, 10)),
    prompt(10),
    beat(12, 2, (10, 12)),
    answer(15),
    beat(20, 3, (12, 20)),
    lease(20, "B", 2),
    beat(30, 1, (0, 10), device=2),
    prompt(30, device=2),
    beat(35, 2, (10, 15), device=2),
]


def test_a_rewind_takes_what_the_prompted_lease_earned_since_the_last_answer():
    result = run(*TAKEN, answer(91), on_miss="rewind")
    assert result["lessons"]["A"]["credited"] == [[0, 20]]
    assert result["lessons"]["B"] == {"seen": [[0, 15]], "credited": []}
    assert result["refused"] == {"prompt_missed": 15}


def test_a_rewind_spares_what_an_answer_confirmed():
    events = [event if event["do"] != "prompt" else prompt(event["at"], 1) for event in TAKEN]
    result = run(*events, answer(91), on_miss="rewind")
    # Lease 1 was shown the prompt: its 12-20 go, the 10-12 held and confirmed at 15 stay.
    assert result["lessons"]["A"]["credited"] == [[0, 12]]
    assert result["lessons"]["B"]["credited"] == [[0, 10]]


def test_a_stop_takes_nothing_that_was_credited():
    result = run(*TAKEN, answer(91))
    assert result["verified_seconds"] == 30
    assert result["refused"] == {"prompt_missed": 5}


def test_a_rewind_gives_the_daily_cap_back():
    result = run(
        lease(0, "B"),
        beat(30, 1, (0, 30)),
        prompt(30),
        answer(91),
        beat(121, 2, (0, 30)),
        on_miss="rewind",
        daily_cap_seconds=30,
    )
    assert result["verified_seconds"] == 30
    assert result["refused"] == {"prompt_missed": 30}


def test_a_miss_is_settled_once():
    clock = show_prompt(LearnerClock(), 1, "L", 0)
    held = Unconfirmed(held=(EarnedPart("item", "L", 1, Spans(((0, 5_000),))),))
    assert settle_prompt(clock, held, SETTINGS, 60_000).clock == clock
    missed = settle_prompt(clock, held, SETTINGS, 60_001)
    assert [entry.kind for entry in missed.entries] == [EntryKind.HELD_REFUSED]
    again = settle_prompt(missed.clock, held, SETTINGS, 90_000)
    assert (again.clock, again.entries) == (missed.clock, ())
    assert ask_more_time(missed.clock, SETTINGS, 60_002) == missed.clock


def test_a_late_answer_settles_the_miss_and_starts_time_anew():
    clock = show_prompt(LearnerClock(credit_mark=5_000, prompt_in_ms=0), 1, "L", 0)
    held = Unconfirmed(held=(EarnedPart("item", "L", 1, Spans(((0, 5_000),))),))
    settled = answer_prompt(clock, held, SETTINGS, 70_000, 300_000)
    assert settled.clock == LearnerClock(credit_mark=70_000, prompt_in_ms=300_000)
    assert [entry.kind for entry in settled.entries] == [EntryKind.HELD_REFUSED]


def test_entries_of_other_items_leave_an_item_alone():
    spans = Spans(((0, 5_000),))
    clock = show_prompt(LearnerClock(), 1, "L", 0)
    held = Unconfirmed(held=(EarnedPart("item", "L", 1, spans),))
    entries = answer_prompt(clock, held, SETTINGS, 10_000, None).entries
    mine = settle_item(ItemProgress("item", 9_000, spans, held=spans), entries)
    other = ItemProgress("other", 9_000, spans, held=spans)
    assert (mine.credited, mine.held) == (spans, NOTHING)
    assert settle_item(other, entries) == other


# ---------------------------------------------------------------- when one is due
def credited_beat(prompt_in_ms, played, *, is_live=True, clock=None, state=PlayerState.PLAYING):
    lease_ = Lease("L", "item", 0)
    if not is_live:
        lease_ = replace(lease_, ended_at=50_000)
    clock = clock or LearnerClock(prompt_in_ms=prompt_in_ms)
    start = BeatState(clock, lease_, ItemProgress("item", 300_000))
    now = Moment(50_000, (DayPart(1, -10_000, 50_000),))
    return apply_beat(start, Beat(1, (played,), state), now, SETTINGS)


def test_credited_time_brings_the_next_prompt_nearer():
    outcome = credited_beat(60_000, (0, 40_000))
    assert outcome.clock.prompt_in_ms == 20_000
    assert not outcome.is_prompt_due


def test_a_prompt_is_due_when_its_credited_time_is_reached():
    outcome = credited_beat(40_000, (0, 40_000))
    assert outcome.clock.prompt_in_ms == 0
    assert outcome.is_prompt_due


def test_a_programme_without_prompts_has_none_due():
    assert not credited_beat(None, (0, 40_000)).is_prompt_due


def test_no_prompt_comes_in_the_last_minute_nor_is_it_forgotten():
    outcome = credited_beat(10_000, (240_000, 280_000))
    assert not outcome.is_prompt_due
    assert outcome.clock.prompt_in_ms == 0
    assert credited_beat(10_000, (239_000, 280_000)).is_prompt_due


def test_no_prompt_comes_with_a_beat_that_earned_nothing_or_whose_lease_has_ended():
    assert not credited_beat(0, (0, 40_000), state=PlayerState.HIDDEN).is_prompt_due
    assert not credited_beat(0, (0, 40_000), is_live=False).is_prompt_due


def test_no_second_prompt_is_due_while_one_is_open():
    clock = show_prompt(LearnerClock(prompt_in_ms=0), 1, "L", 20_000)
    assert not credited_beat(0, (0, 40_000), clock=clock).is_prompt_due


def test_prompts_are_five_to_ten_minutes_apart():
    assert draw_interval(SETTINGS, 0.0) == 300_000
    assert 599_000 < draw_interval(SETTINGS, 0.999_999) < 600_000
