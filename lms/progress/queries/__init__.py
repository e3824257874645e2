"""Reads clocks, leases, sets and completions."""

from lms.progress.queries.checks import cues_of, unconfirmed
from lms.progress.queries.counting import (
    SetsRow,
    State,
    beat_state,
    completed_items,
    lock_clock,
    sets_of,
    totals_of,
)
from lms.progress.queries.enrollments import (
    LedgerCheck,
    final_percent,
    ledger_check,
    ledger_head,
    verified_ms,
)
from lms.progress.queries.items import (
    ItemAddress,
    ItemProgressRow,
    Target,
    all_sets,
    completed_of_enrollments,
    has_open_attempt,
    is_item_known,
    item_address,
    item_progress,
    item_target,
    lesson_progress,
    live_lease,
)

__all__ = [
    "ItemAddress",
    "ItemProgressRow",
    "LedgerCheck",
    "SetsRow",
    "State",
    "Target",
    "all_sets",
    "beat_state",
    "completed_items",
    "completed_of_enrollments",
    "cues_of",
    "final_percent",
    "has_open_attempt",
    "is_item_known",
    "item_address",
    "item_progress",
    "item_target",
    "ledger_check",
    "ledger_head",
    "lesson_progress",
    "live_lease",
    "lock_clock",
    "sets_of",
    "totals_of",
    "unconfirmed",
    "verified_ms",
]
