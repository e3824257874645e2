"""Where an asset stands and which way it may go."""

from enum import StrEnum

from lms.core.errors import Message


class AssetState(StrEnum):
    """Where an asset stands; only a ready one can be played."""

    UPLOADING = "uploading"
    QUEUED = "queued"
    PROCESSING = "processing"
    READY = "ready"
    FAILED = "failed"


_MOVES: dict[AssetState, frozenset[AssetState]] = {
    AssetState.UPLOADING: frozenset({AssetState.QUEUED, AssetState.FAILED}),
    AssetState.QUEUED: frozenset({AssetState.PROCESSING, AssetState.FAILED}),
    # A worker that died leaves its asset processing; the next one takes it up again.
    # Queued: its job was parked, and the owner sent the same file once more.
    AssetState.PROCESSING: frozenset(
        {AssetState.PROCESSING, AssetState.QUEUED, AssetState.READY, AssetState.FAILED}
    ),
    AssetState.READY: frozenset(),
    AssetState.FAILED: frozenset({AssetState.QUEUED}),
}
CANCELLED = Message(
    "video_cancelled", "Preparing this video was stopped. Send it once more to start again."
)
SENT_BEFORE = Message(
    "video_sent_before",
    "You sent this very video before. The lesson uses that one; nothing is lost.",
)
DAMAGED = Message(
    "upload_damaged",
    "The file arrived changed on its way. Nothing was replaced. Please send it once more.",
)
_UNFINISHED = frozenset({AssetState.UPLOADING, AssetState.QUEUED, AssetState.PROCESSING})


def may_move(old: AssetState, new: AssetState) -> bool:
    """Tell whether an asset may go from one state to the other; ready is final."""
    return new in _MOVES[old]


def state_with_job(state: AssetState, *, job_ended: bool, has_arrived: bool = False) -> AssetState:
    """Return the state to show: an unfinished asset whose job has ended has failed.

    A job that died too often is parked without anyone telling the asset. A file that has arrived
    waits for its job, which first looks whether it is the one that was sent.
    """
    if job_ended and state in _UNFINISHED:
        return AssetState.FAILED
    return AssetState.QUEUED if state == AssetState.UPLOADING and has_arrived else state
