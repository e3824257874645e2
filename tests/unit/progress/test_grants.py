"""What people decide adds seconds once, inside the material, and never more than an outage took."""

from hypothesis import given
from hypothesis import strategies as st

from lms.progress.domain.requests import (
    LATE_MS,
    LOST_TO_OUTAGE,
    Decision,
    Outage,
    RequestRuling,
    Sets,
    Slip,
    compensate,
    grant,
)
from lms.progress.domain.spans import Spans, total_ms
from lms.progress.domain.state import Reason

DURATION = 1_000
pairs = st.tuples(st.integers(0, 1_200), st.integers(0, 400)).map(lambda p: (p[0], p[0] + p[1]))
spans = st.lists(pairs, max_size=6).map(Spans.of)


@st.composite
def stored_sets(draw: st.DrawFn) -> Sets:
    """Sets as the ledger keeps them: credited and held apart, both within seen, inside the item."""
    seen = draw(spans).clip(0, DURATION)
    credited = draw(spans).intersect(seen)
    return Sets(seen, credited, draw(spans).intersect(seen).minus(credited))


@given(spans, stored_sets())
def test_a_grant_keeps_what_the_sets_promise(asked: Spans, sets: Sets) -> None:
    given_ = grant(asked, sets, DURATION)
    after = given_.added_to(sets)
    assert not after.credited.minus(after.seen), "credited lies within seen"
    assert not after.seen.minus(Spans.of([(0, DURATION)])), "nothing above the duration"
    assert not after.credited.intersect(after.held), "what waits is not counted twice"
    assert after.credited.size == sets.credited.size + given_.credited.size
    assert after.seen.size == sets.seen.size + given_.seen.size


@given(spans, stored_sets())
def test_what_is_granted_twice_is_granted_once(asked: Spans, sets: Sets) -> None:
    after = grant(asked, sets, DURATION).added_to(sets)
    again = grant(asked, after, DURATION)
    assert (again.credited.size, again.seen.size) == (0, 0)


def test_a_grant_fills_what_was_never_seen_and_leaves_what_is_held() -> None:
    sets = Sets(Spans.of([(0, 50)]), Spans.of([(0, 10)]), Spans.of([(40, 50)]))
    given_ = grant(Spans.of([(5, 60)]), sets, DURATION)
    assert given_.credited.pairs == ((10, 40), (50, 60))
    assert given_.seen.pairs == ((50, 60),)


def test_a_decision_grants_the_stretches_it_names_or_all() -> None:
    asked = [[0, 10], [20, 30], [40, 50]]
    some = Decision(RequestRuling.GRANTED, "x", frozenset({0, 2, 99}))
    assert some.chosen(asked).pairs == ((0, 10), (40, 50))
    assert Decision(RequestRuling.GRANTED, "x").chosen(asked).size == 30


refusals = st.dictionaries(st.sampled_from(list(Reason)), st.lists(pairs, max_size=3), max_size=3)


@st.composite
def slips(draw: st.DrawFn) -> Slip:
    begin = draw(st.integers(0, 3_000))
    wall = draw(st.none() | st.integers(0, 500).map(lambda length: (begin, begin + length)))
    return Slip(draw(st.integers(1, 3)), draw(refusals), wall)


@given(
    st.lists(slips(), max_size=6),
    st.integers(1, 2_000),
    st.dictionaries(st.integers(1, 3), stored_sets()),
)
def test_nobody_gets_more_than_the_outage_took(
    entries: list[Slip], length: int, sets: dict[int, Sets]
) -> None:
    outage = Outage("330822", 500, 500 + length, "停电")
    durations = dict.fromkeys((1, 2, 3), DURATION)
    found = compensate(entries, outage, sets, durations)
    paid = Spans.of(each.wall for each in entries if each.wall).clip(500, 500 + length)
    assert sum(each.size for each in found.values()) + paid.size <= max(length, paid.size)
    for material_id, each in found.items():
        lost = Spans.of(
            pair
            for slip in entries
            if slip.material_id == material_id
            for reason, refused in slip.refused.items()
            if reason in LOST_TO_OUTAGE
            for pair in refused
        )
        assert not each.minus(lost), "only what was refused for the network"
        assert not each.intersect(sets.get(material_id, Sets()).credited)


def test_an_outage_gives_back_the_gap_and_leaves_the_rest_refused() -> None:
    outage = Outage("330822", 0, 600_000, "停电")
    slip = Slip(
        1,
        {"gap": [[60_000, 300_000]], "faster_than_clock": [[300_000, 400_000]]},
        (240_000, 300_000),
    )
    found = compensate([slip], outage, {}, {1: 1_200_000})
    assert found[1].pairs == ((60_000, 300_000),)


def test_the_oldest_reports_are_made_good_first_where_the_outage_was_short() -> None:
    outage = Outage("330822", 0, 100, "停电")
    entries = [Slip(2, {"gap": [[0, 70]]}), Slip(1, {"offline_unverified": [[0, 70]]})]
    found = compensate(entries, outage, {}, {1: 1_000, 2: 1_000})
    assert {name: total_ms(each.pairs) for name, each in found.items()} == {2: 70, 1: 30}


def test_reports_may_be_a_quarter_of_an_hour_late() -> None:
    assert LATE_MS == 15 * 60 * 1000
