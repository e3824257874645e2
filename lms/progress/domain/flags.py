"""What looks unlike a person studying; a flag asks a person and never cuts credit by itself.

Bad networks, shared phones and night shifts look like cheats too. So each rule looks for what a
poor line cannot make, and stays silent where it could.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import pairwise
from statistics import median_low
from typing import Any, NamedTuple

from lms.progress.domain.spans import Pair

# As many changes between two browsers in so short a time need two hands, or a program.
HANDOVERS = 6
HANDOVER_WINDOW_MS = 10 * 60 * 1000
# The player draws each pause between two reports anew, up to a fifth shorter or longer: half of
# them lie more than a tenth off the middle. What a line adds only scatters them further.
CADENCE_REPORTS = 40
CADENCE_SPREAD_PERCENT = 2
_CADENCE_LEAST_MS = 5_000
NIGHT_MS = 3 * 60 * 60 * 1000
NIGHTS = 3
# Families share phones, so a handful on one is nothing to ask about.
SHARING_PEOPLE = 5


class FlagKind(StrEnum):
    """What was noticed."""

    PARALLEL_DEVICES = "parallel_devices"
    STEADY_CADENCE = "steady_cadence"
    LONG_NIGHTS = "long_nights"
    SHARED_DEVICE = "shared_device"


class FlagRuling(StrEnum):
    """What a person found when looking at it."""

    EXPLAINED = "explained"
    NOT_STUDY = "not_study"


@dataclass(frozen=True, slots=True)
class Finding:
    """Something noticed about a person on a day; ``evidence`` is what was measured."""

    kind: FlagKind
    evidence: Mapping[str, Any]


class Heard(NamedTuple):
    """One report as the server took it; ``earned_ms`` is what it credited or held."""

    at_ms: int
    lease_id: str
    earned_ms: int
    is_hidden: bool = False
    wall: Pair | None = None


class Turn(NamedTuple):
    """One lease: which signed-in browser had it from when, and whether the next one took it."""

    lease_id: str
    browser: int
    started_at_ms: int
    is_superseded: bool


class Night(NamedTuple):
    """A night by the day its morning belongs to, and when it begins and ends, milliseconds."""

    day: int
    begins_at: int
    ends_at: int


class Browser(NamedTuple):
    """A sign-in in one browser; ``browser_hash`` is the same for all of one browser's.

    Old ones have none. There another one may have replaced it, in the same moment.
    """

    sign_in: int
    person: int
    device_hash: str
    opened_at: datetime
    ended_at: datetime | None
    browser_hash: str | None = None


def parallel_devices(turns: Iterable[Turn], heard: Iterable[Heard]) -> Finding | None:
    """Find two browsers that take the lease from each other, again and again, both earning.

    A tablet used after a phone changes hands once, a lost line makes the same browser come back.
    """
    earning = {each.lease_id for each in heard if each.earned_ms > 0}
    changes: dict[frozenset[int], list[int]] = defaultdict(list)
    for turn, following in pairwise(sorted(turns, key=lambda each: each.started_at_ms)):
        is_change = turn.is_superseded and turn.browser != following.browser
        if is_change and turn.lease_id in earning:
            changes[frozenset((turn.browser, following.browser))].append(following.started_at_ms)
    for moments in changes.values():
        for first, last in zip(moments, moments[HANDOVERS - 1 :], strict=False):
            if last - first <= HANDOVER_WINDOW_MS:
                evidence = {"handovers": len(moments), "from_ms": first, "to_ms": last}
                return Finding(FlagKind.PARALLEL_DEVICES, evidence)
    return None


def steady_cadence(heard: Iterable[Heard]) -> Finding | None:
    """Find reports that come like clockwork, far more evenly than the player sends them.

    Half of the pauses lie within so little of the middle one. Reports of a hidden page do not
    count, for browsers send those by the minute; nor do reports that waited and came in a burst.
    """
    runs: dict[str, list[int]] = defaultdict(list)
    for each in sorted(heard, key=lambda one: one.at_ms):
        if each.earned_ms > 0 and not each.is_hidden:
            runs[each.lease_id].append(each.at_ms)
    for moments in runs.values():
        pauses = [after - before for before, after in pairwise(moments)]
        if len(pauses) < CADENCE_REPORTS:
            continue
        middle = median_low(pauses)
        spread = median_low([abs(pause - middle) for pause in pauses])
        if middle >= _CADENCE_LEAST_MS and spread * 100 <= middle * CADENCE_SPREAD_PERCENT:
            evidence = {
                "reports": len(moments),
                "pause_ms": middle,
                "spread_ms": spread,
                "from_ms": moments[0],
                "to_ms": moments[-1],
            }
            return Finding(FlagKind.STEADY_CADENCE, evidence)
    return None


def night_ms(heard: Iterable[Heard], night: Night) -> int:
    """Return how much of a night was earned, milliseconds."""
    return sum(
        max(0, min(each.wall[1], night.ends_at) - max(each.wall[0], night.begins_at))
        for each in heard
        if each.wall is not None
    )


def long_nights(earned: Mapping[int, int]) -> Finding | None:
    """Find long nights running up to the last one; ``earned`` maps each night to its time."""
    if not earned:
        return None
    last = max(earned)
    running = []
    for day in range(last, last - len(earned), -1):
        if earned.get(day, 0) < NIGHT_MS:
            break
        running.append([day, earned[day]])
    if len(running) < NIGHTS:
        return None
    return Finding(FlagKind.LONG_NIGHTS, {"nights": running[::-1]})


def shared_devices(browsers: Iterable[Browser]) -> list[tuple[frozenset[int], Finding]]:
    """Find browsers in which many people signed in and earned time.

    ``browsers`` are the sign-ins that earned on the day. A browser's name alone tells nothing:
    a whole village has the same phone. What counts is the random number each browser keeps.
    """
    people: dict[int, set[int]] = defaultdict(set)
    for each, place in _places(browsers):
        people[place].add(each.person)
    return [
        (frozenset(sharing), Finding(FlagKind.SHARED_DEVICE, {"people": len(sharing)}))
        for sharing in people.values()
        if len(sharing) >= SHARING_PEOPLE
    ]


def _places(browsers: Iterable[Browser]) -> list[tuple[Browser, int]]:
    """Return each sign-in with the first one known in the same browser.

    Where one of two has no number yet, only this proves one browser: it took the place of the
    other there, in the same moment. Two numbers are two browsers, whatever the moment.
    """
    known = sorted(browsers, key=lambda one: (one.opened_at, one.sign_in))
    ended = {(each.device_hash, each.ended_at): each for each in known if each.ended_at}
    place = {each.sign_in: each.sign_in for each in known}
    numbered: dict[str, int] = {}
    for each in known:
        before = ended.get((each.device_hash, each.opened_at))
        if each.browser_hash in numbered:
            place[each.sign_in] = numbered[each.browser_hash]
        elif before is not None and None in (before.browser_hash, each.browser_hash):
            place[each.sign_in] = place[before.sign_in]
        if each.browser_hash is not None:
            numbered.setdefault(each.browser_hash, place[each.sign_in])
    return [(each, place[each.sign_in]) for each in known]


def findings_of(turns: Sequence[Turn], heard: Sequence[Heard]) -> list[Finding]:
    """Return what one person's day shows by itself."""
    found = (parallel_devices(turns, heard), steady_cadence(heard))
    return [each for each in found if each is not None]
