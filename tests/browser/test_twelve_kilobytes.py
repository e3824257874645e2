"""On a line of twelve kilobytes a second a lesson is watched from the first tap without a stop."""

from collections.abc import Callable
from pathlib import Path
from time import monotonic

import pytest
from playwright.sync_api import Page

from lms.db.session import Database
from lms.media.domain.names import Label, Language
from lms.media.gateway.encode import LAYOUT
from lms.media.gateway.storage import storage_of
from lms.media.service import FolderVideo, adopt_renditions, stage_renditions
from tests.browser.conftest import enter
from tests.factories.accounts import make_person
from tests.factories.catalog import lesson, make_course, video
from tests.factories.enrollment import make_enrollment
from tests.factories.videos import run_ffmpeg
from tests.support.site import LiveSite
from tests.support.slow import BYTES_A_SECOND, Slow
from tests.support.streaming import plays
from tests.support.witness import WITNESS, Watching, agree, size

_LESSON = Path(__file__).resolve().parents[2] / "course_content/live-streaming-stars/lessons/A01"
_FIRST_PICTURE_SECONDS = 9
_WATCHED_SECONDS = 20
_TWO_HOURS = 7_200


@pytest.fixture
def opened(page: Page, live_site: LiveSite, database: Database) -> Callable[[FolderVideo], Slow]:
    """Call it to open a lesson with these files over the slow line."""

    def opened(files: FolderVideo) -> Slow:
        storage = storage_of(live_site.app.extensions["lms_settings"])
        staged = stage_renditions(storage, files)
        with database.transaction() as session:
            asset = adopt_renditions(session, staged=staged)
            step = video(asset_id=asset.id, duration_ms=asset.duration_ms)
            course = make_course(session, lessons=[lesson("A01", step)])
            person = make_person(session)
            make_enrollment(session, person=person, course=course)
        enter(page, live_site, person)
        page.add_init_script(WITNESS)
        made = Slow(page)
        page.goto(f"/learn/{course.course.slug}/A01.video")
        return made

    return opened


def shipped() -> FolderVideo:
    """Return the first lesson of the course that comes with the site."""
    media = _LESSON / "media"
    files = {Label.SOUND: "audio.m4a", Label.SMALL: "240p.mp4", Label.MEDIUM: "480p.mp4"}
    return FolderVideo(
        {label: media / name for label, name in files.items()},
        media / "poster.webp",
        {Language.ZH: media / "zh.vtt"},
    )


@pytest.mark.parametrize("engine", ["sqlite"])
def test_the_light_picture_plays_without_a_stop_and_counts_as_played(
    opened: Callable[[FolderVideo], Slow], database: Database
) -> None:
    slow = opened(shipped())
    page, watching = slow.page, Watching(slow.page, monotonic())
    assert plays(page) == "240p.mp4"
    # Nothing of a video comes before it is asked for.
    assert slow.video_bytes == 0
    page.locator("[data-play]").click()
    slow.wait("v.currentTime > 0")
    # What the time of a measurement hangs on are the bytes; the rest is the machine's.
    assert slow.video_bytes <= _FIRST_PICTURE_SECONDS * BYTES_A_SECOND
    slow.wait(f"v.currentTime > {_WATCHED_SECONDS}")
    assert slow.stops() == []
    watching.do("pause()")
    claimed, credited = agree(watching, database, cuts=0)
    assert len(claimed) == 1
    assert claimed[0][1] >= _WATCHED_SECONDS * 1000
    assert credited == size(claimed)


@pytest.mark.parametrize("engine", ["sqlite"])
def test_two_hours_begin_as_soon_as_three_minutes_and_any_place_is_near(
    opened: Callable[[FolderVideo], Slow], tmp_path: Path
) -> None:
    files = {}
    for label in (Label.SMALL, Label.MEDIUM):
        files[label] = tmp_path / label.filename
        source = _LESSON / "media" / label.filename
        looped = ("-stream_loop", "-1", "-i", str(source), "-t", str(_TWO_HOURS), "-c", "copy")
        run_ffmpeg(*looped, *LAYOUT[label], str(files[label]))
    slow = opened(FolderVideo(files))
    slow.page.locator("[data-play]").click()
    slow.wait("v.currentTime > 0")
    # Its table of parts takes what three seconds of the line bring.
    assert slow.video_bytes <= (_FIRST_PICTURE_SECONDS + 3) * BYTES_A_SECOND
    assert slow.page.evaluate("document.querySelector('video').duration") == pytest.approx(
        _TWO_HOURS, abs=1
    )
    before = slow.video_bytes
    slow.page.evaluate("document.querySelector('video').currentTime = 5400")
    slow.wait("!v.seeking && v.currentTime > 5401")
    assert slow.video_bytes - before <= 12 * BYTES_A_SECOND
