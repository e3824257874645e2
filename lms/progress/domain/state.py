"""What the database knows of a learner before and after a beat, as plain immutable values."""

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Self

from lms.progress.domain.spans import NOTHING, Pair, Spans

Key = int | str


class Reason(StrEnum):
    """Why a claimed second was not credited."""

    BEYOND_DURATION = "beyond_duration"
    FASTER_THAN_CLOCK = "faster_than_clock"
    ALREADY_COUNTED = "already_counted"
    GAP = "gap"
    DAILY_CAP = "daily_cap"
    HIDDEN = "hidden"
    PROMPT_MISSED = "prompt_missed"
    NOT_ENROLLED = "not_enrolled"
    SUPERSEDED = "superseded"
    OFFLINE_UNVERIFIED = "offline_unverified"
    IN_PERSON = "in_person"


class PlayerState(StrEnum):
    """What the player was doing during a beat."""

    PLAYING = "playing"
    PAUSED = "paused"
    HIDDEN = "hidden"
    ENDED = "ended"


class LeaseEnd(StrEnum):
    """How a lease ended: by a newer one, or given back (release, sign-out).

    The values are the codes its later beats are answered with.
    """

    SUPERSEDED = "lease_superseded"
    RELEASED = "lease_ended"


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to earn time on one item; moments in milliseconds on the database's clock."""

    lease_id: Key
    item_id: Key
    started_at: int
    ended_at: int | None = None
    ended_by: LeaseEnd | None = None
    last_seq: int | None = None

    @property
    def is_live(self) -> bool:
        """Say whether the lease still runs; silence and pauses do not end it."""
        return self.ended_at is None

    def after(self, seq: int) -> Self:
        """Return the lease after the beat ``seq``."""
        own = (self.lease_id, self.item_id, self.started_at, self.ended_at, self.ended_by)
        return type(self)(*own, last_seq=seq)

    def end(self, at: int, by: LeaseEnd) -> Self:
        """Return the lease ended at ``at``; one that ended before stays as it ended."""
        return replace(self, ended_at=at, ended_by=by) if self.is_live else self


@dataclass(frozen=True, slots=True)
class Prompt:
    """A presence prompt on the learner's screen; ``shown_at`` is its first showing."""

    prompt_id: Key
    lease_id: Key
    shown_at: int
    has_more_time: bool = False
    is_missed: bool = False


@dataclass(frozen=True, slots=True)
class LearnerClock:
    """Up to where the learner's wall time is spent, and the prompt that waits for an answer.

    Both marks are milliseconds on the database's clock, whatever the lesson, tab or device.
    ``prompt_in_ms`` is the credited time left until the next prompt; ``None`` = no prompts.
    """

    credit_mark: int = 0
    seen_mark: int = 0
    prompt: Prompt | None = None
    prompt_in_ms: int | None = None


@dataclass(frozen=True, slots=True)
class ItemProgress:
    """The learner's sets of one item, media milliseconds.

    ``coverage_percent`` is the share that completes the item; ``None`` where something else
    does (passing a quiz). ``is_complete`` is what was derived before: never taken away.
    ``elsewhere_ms`` is what other versions of the item brought; ``limit_ms`` is how much of this
    one may be credited and held, ``None`` for all of it.
    """

    item_id: Key
    duration_ms: int
    seen: Spans = NOTHING
    credited: Spans = NOTHING
    held: Spans = NOTHING
    coverage_percent: int | None = 90
    is_complete: bool = False
    elsewhere_ms: int = 0
    limit_ms: int | None = None

    @property
    def verified_ms(self) -> int:
        """Return what is credited of the item, in this version and in the others."""
        return self.credited.size + self.elsewhere_ms

    @property
    def room_ms(self) -> int | None:
        """Return how much more of this version may be credited or held; ``None`` for all."""
        if self.limit_ms is None:
            return None
        return max(0, self.limit_ms - self.credited.size - self.held.size)


@dataclass(frozen=True, slots=True)
class Beat:
    """One report of what was played, in the order played, in media milliseconds.

    ``bar`` is set where nothing may be earned whatever was played: ``not_enrolled``,
    ``offline_unverified`` or ``in_person``. Raises ``ValueError`` for an interval that ends
    before it begins.
    """

    seq: int
    played: tuple[Pair, ...]
    state: PlayerState = PlayerState.PLAYING
    bar: Reason | None = None

    def __post_init__(self) -> None:
        """Refuse what no player can have played."""
        for begin, end in self.played:
            if end < begin:
                raise ValueError(f"interval {begin}-{end} ends before it begins")

    @property
    def refused_as(self) -> Reason | None:
        """Return why nothing of this beat can count, if so."""
        if self.bar is not None:
            return self.bar
        return Reason.HIDDEN if self.state is PlayerState.HIDDEN else None


@dataclass(frozen=True, slots=True)
class DayPart:
    """A stretch of wall time within one local day.

    ``day`` is the day's ordinal (``date.toordinal``), ``used_ms`` what the learner has credited
    and held on that day so far. ``counts`` is false for hours that a programme does not pay
    (night): they are refused like a cap that is reached.
    """

    day: int
    begins_at: int
    ends_at: int
    used_ms: int = 0
    counts: bool = True


@dataclass(frozen=True, slots=True)
class Moment:
    """The database's clock in milliseconds, and the days of the last ``gap_cap`` before it."""

    now: int
    parts: tuple[DayPart, ...]


@dataclass(frozen=True, slots=True)
class EarnedPart:
    """What one lease earned of one item on one local day, media milliseconds."""

    item_id: Key
    lease_id: Key
    day: int
    spans: Spans


@dataclass(frozen=True, slots=True)
class Unconfirmed:
    """What hangs on the learner's next answer.

    ``held`` is everything earned since the open prompt was shown; ``earned`` is what beats
    credited since the learner's last answer, of the lease first shown the prompt at least.
    """

    held: tuple[EarnedPart, ...] = ()
    earned: tuple[EarnedPart, ...] = ()
