"""Chains the entries of a watch ledger, so that one hash stands for all that was counted."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

GENESIS = "0" * 64


@dataclass(frozen=True, slots=True)
class Entry:
    """One slice as it is hashed: what was claimed and credited, when, and with which evidence."""

    id: int
    material_id: int
    lease_id: str
    seq: int
    day: int
    wall_from_ms: int | None
    wall_to_ms: int | None
    claimed: list[Any]
    seen: list[Any]
    credited: list[Any]
    refused: dict[str, Any]
    device_hash: str


def chain_hash(previous: str, entry: Entry) -> str:
    """Return the hash of an entry on the one before it; members in order, no spaces."""
    members = {name: getattr(entry, name) for name in entry.__slots__}
    text = json.dumps(members, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(f"{previous}\n{text}".encode()).hexdigest()


def head_of(entries: Iterable[Entry]) -> tuple[int, str]:
    """Return how many entries a ledger has and the hash of the last one, in order of their ids."""
    count, head = 0, GENESIS
    for entry in entries:
        count, head = count + 1, chain_hash(head, entry)
    return count, head
