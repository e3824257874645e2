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
LADDER_CANCELLED = Message(
    "ladder_cancelled", "Making the sharper versions was stopped. Start it again below."
)


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


class LadderState(StrEnum):
    """Where the sharper renditions and all else of a ready video stand."""

    NONE = "none"  # not asked for: the video is not ready, or came with a course folder
    LACKING = "lacking"  # prepared before there was any
    WAITING = "waiting"
    FAILED = "failed"
    DONE = "done"


# How much of all work is done once a video can be watched.
WATCHABLE_SHARE = 0.3


def ladder_state(
    state: AssetState, *, has_stream: bool, is_uploaded: bool, job_ended: bool | None
) -> LadderState:
    """Return where the ladder stands; ``job_ended`` is ``None`` where no job was asked for it."""
    if state is not AssetState.READY or not is_uploaded:
        return LadderState.NONE
    if has_stream:
        return LadderState.DONE
    if job_ended is None:
        return LadderState.LACKING
    return LadderState.FAILED if job_ended else LadderState.WAITING


def whole_progress(state: AssetState, ladder: LadderState, job_share: float) -> float:
    """Return how far all of it is, 0 to 1; ``job_share`` is that of the job at work.

    A file on its way in is told by itself: the work has not begun.
    """
    if state is AssetState.UPLOADING:
        return job_share
    if state is not AssetState.READY:
        return WATCHABLE_SHARE * job_share
    if ladder in (LadderState.NONE, LadderState.LACKING, LadderState.DONE):
        return 1.0
    return WATCHABLE_SHARE + (1 - WATCHABLE_SHARE) * job_share
