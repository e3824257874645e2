"""What was typed stays on the page while captions are sent beside it."""

from playwright.sync_api import Page, expect

from lms.catalog.domain import RevisionState
from lms.core.access import Role
from tests.browser.conftest import enter
from tests.factories.accounts import make_staff
from tests.factories.catalog import lesson, make_course, video
from tests.factories.media import make_asset
from tests.support.site import LiveSite


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
