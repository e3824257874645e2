"""A lesson that waits for its video, a large file, and a line that breaks."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect
from sqlalchemy import select

from lms.accounts.models import Person
from lms.catalog.domain import RevisionState
from lms.catalog.models import Item
from lms.core.access import Role
from lms.media.gateway import incoming
from lms.media.models import Asset, Upload
from tests.browser.conftest import enter
from tests.factories.accounts import make_staff
from tests.factories.catalog import both, lesson, make_course, video
from tests.factories.videos import video as make_clip
from tests.support.browser import watched_context
from tests.support.line import Line, line_to
from tests.support.player import TRIES
from tests.support.site import LiveSite

LESSON = "/studio/courses/noodle-class/lessons/A01"
COURSE = "/studio/courses/noodle-class"
SIZE = 6_000_000
SOME = 2_500_000


@pytest.fixture
def teacher(live_site: LiveSite) -> Person:
    """The instructor of a draft with one lesson, which has a place for a video."""
    with live_site.database.transaction() as session:
        person = make_staff(session, Role.INSTRUCTOR)
        make_course(
            session,
            slug="noodle-class",
            lessons=[lesson("A01", video(asset_id=None), title=both("开播前", "Before"))],
            state=RevisionState.DRAFT,
        )
    return person


@pytest.fixture
def line(live_site: LiveSite) -> Iterator[Line]:
    """The line between the browser and the site."""
    with line_to(live_site.url) as opened:
        yield opened


@pytest.fixture
def page(browser: Browser, line: Line, live_site: LiveSite, teacher: Person) -> Iterator[Page]:
    """The instructor's window at the other end of the line."""
    with watched_context(browser, line.url) as window:
        opened = window.new_page()
        enter(opened, live_site, teacher)
        yield opened


def padded(path: Path, size: int = SIZE) -> Path:
    """Write a video of that many bytes: a real one with a box behind it that players skip."""
    clip = make_clip("flat.mp4").read_bytes()
    rest = size - len(clip)
    blocks = b"".join(number.to_bytes(8, "big") for number in range(rest // 8 + 1))
    path.write_bytes(clip + (rest.to_bytes(4, "big") + b"free" + blocks)[:rest])
    return path


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    """A video of some megabytes."""
    return padded(tmp_path / "第一课.mp4")


@dataclass(slots=True)
class Arrived:
    """Which bytes the site wrote down, in the order they came."""

    spans: list[tuple[int, int]] = field(default_factory=list)

    @property
    def end(self) -> int:
        """Return how many bytes are there, having come one after the other and none twice."""
        end = 0
        for start, stop in self.spans:
            assert start == end, f"bytes {start} to {stop} came after byte {end}"
            end = stop
        return end


@pytest.fixture
def arrived(monkeypatch: pytest.MonkeyPatch) -> Arrived:
    """What reached the unfinished files."""
    seen = Arrived()
    grow = incoming._grow  # noqa: SLF001 (the one place where bytes are written)

    def spy(file: object, at: int, block: bytes) -> None:
        grow(file, at, block)  # type: ignore[arg-type]
        seen.spans.append((at, at + len(block)))

    monkeypatch.setattr(incoming, "_grow", spy)
    return seen


def choose(page: Page, path: Path) -> None:
    """Choose the file for the lesson's video."""
    page.locator("[data-zone] input[type=file]").set_input_files(path)


def row(page: Page) -> Locator:
    """Return the row of the upload."""
    return page.locator("[data-rows] > li")


def videos(site: LiveSite) -> list[str]:
    """Return the names of the videos of the lesson."""
    with site.database.snapshot() as session:
        wanted = select(Asset.filename).join(Item, Item.asset_id == Asset.id)
        return list(session.scalars(wanted))


def unfinished(site: LiveSite) -> list[str]:
    """Return the names of the files that are on their way."""
    with site.database.snapshot() as session:
        wanted = select(Asset.filename).join(Upload, Upload.asset_id == Asset.id)
        return list(session.scalars(wanted.where(Upload.finished_at.is_(None))))


def stop_on_the_way(page: Page, line: Line, path: Path) -> None:
    """Send a part of the file over a line that then falls silent."""
    line.hold_after(SOME)
    choose(page, path)
    for _ in range(TRIES):
        if line.is_at_end:
            return
        page.wait_for_timeout(50)
    pytest.fail("the file never came so far")


def pause(page: Page) -> None:
    """Pause the upload; the page asks how much of the piece under way arrived."""
    page.get_by_role("button", name="停一下").click()
    expect(row(page)).to_contain_text(re.compile(r"停着。共 6.0 MB，2\.\d MB 已存好"))
