"""An instructor adds a lesson in the browser; who joined before keeps the older version."""

import re

import pytest
from playwright.sync_api import BrowserContext, Page, expect
from sqlalchemy import select

from lms.accounts.models import Person
from lms.catalog.models import Revision
from lms.core.access import Role, Scope, ScopeKind
from lms.db.session import Database
from lms.enrollment.models import Enrollment
from tests.browser.conftest import enter
from tests.factories.accounts import make_person, make_staff
from tests.factories.catalog import MadeCourse, both, lesson, make_course, reading
from tests.factories.enrollment import make_enrollment
from tests.factories.videos import video as make_clip
from tests.support.browser import barriers
from tests.support.site import LiveSite

_CAPTIONS = b"1\n00:00:00,000 --> 00:00:02,000\n\xcf\xc8\xbf\xb4\xd2\xbb\xd1\xdb\xbe\xb5\xcd\xb7\n"


@pytest.fixture
def course(database: Database) -> MadeCourse:
    with database.transaction() as session:
        return make_course(
            session,
            title=both("播手工面", "Noodles live"),
            lessons=[lesson("A01", reading(), title=both("开播前", "Before you start"))],
        )


def test_add_a_lesson_with_video_and_captions_preview_and_publish(
    new_context: object, live_site: LiveSite, database: Database, course: MadeCourse
) -> None:
    with database.transaction() as session:
        teacher = make_staff(
            session, Role.INSTRUCTOR, Scope(ScopeKind.COURSE, str(course.course.id)), name="徐建平"
        )
        early = make_person(session, name="林秀芳")
        make_enrollment(session, person=early, course=course)
    desk: BrowserContext = new_context(viewport={"width": 1280, "height": 800})
    page = desk.new_page()
    enter(page, live_site, teacher)
    page.goto("/studio")
    page.get_by_role("link", name="播手工面").first.click()
    page.get_by_role("button", name="改一版").click()
    page.get_by_text("加课", exact=True).click()
    page.locator("[name=title_zh]").first.fill("三分钟讲好一碗面")
    page.get_by_role("button", name="加上这一课").click()
    page.get_by_role("link", name="三分钟讲好一碗面").first.click()
    assert barriers(page) == []

    add_video(page, live_site)
    page.goto(f"/studio/courses/{course.course.slug}")
    page.get_by_role("button", name="发布", exact=True).click()
    expect(page.locator("[role=status]").first).to_contain_text("发布好了")
    with database.snapshot() as session:
        states = dict(session.execute(select(Revision.number, Revision.state)).all())
        assert session.scalar(select(Enrollment.revision_id)) == course.revision.id
    assert states == {1: "retired", 2: "published"}

    see_as_learners(new_context(), live_site, course, early)


def see_as_learners(
    phone: BrowserContext, live_site: LiveSite, course: MadeCourse, early: Person
) -> None:
    """Who joined before sees the older version, who joins now the new one with its video."""
    villager = phone.new_page()
    enter(villager, live_site, early)
    villager.goto(f"/courses/{course.course.slug}")
    expect(villager.locator("main")).not_to_contain_text("三分钟讲好一碗面")
    with live_site.database.transaction() as session:
        late = make_person(session, name="王小二")
    enter(villager, live_site, late)
    villager.goto(f"/courses/{course.course.slug}")
    expect(villager.locator("main")).to_contain_text("三分钟讲好一碗面")
    villager.get_by_role("button", name="免费报名").click()
    villager.get_by_text("全部课").click()
    villager.get_by_role("link", name="三分钟讲好一碗面").click()
    expect(villager.locator("video source")).to_have_count(2)


def add_video(page: Page, site: LiveSite) -> None:
    """Send a text that calls itself a video, then a real one, and captions in GB18030."""
    lesson_page = page.url
    if page.locator("input[type=file]").count() == 0:
        page.get_by_role("button", name=re.compile("视频")).first.click()
    page.locator("input[type=file]").first.set_input_files(
        {"name": "lesson.mp4", "mimeType": "video/mp4", "buffer": b"ffconcat version 1.0\n"}
    )
    expect(page.locator(".err:visible").first).to_contain_text(re.compile("视频|MP4"))
    page.goto(lesson_page)
    page.locator("input[type=file]").first.set_input_files(make_clip("flat.mp4"))
    expect(page.locator("[data-asset]").first).to_be_visible()
    site.run_jobs()
    page.goto(lesson_page)
    expect(page.locator(".chip.ok", has_text="可以用了").first).to_be_visible()
    page.locator("input[accept='.vtt,.srt']").first.set_input_files(
        {"name": "zh.srt", "mimeType": "text/plain", "buffer": _CAPTIONS}
    )
    page.get_by_role("button", name="上传字幕").first.click()
    expect(page.locator("[role=status]").first).to_contain_text("字幕存好了")
