"""One hash stands for a whole watch ledger: whatever is changed in it shows at the end."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.progress.domain.ledger import GENESIS, Entry, head_of

ENTRY = Entry(
    id=1,
    material_id=7,
    lease_id="lease",
    seq=1,
    day=739_000,
    wall_from_ms=1_000,
    wall_to_ms=16_000,
    claimed=[[0, 15_000]],
    seen=[[0, 15_000]],
    credited=[[0, 15_000]],
    refused={},
    device_hash="ab",
)


def ledger(length: int) -> list[Entry]:
    return [replace(ENTRY, id=number, seq=number) for number in range(1, length + 1)]


def test_an_empty_ledger_has_the_known_beginning() -> None:
    assert head_of([]) == (0, GENESIS)


@given(st.integers(1, 12), st.data())
def test_a_change_in_any_entry_changes_the_head(length: int, data: st.DataObject) -> None:
    entries = ledger(length)
    at = data.draw(st.integers(0, length - 1))
    changed = [*entries[:at], replace(entries[at], credited=[[0, 14_999]]), *entries[at + 1 :]]
    assert head_of(changed)[1] != head_of(entries)[1]
    assert head_of(entries) == head_of(ledger(length))


@pytest.mark.parametrize(
    "change",
    [
        {"material_id": 8},
        {"lease_id": "other"},
        {"day": 739_001},
        {"wall_to_ms": 16_001},
        {"wall_from_ms": None, "wall_to_ms": None},
        {"claimed": []},
        {"seen": []},
        {"refused": {"gap": [[0, 1]]}},
        {"device_hash": "cd"},
    ],
)
def test_every_part_of_an_entry_is_under_the_hash(change: dict[str, object]) -> None:
    assert head_of([replace(ENTRY, **change)])[1] != head_of([ENTRY])[1]


def test_entries_left_out_doubled_or_swapped_show() -> None:
    first, second, third = ledger(3)
    heads = {
        head_of(order)
        for order in (
            [first, second, third],
            [first, third],
            [second, first, third],
            [first, second],
            [first, second, third, third],
        )
    }
    assert len(heads) == 5
