"""From an instructor's line that breaks to a villager's phone at twelve kilobytes a second."""

from pathlib import Path
from time import monotonic

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

from lms.enrollment.models import Enrollment
from lms.media.models import Asset
from tests.browser.conftest import enter
from tests.browser.studio.conftest import COURSE, LESSON, Arrived, choose, row, unfinished
from tests.factories.accounts import make_person
from tests.factories.videos import run_ffmpeg
from tests.support.browser import watched_context
from tests.support.line import Line
from tests.support.run import only_one
from tests.support.site import LiveSite
from tests.support.slow import BYTES_A_SECOND, Slow
from tests.support.witness import WITNESS, Watching, agree, size

_SECONDS = 60
_WATCHED_SECONDS = 25
_FIRST_PICTURE_SECONDS = 15


@pytest.fixture
def engine() -> str:
    """One engine is enough where the line and the phone are what is tried."""
    return "sqlite"


@pytest.fixture(scope="session")
def recording() -> Path:
    """A minute of 720p in which everything moves: nothing is harder to make light."""
    with only_one("recording") as folder:
        path = folder / "第一课.mp4"
        if not path.exists():
            picture = f"testsrc2=size=1280x720:rate=30:duration={_SECONDS}"
            tone = f"sine=frequency=330:beep_factor=3:duration={_SECONDS}"
            run_ffmpeg(
                *("-f", "lavfi", "-i", picture, "-f", "lavfi", "-i", tone),
                *("-c:v", "libx264", "-preset", "ultrafast", "-crf", "30", "-c:a", "aac"),
                *("-pix_fmt", "yuv420p", str(path)),
            )
        return path


def test_a_recording_sent_over_two_days_is_watched_in_the_evening(
    page: Page,
    line: Line,
    browser: Browser,
    live_site: LiveSite,
    recording: Path,
    arrived: Arrived,
) -> None:
    fresh = send_in_two_halves(page, line, live_site, recording)
    assert arrived.end == recording.stat().st_size
    # Only what makes it watchable: the rest is made while people watch.
    jobs = live_site.run_jobs
    jobs.runner.run(jobs.queue.waiting.pop(0))
    expect(fresh.locator(".chip.ok", has_text="可以用了")).to_be_visible()
    publish(fresh)
    with watched_context(browser, live_site.url) as phone:
        watch(phone.new_page(), live_site)


def send_in_two_halves(page: Page, line: Line, site: LiveSite, recording: Path) -> Page:
    """Lose the line half-way, close the browser, and go on with a new page."""
    page.goto(LESSON)
    line.break_after(recording.stat().st_size // 2)
    choose(page, recording)
    expect(row(page)).to_contain_text("网断了。")
    assert unfinished(site) == ["第一课.mp4"]
    page.close(run_before_unload=False)
    line.mend()
    fresh = page.context.new_page()
    fresh.goto(LESSON)
    expect(row(fresh)).to_contain_text("第一课.mp4：共")
    choose(fresh, recording)
    expect(fresh.locator("[data-asset]")).to_be_visible()
    assert unfinished(site) == []
    return fresh


def publish(page: Page) -> None:
    page.goto(COURSE)
    page.get_by_role("button", name="发布", exact=True).click()
    expect(page.locator("[role=status]").first).to_contain_text("发布好了")


def watch(page: Page, site: LiveSite) -> None:
    """Enroll and watch over the slow line: no stop after the first picture, counted as played."""
    with site.database.transaction() as session:
        person = make_person(session)
    enter(page, site, person)
    page.add_init_script(WITNESS)
    page.goto("/courses/noodle-class")
    page.get_by_role("button", name="免费报名").click()
    with site.database.snapshot() as session:
        assert session.scalar(select(Enrollment.person_id)) == person.id
        assert session.scalar(select(Asset.state)) == "ready"
    slow, watching = Slow(page), Watching(page, monotonic())
    page.goto("/learn/noodle-class/A01.video")
    page.locator("[data-play]").click()
    slow.wait("v.currentTime > 0")
    assert slow.video_bytes <= _FIRST_PICTURE_SECONDS * BYTES_A_SECOND
    slow.wait(f"v.currentTime > {_WATCHED_SECONDS}")
    assert slow.stops() == []
    watching.do("pause()")
    claimed, credited = agree(watching, site.database, cuts=0)
    assert claimed[0][1] >= _WATCHED_SECONDS * 1000
    assert credited == size(claimed)
