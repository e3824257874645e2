"""Entries of a ledger as plain values."""

from typing import Any

from lms.accounts.domain.devices import Device
from lms.record.domain.ledger import Entry


def device() -> Device:
    return Device("android", "wechat")


def entry(**given: Any) -> Entry:
    values = {
        "id": 1,
        "number": 1,
        "kind": "beat",
        "title": {"zh": "第一课"},
        "wall_from_ms": 0,
        "wall_to_ms": 15_000,
        "received_at_ms": None,
        "claimed_ms": 15_000,
        "credited_ms": 15_000,
        "held_ms": 0,
        "refused_pairs": {},
        "state": "playing",
        "rate_percent": 100,
        "device_hash": None,
        "turn": None,
    }
    return Entry(**{**values, **given})
