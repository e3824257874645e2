"""Two witnesses: what the browser played and what the ledger holds are the same milliseconds."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from time import monotonic
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from lms.db.session import Database
from lms.progress.models import MaterialProgress, WatchSlice
from tests.support.player import TRIES, nothing_waits, until

_VIDEO = "document.querySelector('video')"
_PATIENCE_MS = 30_000
# A seek is noticed after it; what the browser played since its last report of the time is not
# claimed, and the browser reports at least every 250 ms of wall time, at 2x half a second.
_UNNOTICED_MS = 600
# Listens before any script of the site. A media element's clock runs on between two listeners of
# one event, so within an event both witnesses read it stopped, as the standard has it.
_WITNESS = """(() => {
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
  for (const kind of ["playing", "timeupdate", "pause", "seeking", "seeked", "waiting", "ended",
                      "ratechange"]) {
    document.addEventListener(kind, event => {
      const v = event.target;
      if (v.tagName === "VIDEO") {
        window.witnessed.push({kind, at: v.currentTime, paused: v.paused, seeking: v.seeking});
      }
    }, true);
  }
})()"""
_PLAYED = f"""(() => {{
  const all = {_VIDEO}.played, out = [];
  for (let i = 0; i < all.length; i += 1) {{ out.push([all.start(i) * 1000, all.end(i) * 1000]); }}
  return out;
}})()"""

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


@pytest.fixture
def watching(lesson_page: Page) -> Watching:
    lesson_page.add_init_script(_WITNESS)
    begun = monotonic()
    lesson_page.reload()
    return Watching(lesson_page, begun)


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
            spans.append((round(start * 1000), round(last * 1000)))
            start = None
        if kind == "seeking":
            last = at
        if start is None and kind in ("seeked", "playing"):
            # Told a moment late: it went on where it had stopped, or where the seek led.
            start, last = (last if 0 <= at - last < 1 else at), at
            start = None if event["paused"] else start
    return union(spans)


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
    assert claimed == played_by(page.evaluate("witnessed"))
    played = union(page.evaluate(_PLAYED))
    # A third witness, the browser's own record, is not told in whole milliseconds.
    assert beyond(claimed, played) <= 2 * len(claimed)
    assert beyond(played, claimed) <= cuts * _UNNOTICED_MS + 2 * len(claimed)
    assert credited <= spent <= wall
    return claimed, credited


def test_at_both_speeds_with_seeks_the_ledger_holds_what_was_played(
    watching: Watching, database: Database
) -> None:
    page = watching.page
    page.locator("[data-play]").click()
    until(page, "v.currentTime > 0.7 && !v.paused")
    watching.do("pause()")
    watching.do("playbackRate = 2")
    watching.do("play()")
    until(page, "v.currentTime > 1.6")
    watching.do("currentTime = 0.3")
    until(page, "!v.seeking && v.currentTime > 0.8")
    watching.do("playbackRate = 1")
    watching.do("currentTime = 2.2")
    until(page, "v.ended")
    claimed, credited = agree(watching, database, cuts=2)
    assert 0 < credited <= size(claimed) < 3_000


def test_with_the_line_cut_and_back_the_ledger_holds_what_was_played(
    watching: Watching, database: Database
) -> None:
    page = watching.page
    page.locator("[data-play]").click()
    until(page, "!v.paused && v.buffered.length && v.buffered.end(0) > 2.9")
    page.context.set_offline(offline=True)
    until(page, "v.currentTime > 0.9")
    watching.do("playbackRate = 2")
    until(page, "v.currentTime > 1.7")
    watching.do("currentTime = 1.1")
    until(page, "!v.seeking && v.currentTime > 1.5")
    watching.do("pause()")
    expect(page.locator("[data-state]")).to_contain_text("网络断了", timeout=_PATIENCE_MS)
    with database.snapshot() as session:
        assert session.scalars(select(WatchSlice)).all() == []
    page.context.set_offline(offline=False)
    nothing_waits(page)
    watching.do("playbackRate = 1")
    watching.do("play()")
    until(page, "v.ended")
    claimed, credited = agree(watching, database, cuts=1)
    assert len(claimed) == 1
    assert claimed[0][0] == 0
    assert 0 < credited <= size(claimed) <= 3_000


def test_where_no_answer_comes_back_nothing_is_lost_or_counted_twice(
    watching: Watching, database: Database
) -> None:
    page = watching.page
    heard: list[int] = []

    def swallow(route: Any) -> None:
        """Let the site hear each report and the phone hear no answer, twice."""
        route.fetch()
        heard.append(route.request.post_data_json["seq"])
        route.abort()
        if len(heard) == 2:
            page.context.unroute("**/beats")

    page.context.route("**/beats", swallow)
    page.locator("[data-play]").click()
    until(page, "v.currentTime > 1 && !v.paused")
    watching.do("pause()")
    for _ in range(TRIES):
        if len(heard) == 2:
            break
        page.wait_for_timeout(50)
    watching.do("play()")
    until(page, "v.ended")
    claimed, credited = agree(watching, database, cuts=0)
    assert heard[0] == heard[1]
    assert credited == size(claimed)
