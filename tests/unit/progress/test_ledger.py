"""One hash stands for a whole watch ledger: whatever is changed in it shows."""

import hashlib
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.progress.domain.ledger import GENESIS, chain_hash, head_of

ENTRY: dict[str, Any] = {
    "id": 1,
    "person_id": 5,
    "material_id": 7,
    "media_version": "m1",
    "kind": "beat",
    "lease_id": "lease",
    "seq": 1,
    "part": 0,
    "day": 739_000,
    "wall_from_ms": 1_000,
    "wall_to_ms": 16_000,
    "claimed": [[0, 15_000]],
    "seen": [[0, 15_000]],
    "credited": [[0, 15_000]],
    "held": [],
    "refused": {},
    "credited_ms": 15_000,
    "held_ms": 0,
    "seen_ms": 15_000,
    "device_hash": "ab",
    "received_at_ms": 16_000,
    "state": "playing",
    "rate_percent": 100,
    "request_id": None,
    "credit_mark_ms": 16_000,
    "seen_mark_ms": 8_500,
    "day_used": {"739000": 15_000},
    "number": None,
    "chain_hash": None,
}


def ledger(length: int, unchained: int = 0) -> list[dict[str, Any]]:
    """Return entries as the site writes them, the first of them from before they were chained."""
    entries, head = [], GENESIS
    for place in range(1, length + 1):
        entry = {**ENTRY, "id": place, "seq": place}
        if place > unchained:
            entry["number"] = place
        head = chain_hash(head, entry)
        if place > unchained:
            entry["chain_hash"] = head
        entries.append(entry)
    return entries


def test_an_empty_ledger_has_the_known_beginning() -> None:
    head = head_of([])
    assert (head.entries, head.hash, head.broken_at) == (0, GENESIS, None)


@given(st.integers(1, 12), st.data())
def test_a_change_in_any_entry_changes_the_head_and_is_named(
    length: int, data: st.DataObject
) -> None:
    entries = ledger(length)
    at = data.draw(st.integers(0, length - 1))
    changed = [*entries[:at], {**entries[at], "credited": [[0, 14_999]]}, *entries[at + 1 :]]
    assert head_of(changed).hash != head_of(entries).hash
    assert head_of(changed).broken_at == at + 1
    assert head_of(entries) == head_of(ledger(length))
    assert head_of(entries).broken_at is None


@pytest.mark.parametrize(
    "change",
    [
        {"person_id": 6},
        {"material_id": 8},
        {"media_version": "m2"},
        {"kind": "appeal"},
        {"lease_id": "other"},
        {"seq": 2},
        {"part": 1},
        {"day": 739_001},
        {"wall_to_ms": 16_001},
        {"wall_from_ms": None, "wall_to_ms": None},
        {"claimed": []},
        {"seen": []},
        {"credited": []},
        {"held": [[0, 1]]},
        {"credited_ms": 1},
        {"held_ms": 1},
        {"refused": {"gap": [[0, 1]]}},
        {"device_hash": "cd"},
        {"received_at_ms": 1},
        {"state": "hidden"},
        {"rate_percent": 200},
        {"request_id": 3},
        {"credit_mark_ms": 1},
        {"seen_mark_ms": 1},
        {"day_used": {}},
    ],
)
def test_every_part_of_an_entry_is_under_the_hash(change: dict[str, object]) -> None:
    (entry,) = ledger(1)
    assert head_of([{**entry, **change}]).broken_at == 1


def test_entries_left_out_doubled_or_swapped_show() -> None:
    first, second, third = ledger(3)
    for order, at in (
        ([first, third], 2),
        ([second, first, third], 1),
        ([first, second, third, third], 4),
    ):
        assert head_of(order).broken_at == at
    # A tail cut off shows only against the head that was kept.
    assert head_of([first, second]).broken_at is None
    assert head_of([first, second]).hash != head_of([first, second, third]).hash


def test_the_first_chained_entry_stands_for_those_before_it() -> None:
    """Entries from before the hash was stored keep the hash that badges were made with."""
    entries = ledger(5, unchained=3)
    assert head_of(entries).broken_at is None
    assert head_of(entries[:3]).hash == head_of(ledger(3, unchained=3)).hash
    # Made by the program that wrote such entries.
    known = "0d440cbe6b44816f664c2b02c4151ec244d7bf3e6e7785736b3c6afacbd5e864"
    assert head_of(entries[:2]).hash == known
    changed = [{**entries[0], "credited": []}, *entries[1:]]
    assert head_of(changed).broken_at == 4
    # Unchaining a later entry, to change it at leisure, shows as well.
    loose = [*entries[:4], {**entries[4], "number": None}]
    assert head_of(loose).broken_at == 5


@given(
    refused=st.dictionaries(st.text(), st.lists(st.tuples(st.integers(), st.integers()))),
    used=st.dictionaries(st.text(), st.integers()),
    words=st.text(),
)
def test_the_hash_is_of_canonical_json(
    refused: dict[str, Any], used: dict[str, int], words: str
) -> None:
    """Members and what maps hold in the order of their names, no blanks, UTF-8."""
    entry = ENTRY | {"number": 1, "refused": refused, "day_used": used, "state": words}
    members = {name: entry[name] for name in entry.keys() - {"id", "seen_ms", "chain_hash"}}
    canonical = json.dumps(members, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    expected = hashlib.sha256(f"{GENESIS}\n{canonical}".encode()).hexdigest()
    assert chain_hash(GENESIS, entry) == expected
