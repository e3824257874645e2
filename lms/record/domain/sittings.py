"""Quiz attempts, presence checks and badges of a file."""

from dataclasses import dataclass
from datetime import datetime

from lms.catalog.outline import Words
from lms.credentials.domain.states import CredentialState, Standing, standing


@dataclass(frozen=True, slots=True)
class AttemptLine:
    """A quiz that was handed in."""

    id: int
    title: Words
    number: int
    percent: int
    passed: bool
    submitted_at: datetime


@dataclass(frozen=True, slots=True)
class CheckLine:
    """A presence check; moments are milliseconds since 1970, ``is_right`` is of questions alone."""

    kind: str
    title: Words
    shown_at_ms: int
    answered_at_ms: int | None
    missed_at_ms: int | None
    is_right: bool | None

    @property
    def was_missed(self) -> bool:
        """Tell whether the answer did not come in time."""
        return self.missed_at_ms is not None

    @property
    def seconds(self) -> int | None:
        """Return after how many seconds the answer came."""
        if self.answered_at_ms is None:
            return None
        return (self.answered_at_ms - self.shown_at_ms) // 1000


@dataclass(frozen=True, slots=True)
class BadgeLine:
    """A badge and its state; ``title`` is ``None`` until it is signed."""

    id: str
    serial: str | None
    state: str
    title: Words | None
    issued_at: datetime | None
    valid_until: datetime | None
    revoked_at: datetime | None

    def standing(self, at: datetime) -> Standing:
        """Return what the badge is worth at the moment."""
        return standing(CredentialState(self.state), self.valid_until, at)


@dataclass(frozen=True, slots=True)
class Checks:
    """The newest presence checks and how many there were in all."""

    lines: tuple[CheckLine, ...] = ()
    asked: int = 0
    missed: int = 0


@dataclass(frozen=True, slots=True)
class Sittings:
    """What was asked of the person and what it led to, newest first."""

    attempts: tuple[AttemptLine, ...] = ()
    attempts_in_all: int = 0
    checks: Checks = Checks()
    badges: tuple[BadgeLine, ...] = ()
