"""Journeys in a real browser."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page

from lms.accounts.models import Person
from lms.core.clock import utc_now
from lms.core.ids import new_token
from lms.db.session import Database
from lms.media.domain.names import Label, Language
from lms.media.gateway.storage import storage_of
from lms.media.service import FolderVideo, adopt_renditions, stage_renditions
from tests.factories.accounts import make_person, make_sign_in
from tests.factories.assessment import make_quiz
from tests.factories.catalog import MadeCourse, both, lesson, make_course, quiz, reading, video
from tests.factories.enrollment import make_enrollment
from tests.factories.videos import video as make_clip
from tests.support.site import LiveSite
from tests.support.streaming import Line, long_course
from tests.support.witness import WITNESS


def enter(page: Page, site: LiveSite, person: Person, *, confirmed: bool = False) -> None:
    """Let the window be the person's signed-in browser, without the sign-in pages."""
    token = new_token()
    moment = utc_now() if confirmed else None
    with site.database.transaction() as session:
        make_sign_in(session, person, token=token, confirmed_at=moment, second_factor_at=moment)
    serializer = site.app.session_interface.get_signing_serializer(site.app)
    value = serializer.dumps({"_user_id": token, "_fresh": True})
    page.context.clear_cookies()
    page.context.add_cookies([{"name": "session", "value": value, "url": site.url}])


@pytest.fixture
def course(live_site: LiveSite, database: Database, tmp_path: Path) -> MadeCourse:
    """A course of one three-second video, a text and a quiz, and a final test."""
    captions = tmp_path / "zh.vtt"
    captions.write_text("WEBVTT\n\n00:00.000 --> 00:05.000\n先看一眼镜头\n", encoding="utf-8")
    files = {
        Label.SOUND: make_clip("ear.m4a"),
        Label.SMALL: make_clip("small.mp4"),
        Label.MEDIUM: make_clip("flat.mp4"),
    }
    storage = storage_of(live_site.app.extensions["lms_settings"])
    staged = stage_renditions(storage, FolderVideo(files, captions={Language.ZH: captions}))
    with database.transaction() as session:
        asset = adopt_renditions(session, staged=staged)
        return make_course(
            session,
            title=both("直播之星", "Live Star"),
            lessons=[
                lesson(
                    "A01",
                    video(asset_id=asset.id, duration_ms=asset.duration_ms),
                    reading(is_required=False),
                    quiz(quiz_id=make_quiz(session, title=both("本课小测", "Lesson quiz")).id),
                    title=both("主播是做什么的", "What an anchor does"),
                ),
                lesson(
                    "FINAL",
                    quiz("final", quiz_id=make_quiz(session, title=both("结业测验", "Final")).id),
                    title=both("结业测验", "Final test"),
                ),
            ],
        )


@pytest.fixture
def learner(database: Database, course: MadeCourse) -> Person:
    """Someone who joined the course."""
    with database.transaction() as session:
        person = make_person(session)
        make_enrollment(session, person=person, course=course)
    return person


@pytest.fixture
def lesson_page(page: Page, live_site: LiveSite, learner: Person, course: MadeCourse) -> Page:
    """The lesson, opened by the learner, playing from the phone's own memory."""
    enter(page, live_site, learner)
    page.goto(f"/learn/{course.course.slug}/A01.video")
    return page


@pytest.fixture
def line(new_context: Callable[..., BrowserContext]) -> Line:
    """A phone with two dots to a pixel, as cheap ones have, and what it asks for."""
    return Line(new_context(device_scale_factor=2))


@pytest.fixture
def long_page(
    line: Line, live_site: LiveSite, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Page:
    """A lesson with a long video and a stream of it, opened by a learner under a witness."""
    course = long_course(live_site, tmp_path, monkeypatch)
    with live_site.database.transaction() as session:
        person = make_person(session)
        make_enrollment(session, person=person, course=course)
    page = line.context.new_page()
    enter(page, live_site, person)
    page.add_init_script(WITNESS)
    page.goto(f"/learn/{course.course.slug}/A01.video")
    return page
