"""What holds for every schedule: the algebra of counting.md."""

import math
from itertools import pairwise

from hypothesis import assume, given
from hypothesis import strategies as st

from lms.progress.domain.simulate import Simulation, simulate_case
from lms.progress.domain.spans import Spans, total_ms
from tests.unit.progress.schedules import (
    LESSONS,
    answer,
    beat,
    case_of,
    lease,
    numbers,
    programme_settings,
    prompt,
    release,
    run,
    schedules,
    simulated,
    thorough,
)

RATES = (2, 1, 1.5, 1.1)
CHOSEN = st.builds(
    dict,
    programme_settings(1, rates=RATES),
    seeking=st.sampled_from(["free", "free", "locked"]),
    night=st.sampled_from(["counts", "counts", "refused"]),
    offline=st.sampled_from(["seen_only", "seen_only", "queued"]),
)


def union(sets):
    return Spans.of(pair for each in sets for pair in each.pairs)


def wall_periods(simulation):
    return [
        (entry.begins_at, entry.ends_at)
        for outcome in simulation.outcomes
        for entry in outcome.slices
        if entry.begins_at is not None
    ]


def live_times(events):
    """Return the wall time under live leases: from the first to the last event, less releases."""
    last = round(events[-1]["at"] * 1000)
    periods, newest, since = [], None, None
    for event in events:
        now = round(event["at"] * 1000)
        if event["do"] == "lease" or (event["do"] == "release" and event["device"] == newest):
            if since is not None:
                periods.append((since, now))
            newest, since = (event["device"], now) if event["do"] == "lease" else (newest, None)
    if since is not None:
        periods.append((since, last))
    return Spans.of(periods)


@thorough
@given(events=schedules(), chosen=CHOSEN)
def test_every_claimed_second_is_credited_held_or_refused_for_one_reason(events, chosen):
    simulation = simulated(events, **chosen)
    claimed = total_ms(
        pair for o in simulation.outcomes for entry in o.slices for pair in entry.claimed
    )
    counted = sum(p.credited.size + p.held.size for p in simulation.progress.values())
    assert claimed == counted + sum(simulation.refused.values())


@thorough
@given(events=schedules(), chosen=CHOSEN)
def test_each_slice_carries_the_claims_of_its_beat_and_what_became_of_them(events, chosen):
    case = case_of(events, **chosen)
    claims = {total_ms(event.beat.played) for event in case.events if event.beat is not None}
    for outcome in simulated(events, **chosen).outcomes:
        for entry in outcome.slices:
            refused = sum(part.ms for part in entry.refused)
            assert total_ms(entry.claimed) == entry.credited.size + entry.held.size + refused
            assert not entry.credited.intersect(entry.held)
        claimed = total_ms(pair for entry in outcome.slices for pair in entry.claimed)
        assert claimed in claims


@thorough
@given(events=schedules(with_prompts=False), chosen=CHOSEN)
def test_the_slices_add_up_to_the_sets(events, chosen):
    simulation = simulated(events, **chosen)
    for name, progress in simulation.progress.items():
        mine = [
            entry
            for outcome in simulation.outcomes
            if outcome.progress.item_id == name
            for entry in outcome.slices
        ]
        assert union(entry.seen for entry in mine) == progress.seen
        assert sum(entry.seen.size for entry in mine) == progress.seen.size
        assert union(entry.credited for entry in mine) == progress.credited
        assert sum(entry.credited.size for entry in mine) == progress.credited.size


@thorough
@given(events=schedules(), chosen=CHOSEN)
def test_wall_time_is_spent_once_whatever_the_lesson_or_device(events, chosen):
    simulation = simulated(events, **chosen)
    periods = wall_periods(simulation)
    assert all(begin < end for begin, end in periods)
    assert all(earlier[1] <= later[0] for earlier, later in pairwise(periods))
    assert not Spans.of(periods).minus(live_times(events))


@thorough
@given(events=schedules(), chosen=CHOSEN)
def test_a_period_is_as_long_as_what_it_pays_and_lies_within_its_day(events, chosen):
    for outcome in simulated(events, **chosen).outcomes:
        for entry in outcome.slices:
            if entry.begins_at is None:
                assert not entry.credited.union(entry.held)
                continue
            earned = entry.credited.size + entry.held.size
            assert not earned or entry.ends_at - entry.begins_at == earned
            assert entry.begins_at // 86_400_000 == entry.day
            assert (entry.ends_at - 1) // 86_400_000 == entry.day


@thorough
@given(events=schedules(), chosen=CHOSEN)
def test_credited_time_of_all_lessons_is_never_above_wall_time_under_live_leases(events, chosen):
    simulation = simulated(events, **chosen)
    credited = sum(each.credited.size + each.held.size for each in simulation.progress.values())
    assert credited <= live_times(events).size


@thorough
@given(events=schedules(), chosen=CHOSEN)
def test_seen_time_is_never_above_wall_time_at_the_highest_rate_and_the_slack(events, chosen):
    simulation = simulated(events, **chosen)
    wall = round((events[-1]["at"] - events[0]["at"]) * 1000)
    seen = sum(each.seen.size for each in simulation.progress.values())
    assert seen <= wall * chosen["max_rate"] + chosen["slack"] * 1000


@thorough
@given(events=schedules(), chosen=CHOSEN)
def test_credited_lies_within_seen_and_seen_within_the_lesson(events, chosen):
    for name, progress in simulated(events, **chosen).progress.items():
        assert not progress.credited.minus(progress.seen)
        assert not progress.held.minus(progress.seen)
        assert not progress.credited.intersect(progress.held)
        assert not progress.seen.minus(Spans(((0, LESSONS[name] * 1000),)))


@thorough
@given(events=schedules(), chosen=CHOSEN)
def test_both_sets_only_grow_but_for_what_a_rewind_takes_back(events, chosen):
    case = case_of(events, **chosen)
    simulation = Simulation(case)
    for event in case.events:
        before = dict(simulation.progress)
        simulation.run([event])
        for name, progress in before.items():
            assert not progress.seen.minus(simulation.progress[name].seen)
            if chosen["on_miss"] == "stop":
                assert not progress.credited.minus(simulation.progress[name].credited)


@thorough
@given(events=schedules(), chosen=CHOSEN, copies=st.integers(1, 3))
def test_a_beat_sent_again_changes_nothing(events, chosen, copies):
    once = simulate_case(case_of(events, **chosen))
    again = simulate_case(
        case_of([e for e in events for _ in range(copies if e["do"] == "beat" else 1)], **chosen)
    )
    assert {**again, "errors": []} == {**once, "errors": []}


@thorough
@given(events=schedules(), chosen=CHOSEN)
def test_a_beat_sent_again_with_another_body_changes_nothing(events, chosen):
    other = [
        copy
        for event in events
        for copy in (
            [event, {**event, "played": [[0, 100]], "state": "playing"}]
            if event["do"] == "beat"
            else [event]
        )
    ]
    once, again = run(*events, **chosen), run(*other, **chosen)
    assert {**again, "errors": []} == {**once, "errors": []}


INTERVALS = st.lists(st.tuples(numbers(0, 110, 1), numbers(0, 110, 1)).map(sorted), max_size=8)


@thorough
@given(played=INTERVALS, data=st.data())
def test_seen_does_not_depend_on_the_order_where_nothing_is_trimmed(played, data):
    shuffled = data.draw(st.permutations(played))
    generous = {"gap_cap": 1000, "max_rate": 1000, "daily_cap_seconds": 10_000}
    in_order = run(lease(0), *_one_by_one(played), **generous)
    otherwise = run(lease(0), *_one_by_one(shuffled), **generous)
    assert in_order["lessons"]["A"]["seen"] == otherwise["lessons"]["A"]["seen"]


def _one_by_one(played):
    return [beat(200 + seq, seq, tuple(pair)) for seq, pair in enumerate(played, start=1)]


@thorough
@given(data=st.data(), lengths=st.lists(numbers(0.001, 20, 1), min_size=1, max_size=20))
def test_all_that_was_played_at_1x_and_arrives_within_the_gap_cap_is_credited(data, lengths):
    events, at, began = [lease(0, "B")], 0.0, 0.0
    for seq, length in enumerate(lengths, start=1):
        ended = round(began + length, 3)
        # Its first second was played at `began`, and beats arrive in their order.
        at = data.draw(numbers(max(at, ended), max(at, ended, began + 60), 1))
        assume(at <= began + 60)
        events.append(beat(at, seq, (began, ended)))
        began = ended
    result = run(*events)
    assert result["lessons"]["B"]["credited"] == [[0, began]]
    assert result["refused"] == {}


@thorough
@given(
    speed=st.sampled_from([1.25, 1.5, 2.0]),
    beats=st.lists(numbers(1, 20, 4), min_size=1, max_size=15),
)
def test_playing_faster_is_seen_in_full_and_paid_by_the_clock(speed, beats):
    events, at, position = [lease(0, "B")], 0.0, 0.0
    for seq, length in enumerate(beats, start=1):
        at, stop = round(at + length, 3), round(position + length * speed, 3)
        events.append(beat(at, seq, (position, stop)))
        position = stop
    result = run(*events)
    assert result["lessons"]["B"]["seen"] == [[0, position]]
    assert result["verified_seconds"] == at


@thorough
@given(events=schedules(with_prompts=False), chosen=CHOSEN, data=st.data())
def test_prompts_answered_in_time_change_nothing(events, chosen, data):
    prompted = []
    for event in events:
        prompted.append(event)
        if event["do"] == "beat" and data.draw(st.booleans()):
            prompted.append(prompt(event["at"], event["device"]))
        # The last moment before the next event is in time if the prompt was shown just now.
        if data.draw(st.booleans()) or chosen["answer_within"] < 400:
            prompted.append(answer(event["at"]))
    prompted.append(answer(events[-1]["at"]))
    assert run(*prompted, **chosen) == run(*events, **chosen)


@thorough
@given(events=schedules(), chosen=CHOSEN)
def test_a_missed_prompt_never_pays_more_than_an_answered_one(events, chosen):
    missed = run(*[event for event in events if event["do"] != "answer"], **chosen)
    unasked = [event for event in events if event["do"] not in {"prompt", "answer", "extend"}]
    assert missed["verified_seconds"] <= run(*unasked, **chosen)["verified_seconds"]


@thorough
@given(events=schedules(), chosen=CHOSEN)
def test_no_day_pays_more_than_its_cap(events, chosen):
    days = {}
    simulation = simulated(events, **chosen)
    for outcome in simulation.outcomes:
        for entry in outcome.slices:
            days.setdefault(entry.day, []).append(entry.credited.size)
    if chosen["on_miss"] == "stop":
        assert all(sum(each) <= chosen["daily_cap_seconds"] * 1000 for each in days.values())
    kept = sum(each.credited.size for each in simulation.progress.values())
    assert kept <= chosen["daily_cap_seconds"] * 1000 * max(1, len(days))


@thorough
@given(events=schedules(), chosen=CHOSEN)
def test_a_released_lease_earns_nothing_afterwards(events, chosen):
    end = math.ceil(events[-1]["at"])
    closed = [*events, lease(end), release(end)]
    late = beat(end + 30, 1, (0, 30))
    before, after = run(*closed, **chosen), run(*closed, late, **chosen)
    assert after["verified_seconds"] <= before["verified_seconds"]
    assert after["lessons"]["A"]["seen"] == before["lessons"]["A"]["seen"]
    assert after["errors"][-1] == {"at": end + 30, "code": "lease_ended"}
