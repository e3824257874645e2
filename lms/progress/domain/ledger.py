"""Chains the entries of a watch ledger, so that one hash stands for all that was counted."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from pydantic_core import to_json

GENESIS = "0" * 64


class EntryKind(StrEnum):
    """What wrote an entry: a beat, what became of a presence prompt, or a person's decision."""

    BEAT = "beat"
    HELD_CREDITED = "held_credited"
    HELD_REFUSED = "held_refused"
    CREDIT_TAKEN_BACK = "credit_taken_back"
    CHECK_ANSWERED = "check_answered"
    APPEAL = "appeal"
    COMPENSATION = "compensation"


# Decided by people, not measured; shown apart wherever time is explained.
GRANTED = frozenset({EntryKind.APPEAL, EntryKind.COMPENSATION})

# What the hash of an entry covers. The first form is that of the entries written before the hash
# was stored with each of them; it goes on, because badges name heads made by it.
_FIRST: tuple[str, ...] = (
    *("id", "material_id", "lease_id", "seq", "day", "wall_from_ms", "wall_to_ms"),
    *("claimed", "seen", "credited", "refused", "device_hash"),
)
_MEMBERS: tuple[str, ...] = (
    *("number", "person_id", "material_id", "media_version", "kind", "lease_id", "seq", "part"),
    *("day", "wall_from_ms", "wall_to_ms", "claimed", "seen", "credited", "held", "refused"),
    *("credited_ms", "held_ms", "device_hash", "received_at_ms", "state", "rate_percent"),
    *("request_id", "credit_mark_ms", "seen_mark_ms", "day_used"),
)
# Every column an entry's hash and its sums are made of.
COLUMNS = tuple(dict.fromkeys((*_FIRST, *_MEMBERS, "seen_ms", "chain_hash")))
# The text is canonical: members by name, no blanks, UTF-8.
_FIRST, _MEMBERS = tuple(sorted(_FIRST)), tuple(sorted(_MEMBERS))
_MAPS = ("refused", "day_used")


def chain_hash(previous: str, entry: Mapping[str, Any]) -> str:
    """Return the hash of an entry (its columns by name) on the hash of the one before it."""
    members = _FIRST if entry.get("number") is None else _MEMBERS
    said = {name: entry[name] for name in members}
    for name in _MAPS:
        if said.get(name):
            said[name] = dict(sorted(said[name].items()))
    return hashlib.sha256(previous.encode() + b"\n" + to_json(said)).hexdigest()


@dataclass(frozen=True, slots=True)
class Head:
    """The end of a ledger: how many entries, the hash of the last, and what does not fit.

    ``broken_at`` is the place (from 1) of the first entry that is not what its hash, or its
    place in the chain, says; ``None`` where all fit.
    """

    entries: int = 0
    hash: str = GENESIS
    broken_at: int | None = None

    def then(self, entry: Mapping[str, Any]) -> "Head":
        """Return the head after one more entry, in the order of their ids."""
        made = chain_hash(self.hash, entry)
        place = self.entries + 1
        stored, number = entry.get("chain_hash"), entry.get("number")
        fits = stored == made and number == place if number is not None else stored is None
        broken_at = self.broken_at if fits or self.broken_at is not None else place
        return Head(place, made, broken_at)


def head_of(entries: Iterable[Mapping[str, Any]]) -> Head:
    """Return the head of a ledger whose entries come in the order of their ids."""
    head = Head()
    for entry in entries:
        head = head.then(entry)
    return head
