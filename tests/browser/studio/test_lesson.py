"""What was typed stays on the page while captions are sent beside it."""

import pytest
from playwright.sync_api import Page, expect

from lms.catalog.domain import RevisionState
from lms.core.access import Role
from tests.browser.conftest import enter
from tests.browser.studio.conftest import LESSON, choose
from tests.factories.accounts import make_staff
from tests.factories.catalog import lesson, make_course, video
from tests.factories.media import make_asset
from tests.factories.videos import video as make_clip
from tests.support.site import LiveSite

# The browser is what is tried; `make faults` tries it on PostgreSQL too.
pytestmark = pytest.mark.one_engine


def test_faults_of_captions_are_told_beside_them_and_words_stay(
    page: Page, live_site: LiveSite
) -> None:
    with live_site.database.transaction() as session:
        teacher = make_staff(session, Role.INSTRUCTOR)
        place = lesson("A01", video(asset_id=make_asset(session).id))
        course = make_course(session, lessons=[place], state=RevisionState.DRAFT).course
    enter(page, live_site, teacher)
    page.goto(f"/studio/courses/{course.slug}/lessons/A01")
    page.locator("#title_zh").fill("还没存的题目")
    chinese = page.locator("form[action$='captions/zh']")

    chinese.locator("input[type=file]").set_input_files(captions(end="00:00.500"))
    chinese.locator("button").click()
    expect(chinese.locator("[data-fault]")).to_contain_text("第 3 行")

    chinese.locator("input[type=file]").set_input_files(captions(end="00:02.000"))
    chinese.locator("button").click()
    expect(chinese.locator(".chip.ok")).to_contain_text("有了")
    expect(page.locator("#title_zh")).to_have_value("还没存的题目")


def captions(end: str) -> dict[str, object]:
    text = f"WEBVTT\n\n00:01.000 --> {end}\n大家好\n"
    return {"name": "zh.vtt", "mimeType": "text/vtt", "buffer": text.encode()}


def test_the_page_draws_itself_anew_at_both_steps_of_a_video(
    page: Page, live_site: LiveSite
) -> None:
    page.goto(LESSON)
    page.locator("#title_zh").fill("还没存的题目")
    choose(page, make_clip("flat.mp4"))
    expect(page.locator("[data-asset][data-state=queued]")).to_be_visible()

    jobs = live_site.run_jobs
    jobs.runner.run(jobs.queue.waiting.pop(0))
    expect(page.locator("[data-asset][data-state=ready] .chip", has_text="240p")).to_be_visible()
    expect(page.locator("[data-asset] progress")).to_have_attribute("value", "30")

    jobs()
    expect(page.locator(".ups .chip", has_text="480p")).to_be_visible()
    expect(page.locator("[data-asset]")).to_have_count(0)
    picture = page.locator(".ups img")
    picture.scroll_into_view_if_needed()
    expect(picture).to_have_js_property("naturalWidth", 1600)
    expect(picture).to_have_js_property("naturalHeight", 90)
    expect(page.locator("#title_zh")).to_have_value("还没存的题目")
