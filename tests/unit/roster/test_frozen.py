"""A snapshot can be checked by anybody, and two of them say what became of each row."""

import hashlib

from hypothesis import given
from hypothesis import strategies as st

from lms.roster.domain.frozen import (
    Changed,
    Difference,
    FrozenRow,
    Manifest,
    Tally,
    compare,
    is_intact,
    row_sha256,
)

SNAPSHOTS = st.dictionaries(
    st.integers(1, 12),
    st.fixed_dictionaries({"name": st.text(max_size=3), "hours": st.floats(0, 60)}),
)


def row(subject: int, number: int = 1, **cells: str | float | None) -> FrozenRow:
    return FrozenRow(subject, number, cells, row_sha256(subject, cells))


def rows(snapshot: dict[int, dict[str, str | float]]) -> list[FrozenRow]:
    return [row(key, place, **snapshot[key]) for place, key in enumerate(sorted(snapshot), 1)]


def test_the_hash_of_a_row_is_that_of_its_canonical_text():
    written = '{"cells":{"hours":24.0,"name":"程建军"},"subject":7}'
    assert row(7, name="程建军", hours=24.0).sha256 == hashlib.sha256(written.encode()).hexdigest()


def test_the_manifest_is_the_hash_of_lines_anybody_can_write():
    first, second = row(9, 1, name="甲"), row(4, 2, name="乙")
    manifest = Manifest({"kind": "opening", "rows": 2})
    for each in (first, second):
        manifest.add(each)
    text = (
        '{"form":"xiangbo-roster/1","kind":"opening","rows":2}\n'
        f"1 9 {first.sha256}\n2 4 {second.sha256}\n"
    )
    assert (manifest.lines, manifest.sha256) == (2, hashlib.sha256(text.encode()).hexdigest())


def test_a_row_that_says_something_else_than_its_hash_is_seen():
    whole = row(7, name="程建军", hours=24.0)
    assert is_intact(whole)
    assert not is_intact(FrozenRow(7, 1, {"name": "程建军", "hours": 24.1}, whole.sha256))
    assert is_intact(FrozenRow(7, 1, None, whole.sha256))


def test_hours_that_changed_are_told_with_both_numbers():
    before = [row(1, name="甲", hours=23.9), row(2, name="乙", hours=40.0)]
    after = [row(1, name="甲", hours=24.0), row(2, name="乙", hours=40.0), row(3, name="丙")]
    assert list(compare(before, after)) == [
        Changed(Difference.CHANGED, 1, "甲", {"hours": (23.9, 24.0)}),
        Changed(Difference.ADDED, 3, "丙", {}),
    ]


def test_another_place_in_the_list_is_no_change():
    assert list(compare([row(5, seq=1, name="甲")], [row(5, seq=2, name="甲")])) == []


def test_whoever_was_erased_changes_where_the_hash_does_and_shows_nothing():
    old = row(5, name="甲")
    gone = FrozenRow(5, 1, None, old.sha256)
    assert list(compare([gone], [old])) == []
    assert list(compare([gone], [row(5, name="乙")])) == [Changed(Difference.CHANGED, 5, "乙", {})]


@given(SNAPSHOTS, SNAPSHOTS)
def test_what_differs_turns_one_snapshot_into_the_other(before, after):
    rebuilt, tally = {key: dict(cells) for key, cells in before.items()}, Tally()
    for each in compare(rows(before), rows(after)):
        tally = tally.with_one(each.kind)
        if each.kind is Difference.REMOVED:
            del rebuilt[each.subject]
        elif each.kind is Difference.ADDED:
            rebuilt[each.subject] = after[each.subject]
        else:
            rebuilt[each.subject] |= {key: new for key, (_old, new) in each.fields.items()}
    assert rebuilt == after
    assert tally.is_none == (before == after)
    assert tally.added - tally.removed == len(after) - len(before)
