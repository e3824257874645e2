"""An item over all its versions: never above the longest, nothing earned is lost, in any order."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.progress.domain.answers import BeatState
from lms.progress.domain.beats import apply_beat
from lms.progress.domain.requests import Sets, grant
from lms.progress.domain.settings import CountingSettings
from lms.progress.domain.spans import NOTHING, Spans
from lms.progress.domain.state import (
    Beat,
    DayPart,
    ItemProgress,
    LearnerClock,
    Lease,
    Moment,
    PlayerState,
    Prompt,
    Reason,
)
from lms.progress.domain.versions import Version, first_of, limit_of, most_of
from tests.unit.progress.steps import SETTINGS

LENGTHS = st.lists(st.integers(10_000, 60_000), min_size=1, max_size=4)
STEP = 20_000
UNASKED = replace(SETTINGS, prompt_after_least_ms=10**9, prompt_after_most_ms=10**9)


class Viewer:
    """A learner who plays versions of one item on one clock."""

    def __init__(self, lengths: list[int], settings: CountingSettings = UNASKED) -> None:
        self.settings = settings
        self.clock = LearnerClock()
        self.sets = [ItemProgress(n, length) for n, length in enumerate(lengths)]
        self.now = 0
        self.seq = 0
        self.refused: dict[Reason, int] = {}
        self.claimed = 0

    def play(self, which: int, begin: int, end: int, *, wait: int, **beat) -> None:
        own = self.sets[which]
        others = [
            Version(each.duration_ms, each.credited.size, each.held.size)
            for each in self.sets
            if each is not own
        ]
        self.now += wait
        self.seq += 1
        own = replace(
            own,
            limit_ms=limit_of(own.duration_ms, others),
            elsewhere_ms=sum(each.credited_ms for each in others),
        )
        lease = Lease("L", own.item_id, 0)
        cap = self.settings.gap_cap_ms
        moment = Moment(self.now, (DayPart(1, self.now - cap, self.now),))
        sent = Beat(self.seq, ((begin, end),), **beat)
        outcome = apply_beat(BeatState(self.clock, lease, own), sent, moment, self.settings)
        self.clock, self.sets[which] = outcome.clock, outcome.progress
        self.claimed += end - begin
        for reason, ms in outcome.answer.refused:
            self.refused[reason] = self.refused.get(reason, 0) + ms
        assert outcome.answer.verified_ms == self.credited

    def watch(self, which: int) -> None:
        """Play a version from the beginning to its end at the speed it was made for."""
        length = self.sets[which].duration_ms
        for begin in range(0, length, STEP):
            end = min(begin + STEP, length)
            self.play(which, begin, end, wait=end - begin)

    @property
    def credited(self) -> int:
        return sum(each.credited.size for each in self.sets)

    @property
    def counted(self) -> int:
        return self.credited + sum(each.held.size for each in self.sets)


PLAYS = st.lists(
    st.tuples(
        st.integers(0, 3),
        st.integers(0, 60_000),
        st.integers(0, 30_000),
        st.integers(0, 40_000),
        st.sampled_from(list(PlayerState)),
    ),
    max_size=25,
)


@given(lengths=LENGTHS, plays=PLAYS)
def test_whatever_is_played_no_item_counts_more_than_its_longest_version(lengths, plays):
    viewer = Viewer(lengths)
    for which, begin, length, wait, state in plays:
        before = [each.credited for each in viewer.sets]
        viewer.play(which % len(lengths), begin, begin + length, wait=wait, state=state)
        played = [each.duration_ms for each in viewer.sets if each.seen]
        assert viewer.credited <= max(played, default=0)
        for old, new in zip(before, viewer.sets, strict=True):
            assert not old.minus(new.credited)
            assert not new.credited.minus(new.seen)
    assert viewer.claimed == viewer.counted + sum(viewer.refused.values())


@given(lengths=LENGTHS, data=st.data())
def test_whoever_watches_every_version_has_the_longest_in_any_order(lengths, data):
    order = data.draw(st.permutations(range(len(lengths))))
    viewer = Viewer(lengths)
    best = 0
    for which in order:
        viewer.watch(which)
        best = max(best, lengths[which])
        assert viewer.credited == best
    assert all(each.seen.size == each.duration_ms for each in viewer.sets)


def test_forty_minutes_of_the_old_and_all_of_the_new_are_the_new_ones_length():
    viewer = Viewer([40_000, 45_000])
    viewer.watch(0)
    viewer.watch(1)
    assert [each.credited.size for each in viewer.sets] == [40_000, 5_000]
    assert viewer.refused == {Reason.ALREADY_COUNTED: 40_000}


def test_what_another_version_brought_already_spends_no_wall_time():
    viewer = Viewer([40_000, 45_000])
    viewer.watch(0)
    viewer.watch(1)
    mark = viewer.clock.credit_mark
    viewer.play(1, 0, STEP, wait=STEP)
    assert viewer.clock.credit_mark == mark


def test_what_is_held_takes_its_room_too():
    viewer = Viewer([40_000, 45_000])
    viewer.watch(0)
    viewer.clock = replace(viewer.clock, prompt=Prompt("P", "L", viewer.now))
    viewer.play(1, 0, STEP, wait=STEP)
    assert (viewer.sets[1].held.size, viewer.counted) == (5_000, 45_000)


def test_a_hidden_page_is_refused_as_hidden_however_much_room_there_is():
    viewer = Viewer([40_000, 45_000])
    viewer.watch(0)
    viewer.play(1, 0, STEP, wait=STEP, state=PlayerState.HIDDEN)
    assert viewer.refused == {Reason.HIDDEN: STEP}


def test_who_has_one_version_alone_has_no_limit():
    assert limit_of(45_000, []) is None
    assert limit_of(45_000, [Version(90_000)]) is None
    assert most_of(45_000, [Version(90_000)]) == 45_000


@pytest.mark.parametrize(
    ("own", "others", "limit"),
    [
        (45_000, [Version(40_000, 40_000)], 5_000),
        (30_000, [Version(45_000, 10_000)], 35_000),
        (30_000, [Version(40_000, 40_000)], 0),
        (45_000, [Version(40_000, 10_000, 5_000)], 30_000),
        (45_000, [Version(40_000, 30_000), Version(60_000, 1_000)], 29_000),
    ],
)
def test_the_limit_is_what_the_others_leave_of_the_longest(own, others, limit):
    assert limit_of(own, others) == limit


def test_people_grant_no_more_than_the_longest_version_either():
    whole = Spans.of([(0, 45_000)])
    assert grant(whole, Sets(), 45_000, 5_000).credited == Spans.of([(0, 5_000)])
    had = Sets(credited=Spans.of([(10_000, 13_000)]))
    assert grant(whole, had, 45_000, 5_000).credited == Spans.of([(0, 2_000)])
    assert grant(whole, had, 45_000, 1_000).credited == NOTHING


def test_the_first_of_a_set_follows_the_video():
    spans = Spans.of([(0, 10), (20, 30), (40, 50)])
    assert first_of(spans, 15) == Spans.of([(0, 10), (20, 25)])
    assert first_of(spans, 10) == Spans.of([(0, 10)])
    assert first_of(spans, 0) == NOTHING
    assert first_of(spans, 30) == spans
