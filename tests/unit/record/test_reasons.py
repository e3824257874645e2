"""What did not count, by reason: what was lost and what was only played again."""

from lms.record.domain.ledger import Entry, Turn, turns_of
from lms.record.domain.reasons import Refused, added, measured
from tests.unit.record.made import device, entry


def test_what_is_played_again_or_past_the_end_is_no_loss() -> None:
    refused = Refused({"already_counted": 9_000, "beyond_duration": 1_000, "gap": 4_000})
    assert refused.ms == 14_000
    assert refused.lost_ms == 4_000
    assert refused.lost == [("gap", 4_000)]
    assert refused.again_ms == 9_000


def test_reasons_come_longest_first_and_empty_ones_not_at_all() -> None:
    refused = Refused({"gap": 1_000, "hidden": 2_000, "superseded": 0, "daily_cap": 1_000})
    assert refused.listed == [("hidden", 2_000), ("daily_cap", 1_000), ("gap", 1_000)]


def test_sums_go_reason_by_reason() -> None:
    assert added([{"gap": 1}, {"gap": 2, "hidden": 3}, {}]).by_reason == {"gap": 3, "hidden": 3}


def test_intervals_are_measured_a_repeat_twice() -> None:
    found = measured([{"gap": [[0, 500], [0, 500]]}, {"hidden": [[10, 20]], "gap": [[7, 8]]}])
    assert found.by_reason == {"gap": 1_001, "hidden": 10}


def test_an_entry_says_when_it_was_written_and_whether_people_decided_it() -> None:
    beat = entry(wall_from_ms=5_000, received_at_ms=9_000)
    settled = entry(kind="held_refused", wall_from_ms=None, received_at_ms=9_000)
    assert (beat.at_ms, beat.is_beat, beat.is_granted) == (5_000, True, False)
    assert (settled.at_ms, settled.is_beat) == (9_000, False)
    assert entry(kind="appeal").is_granted
    assert entry(kind="compensation").is_granted


def test_turns_are_told_once_in_the_order_in_which_they_began() -> None:
    late = Turn("late", device(), 50, None, None)
    early = Turn("early", device(), 10, 50, "lease_superseded")
    entries: list[Entry] = [entry(turn=late), entry(turn=early), entry(turn=late), entry(turn=None)]
    assert turns_of(entries) == (early, late)
    assert early.was_handed_over
    assert not late.was_handed_over
