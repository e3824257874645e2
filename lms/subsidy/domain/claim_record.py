"""How the steps of a subsidy claim are chained, and what its running number looks like."""

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime
from hashlib import sha256
from typing import Any

GENESIS = "0" * 64


def step_hash(previous: str, step: Mapping[str, Any]) -> str:
    """Return the hash of a step on top of the one before; ``step`` is its columns by name."""
    return sha256(f"{previous}\n{canonical(step)}".encode()).hexdigest()


def canonical(step: Mapping[str, Any]) -> str:
    """Return the one text of a step: sorted keys, no blanks, UTC to the microsecond."""
    at: datetime = step["at"]
    said = {
        "claim": step["claim_id"],
        "number": step["number"],
        "act": str(step["act"]),
        "from": str(step["from_state"]),
        "to": str(step["to_state"]),
        "by": step["by_id"],
        "at": at.astimezone(UTC).isoformat(timespec="microseconds"),
        "reason": step["reason"],
        "decision": step["decision_id"],
        "amount_fen": step["amount_fen"],
        "about": step["about"],
    }
    return json.dumps(said, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def series(kind: str, day: date) -> str:
    """Return the series a number of the day's month belongs to, such as ``BT-26-07``."""
    return f"{kind}-{day:%y-%m}"


def numbered(name: str, place: int) -> str:
    """Return the number at a place of a series: ``BT-26-07-0136``."""
    return f"{name}-{place:04}"
