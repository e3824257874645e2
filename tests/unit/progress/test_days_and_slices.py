"""What a beat writes: a slice for each local day, its wall period, and what each day pays."""

from dataclasses import replace

from lms.progress.domain.beats import apply_beat
from lms.progress.domain.slices import Refused
from lms.progress.domain.spans import Spans
from lms.progress.domain.state import Beat, DayPart, Moment, PlayerState, Reason
from tests.unit.progress.schedules import MIDNIGHT, beat, lease, simulated
from tests.unit.progress.steps import SETTINGS, START, moment, refused


def test_hours_that_do_not_count_are_refused_like_a_reached_cap():
    night = Moment(
        30_000,
        (
            DayPart(7, -30_000, 10_000),
            DayPart(7, 10_000, 20_000, counts=False),
            DayPart(7, 20_000, 30_000),
        ),
    )
    outcome = apply_beat(START, Beat(1, ((0, 30_000),)), night, SETTINGS)
    assert refused(outcome) == {"daily_cap": 10_000}
    assert [(each.begins_at, each.ends_at) for each in outcome.slices] == [
        (0, 10_000),
        (20_000, 30_000),
    ]


def test_two_stretches_of_one_day_share_its_cap():
    day = Moment(30_000, (DayPart(7, -30_000, 10_000), DayPart(7, 10_000, 30_000)))
    capped = replace(SETTINGS, daily_cap_ms=12_000)
    outcome = apply_beat(START, Beat(1, ((0, 30_000),)), day, capped)
    assert outcome.progress.credited.size == 12_000


def test_a_beat_across_midnight_writes_one_slice_for_each_day():
    start = MIDNIGHT - 40
    simulation = simulated(
        [lease(start), beat(start + 50, 1, (0, 50), (120, 125))], daily_cap_seconds=30
    )
    first, second = simulation.outcomes[0].slices
    midnight = MIDNIGHT * 1000
    assert (first.day, first.begins_at, first.ends_at) == (0, midnight - 40_000, midnight - 10_000)
    assert first.credited == Spans(((0, 30_000),))
    assert first.claimed == ((0, 30_000), (40_000, 50_000), (120_000, 125_000))
    assert first.seen == Spans(((0, 30_000), (40_000, 50_000)))
    assert first.refused == (
        Refused(Reason.BEYOND_DURATION, ((120_000, 125_000),)),
        Refused(Reason.DAILY_CAP, ((40_000, 50_000),)),
    )
    assert (second.day, second.begins_at, second.ends_at) == (1, midnight, midnight + 10_000)
    assert second.credited == second.seen == Spans(((30_000, 40_000),))
    assert second.claimed == ((30_000, 40_000),)
    assert second.refused == ()


def test_when_the_old_day_pays_nothing_the_new_one_has_the_only_slice():
    start = MIDNIGHT - 20
    simulation = simulated(
        [lease(start), beat(start + 10, 1, (0, 10)), beat(start + 40, 2, (10, 40))],
        daily_cap_seconds=10,
    )
    (only,) = simulation.outcomes[1].slices
    assert (only.day, only.begins_at) == (1, MIDNIGHT * 1000)
    assert only.credited == Spans(((10_000, 20_000),))
    assert sum(part.ms for part in only.refused) == 20_000


def test_a_beat_that_spends_nothing_writes_a_slice_without_wall_time():
    simulation = simulated([lease(0), beat(10, 1, (0, 10)), beat(10, 2, (0, 10))])
    (only,) = simulation.outcomes[1].slices
    assert (only.begins_at, only.ends_at) == (None, None)
    assert only.refused == (Refused(Reason.ALREADY_COUNTED, ((0, 10_000),)),)


def test_a_beat_that_claims_nothing_writes_no_slice_and_spends_no_time():
    outcome = apply_beat(
        START, Beat(1, ((5_000, 5_000),), PlayerState.PAUSED), moment(9_000), SETTINGS
    )
    assert outcome.slices == ()
    assert outcome.clock == START.clock
    assert outcome.answer.refused == ()
