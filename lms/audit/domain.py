"""How acts are chained: each carries the hash of the one before, so that no edit stays unseen."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256

GENESIS = "0" * 64

Plain = str | int | bool | None
Details = Mapping[str, "Plain | list[Plain] | Mapping[str, Plain]"]


@dataclass(frozen=True, slots=True)
class Act:
    """Who did what to what and when; ``actor_id`` is ``None`` for the operator's shell."""

    number: int
    at: datetime
    actor_id: int | None
    action: str
    subject: str
    details: Details


def chain_hash(previous: str, act: Act) -> str:
    """Return the hash of an act on top of the previous one."""
    return sha256(f"{previous}\n{canonical(act)}".encode()).hexdigest()


def canonical(act: Act) -> str:
    """Return the one text of an act: sorted keys, no blanks, UTC to the microsecond.

    Raises ``TypeError`` for floats: databases do not give them back digit by digit.
    """
    _refuse_floats(act.details)
    body = {
        "number": act.number,
        "at": act.at.astimezone(UTC).isoformat(timespec="microseconds"),
        "actor": act.actor_id,
        "action": act.action,
        "subject": act.subject,
        "details": act.details,
    }
    return json.dumps(body, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def _refuse_floats(value: object) -> None:
    if isinstance(value, float):
        raise TypeError("details hold whole numbers, texts, lists and mappings")
    if isinstance(value, Mapping):
        for inner in value.values():
            _refuse_floats(inner)
    if isinstance(value, list | tuple):
        for inner in value:
            _refuse_floats(inner)
