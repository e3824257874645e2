"""What a file that is handed out once is, where it stands, and who may approve it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from lms.core.access import Scope, ScopeKind
from lms.core.clock import local_time
from lms.core.errors import Message

# So long a file waits to be taken, and so long an order waits for another person's word.
KEPT_FOR = timedelta(days=7)
_SHORT_ID = 8


class DeliveryKind(StrEnum):
    """What is delivered."""

    EXPORT = "export"
    HANDOVER = "handover"


class DeliveryState(StrEnum):
    """Where a delivery stands; ``done`` means the file is there, or went out."""

    AWAITING_APPROVAL = "awaiting_approval"
    REFUSED = "refused"
    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody orders: ``scopes`` are theirs when they ask."""

    kind: DeliveryKind
    scopes: Sequence[Scope]
    purpose: str
    is_unmasked: bool = False


@dataclass(frozen=True, slots=True)
class Mark:
    """What stands on each page of a list with full numbers, so that a copy tells where it is from.

    It is the same in both languages: a name, a moment, what for and the beginning of the number.
    """

    text: str


@dataclass(frozen=True, slots=True)
class Words:
    """What is said of a kind of delivery where something does not go; and how many are made."""

    expired: Message
    not_ready: Message
    used: Message
    over: Message
    too_many: Message
    gone: Message
    not_written: Message
    at_once: int


# What a job of each kind is called; its argument is named by the kind.
JOB_KINDS: Mapping[DeliveryKind, str] = {
    DeliveryKind.EXPORT: "roster.export",
    DeliveryKind.HANDOVER: "handover.make",
}
_NOT_WRITTEN = "The file could not be written: the disk is full or refuses. Nothing was kept."
WORDS: Mapping[DeliveryKind, Words] = {
    DeliveryKind.EXPORT: Words(
        Message("export_expired", "This list was deleted after 7 days. Please make it again."),
        Message("export_not_ready", "This list is not ready yet. Please wait a little."),
        Message(
            "export_link_used", "This link works once and was used. Please make the list again."
        ),
        Message("export_over", "This list is not being made any more."),
        Message(
            "exports_open", "Several lists are being made already. Please wait for one of them."
        ),
        Message("export_file_gone", "The file is no longer there. Please make the list again."),
        Message("export_not_written", _NOT_WRITTEN),
        at_once=3,
    ),
    DeliveryKind.HANDOVER: Words(
        Message("handover_expired", "This package was deleted after 7 days. Please make it again."),
        Message("handover_not_ready", "This package is not ready yet. Please wait a little."),
        Message(
            "handover_link_used",
            "This link works once and was used. Please make the package again.",
        ),
        Message("handover_over", "This package is not being made any more."),
        Message(
            "handovers_open",
            "Several packages are being made already. Please wait for one of them.",
        ),
        Message(
            "handover_file_gone", "The file is no longer there. Please make the package again."
        ),
        Message("handover_not_written", _NOT_WRITTEN),
        at_once=2,
    ),
}


def delivery_state(
    job_state: str | None, *, is_over: bool, is_refused: bool, is_stopped: bool
) -> DeliveryState:
    """Return the state: its job's, until the days the file is kept are over.

    There is no job before somebody else approved what needs it.
    """
    if is_refused:
        return DeliveryState.REFUSED
    if is_stopped:
        return DeliveryState.CANCELLED
    if is_over and job_state in (None, DeliveryState.DONE):
        return DeliveryState.EXPIRED
    return DeliveryState(job_state or DeliveryState.AWAITING_APPROVAL)


def covers(held: Sequence[Scope], wanted: Sequence[Scope]) -> bool:
    """Tell whether who holds a right in some scopes holds it in all that are wanted."""
    return Scope(ScopeKind.PLATFORM) in held or (bool(wanted) and set(wanted) <= set(held))


def mark_of(name: str, at: datetime, purpose: str, delivery_id: str) -> Mark:
    """Return the mark of a file: who asked, when, what for, and the beginning of its number."""
    parts = (name, f"{local_time(at):%Y-%m-%d %H:%M}", purpose, delivery_id[:_SHORT_ID])
    return Mark(" · ".join(parts))
