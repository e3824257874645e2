"""What the player is told about a beat, and what the service has to write."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from lms.progress.domain.completion import coverage
from lms.progress.domain.slices import Slice
from lms.progress.domain.spans import Spans
from lms.progress.domain.state import ItemProgress, LearnerClock, Lease, Reason
from lms.progress.domain.units import ms_to_seconds


class Verdict(StrEnum):
    """What became of a beat as a whole."""

    COUNTED = "counted"
    REPEATED = "repeated"
    OUT_OF_ORDER = "seq_out_of_order"


@dataclass(frozen=True, slots=True)
class BeatAnswer:
    """The numbers of one beat's answer, in milliseconds; the page shows nothing else."""

    seq: int
    credited_ms: int
    held_ms: int
    verified_ms: int
    coverage: float
    watched: Spans
    refused: tuple[tuple[Reason, int], ...]
    completed: bool

    def as_json(self) -> dict[str, Any]:
        """Return the fields of the API's answer in seconds; messages and prompt come later."""
        return {
            "seq": self.seq,
            "credited_seconds": ms_to_seconds(self.credited_ms),
            "held_seconds": ms_to_seconds(self.held_ms),
            "verified_seconds": ms_to_seconds(self.verified_ms),
            "coverage": self.coverage,
            "watched": self.watched.as_seconds(),
            "refused": [
                {"seconds": ms_to_seconds(ms), "reason": reason.value}
                for reason, ms in self.refused
            ],
            "completed": self.completed,
        }


@dataclass(frozen=True, slots=True)
class BeatState:
    """What is loaded, under the lock of the learner's row, to take a beat.

    ``is_repeat`` says that an answer to this lease and ``seq`` is stored.
    """

    clock: LearnerClock
    lease: Lease
    progress: ItemProgress
    is_repeat: bool = False


@dataclass(frozen=True, slots=True)
class BeatOutcome:
    """What a beat did: the new state, the slices to write and the answer to give and store.

    ``answer`` is ``None`` where nothing changes: the stored answer is given again
    (``REPEATED``) or the beat is refused (``OUT_OF_ORDER``). ``code`` is the error code the
    answer goes out with, ``None`` for 200. ``is_prompt_due``: show a prompt with this answer.
    """

    verdict: Verdict
    code: str | None
    clock: LearnerClock
    lease: Lease
    progress: ItemProgress
    slices: tuple[Slice, ...] = ()
    answer: BeatAnswer | None = None
    is_prompt_due: bool = False
    is_newly_complete: bool = False


def answer_beat(seq: int, progress: ItemProgress, slices: Sequence[Slice]) -> BeatAnswer:
    """Return the answer to a beat that wrote ``slices`` and left ``progress``."""
    refused: dict[Reason, int] = {}
    for entry in slices:
        for part in entry.refused:
            refused[part.reason] = refused.get(part.reason, 0) + part.ms
    return BeatAnswer(
        seq=seq,
        credited_ms=sum(entry.credited.size for entry in slices),
        held_ms=sum(entry.held.size for entry in slices),
        verified_ms=progress.verified_ms,
        coverage=coverage(progress.seen, progress.duration_ms),
        watched=progress.seen,
        refused=tuple((each, refused[each]) for each in Reason if refused.get(each))
        if refused
        else (),
        completed=progress.is_complete,
    )
