"""A site whose long lesson has a stream beside its files, and what a browser asked it for."""

import re
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, Route

from lms.media import queries
from lms.media.domain.names import Label, Language
from lms.media.gateway.storage import storage_of
from lms.media.service import FolderVideo, adopt_renditions, stage_renditions
from tests.factories.catalog import MadeCourse, lesson, make_course, video
from tests.factories.streams import stream
from tests.support.player import TRIES, until
from tests.support.site import LiveSite

VIDEO = "document.querySelector('video')"
_TYPES = {".m3u8": "application/vnd.apple.mpegurl", ".m4s": "video/mp4"}
_RANGE = re.compile(r"bytes=(\d+)-(\d*)")
_CAPTIONS = "WEBVTT\n\n00:00.000 --> 03:20.000\n先看一眼镜头\n"


def long_course(site: LiveSite, folder: Path, patch: pytest.MonkeyPatch) -> MadeCourse:
    """Return a course whose one video is longer than three minutes and has a stream."""
    captions = folder / "zh.vtt"
    captions.write_text(_CAPTIONS, encoding="utf-8")
    files = {Label.SMALL: stream() / "240p.mp4", Label.MEDIUM: stream() / "480p.mp4"}
    storage = storage_of(site.app.extensions["lms_settings"])
    staged = stage_renditions(storage, FolderVideo(files, captions={Language.ZH: captions}))
    known = queries.playable

    def streaming(*asked: Any) -> queries.Playable | None:
        found = known(*asked)
        return replace(found, has_stream=True) if found else None

    patch.setattr(queries, "playable", streaming)
    with site.database.transaction() as session:
        asset = adopt_renditions(session, staged=staged)
        made = video(asset_id=asset.id, duration_ms=asset.duration_ms)
        return make_course(session, lessons=[lesson("A01", made)])


@dataclass
class Line:
    """Hands the stream over and remembers, by name and in order, what was asked for."""

    context: BrowserContext
    asked: list[str] = field(default_factory=list)
    broken: dict[str, dict[str, Any]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.context.on("request", lambda request: self.asked.append(named(request.url)))
        self.context.route(re.compile(r"/media/[^/]+/[^/]+\.(m3u8|m4s)$"), self._answer)
        self.context.route("**/lease", _quickly)

    def breaks(self, name: str, **answer: Any) -> None:
        """Let this be answered so from now on, a 404 where nothing is said."""
        self.broken[name] = answer or {"status": 404}

    def stream(self) -> list[str]:
        """Return what was asked for of the stream and of the library."""
        return [each for each in self.asked if each.endswith((".m3u8", ".m4s", "light.min.js"))]

    def _answer(self, route: Route) -> None:
        name = named(route.request.url)
        if name in self.broken:
            route.fulfill(**self.broken[name])
            return
        content = (stream() / name).read_bytes()
        found = _RANGE.fullmatch(route.request.headers.get("range", ""))
        kind = _TYPES[Path(name).suffix]
        if found is None:
            route.fulfill(body=content, content_type=kind)
            return
        first, last = int(found[1]), int(found[2] or len(content) - 1)
        part = content[first : last + 1]
        said = {"Content-Range": f"bytes {first}-{first + len(part) - 1}/{len(content)}"}
        route.fulfill(status=206, body=part, headers=said | {"Content-Type": kind})


def named(address: str) -> str:
    """Return the last part of an address without its query."""
    return address.partition("?")[0].rpartition("/")[2]


def _quickly(route: Route) -> None:
    """Let the player report each second, so that a test need not wait for quarter minutes."""
    real = route.fetch()
    route.fulfill(response=real, json=real.json() | {"beat_seconds": 1})


def came(page: Page, line: Line, name: str, *, after: int = 0) -> None:
    """Wait until the browser asked for it."""
    for _ in range(TRIES):
        if name in line.asked[after:]:
            return
        page.wait_for_timeout(50)
    pytest.fail(f"{name} was never asked for: {line.asked}")


def plays_stream(page: Page) -> None:
    """Wait until the stream is in the file's place and has something to show."""
    until(page, "v.currentSrc.startsWith('blob:') && v.readyState > 2 && !v.seeking")


def is_ready(page: Page, line: Line) -> None:
    """Press play and wait until the stream could take over."""
    page.locator("[data-play]").click()
    until(page, "v.currentTime > 0.5 && !v.paused")
    came(page, line, "master.m3u8")
    # The answer is read, and nothing of it shows.
    page.wait_for_timeout(300)


def takes_over(page: Page, line: Line) -> float:
    """Let the stream take over at a pause; return the second the file stood at, as told then."""
    is_ready(page, line)
    page.evaluate(f"{VIDEO}.pause()")
    plays_stream(page)
    return float(page.evaluate("witnessed.filter(each => each.kind === 'pause').pop().at"))


def plays(page: Page) -> str:
    """Return the name of what plays, ``stream`` for the stream."""
    address = str(page.evaluate(f"{VIDEO}.currentSrc"))
    return "stream" if address.startswith("blob:") else named(address)
