"""What a token may be good for and for how long, and how far a system has fetched."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from itertools import chain, combinations
from typing import Any

from lms.core.access import TokenScope

USUAL_DAYS = 180
MOST_DAYS = 365
USUAL_ROWS = 100
MOST_ROWS = 200
# The token's beginning, by which people tell tokens apart; the other 24 signs are its secret.
SHOWN_SIGNS = 8
USE_NOTED_EVERY = timedelta(hours=1)

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


class PullKind(StrEnum):
    """What is fetched."""

    CLASSES = "classes"
    ENROLLMENTS = "enrollments"
    HOURS = "hours"


class TokenState(StrEnum):
    """Whether a token opens anything, and if not, why."""

    WAITING = "waiting"
    GOOD = "good"
    EXPIRED = "expired"
    REVOKED = "revoked"


def is_useful(scopes: Iterable[TokenScope]) -> bool:
    """Tell whether a token may have the scopes: names come with completions, never alone."""
    wanted = frozenset(scopes)
    return bool(wanted) and (
        TokenScope.PEOPLE_NAMES not in wanted or TokenScope.COMPLETIONS_READ in wanted
    )


def written_scopes(scopes: Iterable[TokenScope]) -> str:
    """Return the scopes as they are stored: in one order, a blank between two."""
    wanted = frozenset(scopes)
    return " ".join(scope for scope in TokenScope if scope in wanted)


def read_scopes(written: str) -> frozenset[TokenScope]:
    """Return the scopes of what is stored."""
    return frozenset(map(TokenScope, written.split()))


# Everything that may be stored as the scopes of a token.
USEFUL_SCOPES: tuple[str, ...] = tuple(
    written_scopes(each)
    for each in chain.from_iterable(
        combinations(TokenScope, count) for count in range(1, len(TokenScope) + 1)
    )
    if is_useful(each)
)


@dataclass(frozen=True, slots=True)
class NewToken:
    """What somebody wants a token for."""

    system: str
    institution_id: int
    county_code: str
    scopes: frozenset[TokenScope]
    days: int


@dataclass(frozen=True, slots=True)
class Place:
    """Where a system stands in a list: behind the row with this key.

    ``mark`` is the moment of completion, in microseconds since 1970, or the day, as an ordinal;
    ``None`` where the list is in the order of ids alone.
    """

    id: int
    mark: int | None = None

    def __str__(self) -> str:
        """Return it as a system sends it back."""
        return str(self.id) if self.mark is None else f"{self.mark}-{self.id}"


@dataclass(frozen=True, slots=True)
class Window:
    """Which part of a list is asked for."""

    limit: int = USUAL_ROWS
    after: Place | None = None
    since: datetime | None = None
    since_day: date | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a list as it goes out, and where the next one begins; ``None`` at the end."""

    items: Sequence[Mapping[str, Any]]
    next: Place | None


def mark_of(at: datetime) -> int:
    """Return a moment as microseconds since 1970."""
    return (at - _EPOCH) // _MICROSECOND


def moment_of(mark: int) -> datetime:
    """Return the moment of so many microseconds since 1970."""
    return _EPOCH + mark * _MICROSECOND
