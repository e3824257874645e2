"""Two witnesses of what was played: the browser and the ledger, to the same millisecond."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from math import floor
from time import monotonic
from typing import Any

from playwright.sync_api import Page
from sqlalchemy import select

from lms.db.session import Database
from lms.progress.models import MaterialProgress, WatchSlice
from tests.support.player import nothing_waits

_VIDEO = "document.querySelector('video')"
# A seek is noticed after it; what the browser played since its last report of the time is not
# claimed, and the browser reports at least every 250 ms of wall time, at 2x half a second.
_UNNOTICED_MS = 600
# Listens before any script of the site. A media element's clock runs on between two listeners of
# one event, so within an event both witnesses read it stopped, as the standard has it.
WITNESS = """(() => {
  const own = Object.getOwnPropertyDescriptor(HTMLMediaElement.prototype, "currentTime");
  let during = null, at = 0;
  Object.defineProperty(HTMLMediaElement.prototype, "currentTime", {
    get() {
      if (!window.event) { return own.get.call(this); }
      if (during !== window.event) { during = window.event; at = own.get.call(this); }
      return at;
    },
    set(value) { during = null; own.set.call(this, value); }});
  window.witnessed = [];
  window.played = [];
  window.record = v => {
    for (let i = 0; i < v.played.length; i += 1) {
      played.push([v.played.start(i) * 1000, v.played.end(i) * 1000]);
    }
    return played;
  };
  for (const kind of ["playing", "timeupdate", "pause", "seeking", "seeked", "waiting", "ended",
                      "ratechange"]) {
    document.addEventListener(kind, event => {
      const v = event.target;
      if (v.tagName === "VIDEO") {
        window.witnessed.push({kind, at: v.currentTime, paused: v.paused, seeking: v.seeking,
                               wall: performance.now(), rate: v.playbackRate});
        record(v);
      }
    }, true);
  }
})()"""
# Another file or a stream begins a record of its own.
_PLAYED = f"record({_VIDEO})"

Span = tuple[float, float]


@dataclass
class Watching:
    """A lesson under two witnesses, and the wall time since it was opened."""

    page: Page
    begun: float

    def do(self, words: str) -> None:
        """Let the video do something, as the browser's own controls would."""
        self.page.evaluate(f"{_VIDEO}.{words}")

    def wall_ms(self) -> float:
        """Return how long it is open, on a clock that is not the browser's."""
        return (monotonic() - self.begun) * 1000


def union(spans: Iterable[Iterable[float]]) -> list[Span]:
    """Return the spans laid over each other, in order."""
    out: list[Span] = []
    for begin, end in sorted(tuple(each) for each in spans):
        if end <= begin:
            continue
        if out and begin <= out[-1][1]:
            out[-1] = (out[-1][0], max(out[-1][1], end))
        else:
            out.append((begin, end))
    return out


def size(spans: Iterable[Span]) -> float:
    return sum(end - begin for begin, end in spans)


def beyond(spans: Iterable[Span], inside: Iterable[Span]) -> float:
    """Return how much of the first lies outside the second."""
    return size(union([*spans, *inside])) - size(union(inside))


def played_by(events: list[dict[str, Any]]) -> list[Span]:
    """Return what the events say was played: whole milliseconds between a start and a stop."""
    spans: list[Span] = []
    start: float | None = None
    last = 0.0
    for event in events:
        kind, at = event["kind"], event["at"]
        told = ("timeupdate", "ratechange", "pause", "ended")
        if start is not None and kind in told and not event["seeking"]:
            last = at
        if start is not None and kind in ("pause", "seeking", "waiting", "ended"):
            spans.append((_ms(start), _ms(last)))
            start = None
        if kind == "seeking":
            last = at
        if start is None and kind in ("seeked", "playing"):
            # Told a moment late: it went on where it had stopped, or where the seek led.
            start, last = (last if 0 <= at - last < 1 else at), at
            start = None if event["paused"] else start
    return union(spans)


def unnoticed_ms(events: list[dict[str, Any]]) -> float:
    """Return the most that can have been played between a last report of the time and a seek.

    On a busy machine reports come late.
    """
    total, told = 0.0, None
    for event in events:
        if event["kind"] == "seeking" and told is not None:
            total += (event["wall"] - told) * event["rate"]
        if event["kind"] in ("seeking", "pause", "waiting", "ended"):
            told = None
        elif event["kind"] in ("playing", "timeupdate", "ratechange") and not event["seeking"]:
            told = None if event["paused"] else event["wall"]
    return total


def jumped(events: list[dict[str, Any]]) -> list[Span]:
    """Return what was leapt over: too much for the wall time since the last report of a place.

    On a busy machine the browser may put the leap itself into its own record.
    """
    spans: list[Span] = []
    at, told = 0.0, 0.0
    for event in events:
        if event["kind"] == "seeking":
            earliest = at * 1000 + (event["wall"] - told) * event["rate"]
            if earliest < event["at"] * 1000:
                spans.append((earliest, event["at"] * 1000))
        at, told = event["at"], event["wall"]
    return spans


def _ms(seconds: float) -> int:
    """Round as the page's scripts do: half a millisecond is a whole one, also after an even one."""
    return floor(seconds * 1000 + 0.5)


def ledger(database: Database) -> tuple[list[Span], int, int]:
    """Return what was claimed, laid over each other, the credit and the wall time it spends."""
    with database.snapshot() as session:
        slices = session.scalars(select(WatchSlice)).all()
        credited = session.scalars(select(MaterialProgress)).one().credited_ms
    spent = sorted((each.wall_from_ms, each.wall_to_ms) for each in slices if each.credited_ms)
    assert all(before[1] <= after[0] for before, after in pairwise(spent))
    return (
        union(pair for each in slices for pair in each.claimed),
        credited,
        sum(end - begin for begin, end in spent),
    )


def agree(watching: Watching, database: Database, cuts: int) -> tuple[list[Span], int]:
    """Compare the witnesses once all is handed in; return what was claimed and what it earned."""
    page = watching.page
    nothing_waits(page)
    claimed, credited, spent = ledger(database)
    wall = watching.wall_ms()
    events = page.evaluate("witnessed")
    told = played_by(events)
    assert claimed == told, f"the site counted {claimed}, the browser told {told}"
    played = union(page.evaluate(_PLAYED))
    # A third witness, the browser's own record, is not told in whole milliseconds.
    assert beyond(claimed, played) <= 2 * len(claimed), f"{claimed} beside {played}"
    most = max(cuts * _UNNOTICED_MS, unnoticed_ms(events) if cuts else 0)
    known = [*claimed, *jumped(events)]
    assert beyond(played, known) <= most + 2 * len(claimed), f"{played} beside {claimed}"
    assert credited <= spent <= wall
    return claimed, credited
