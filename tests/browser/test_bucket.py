"""A lesson whose video lies in a bucket: played by a real browser under the site's own policy."""

from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, ConsoleMessage

from lms.accounts.models import Person
from lms.settings import BucketSettings, Settings
from tests.browser.conftest import enter
from tests.factories.catalog import MadeCourse
from tests.support import browser as chromium
from tests.support import site
from tests.support.player import until
from tests.support.site import LiveSite

_ONE_ENGINE = pytest.mark.parametrize("engine", ["sqlite"])


@pytest.fixture
def settings(tmp_path: Path, database_url: str, bucket: BucketSettings) -> Settings:
    return replace(site.settings_for_test(tmp_path, database_url), bucket=bucket)


@pytest.fixture
def context(browser, live_site: LiveSite, bucket: BucketSettings):
    with chromium.watched_context(browser, live_site.url, bucket.endpoint) as opened:
        yield opened


@_ONE_ENGINE
def test_the_video_plays_and_the_policy_lets_it(
    context: BrowserContext,
    live_site: LiveSite,
    learner: Person,
    course: MadeCourse,
    bucket: BucketSettings,
) -> None:
    page = context.new_page()
    refused: list[str] = []

    def hear(said: ConsoleMessage) -> None:
        if "Content Security Policy" in said.text:
            refused.append(said.text)

    page.on("console", hear)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    enter(page, live_site, learner)
    page.goto(f"/learn/{course.course.slug}/A01.video")
    page.locator("[data-play]").click()
    until(page, "v.currentTime > 0.7")
    assert any(url.startswith(f"{bucket.endpoint}/{bucket.name}/assets/") for url in asked)
    assert refused == []
