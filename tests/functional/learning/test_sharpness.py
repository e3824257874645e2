"""How sharp a video is shown: what is chosen unasked, what one may choose, and what that costs."""

from collections.abc import Callable
from dataclasses import replace
from enum import StrEnum
from typing import Any

import pytest

from lms.db.session import Database
from lms.media import queries
from lms.media.queries import Playable, RenditionFacts
from tests.factories.accounts import make_person, sign_in
from tests.factories.catalog import lesson, make_course, video
from tests.factories.enrollment import make_enrollment
from tests.factories.media import make_asset
from tests.support.site import Client

Change = Callable[[Playable], Playable]


class _Sharpest(StrEnum):
    LARGE = "720p"

    @property
    def is_picture(self) -> bool:
        return True

    @property
    def filename(self) -> str:
        return "720p.mp4"


Shown = Callable[..., str]


@pytest.fixture
def shown(client: Client, database: Database) -> Shown:
    """Call it for the page of a video of that length, as a learner of its course sees it."""

    def page(duration_ms: int = 200_000, language: str = "zh") -> str:
        with database.transaction() as session:
            asset = make_asset(session, duration_ms=duration_ms)
            step = video(asset_id=asset.id, duration_ms=duration_ms)
            course = make_course(session, lessons=[lesson("A01", step)])
            person = make_person(session)
            make_enrollment(session, person=person, course=course)
        sign_in(client, person)
        return client.get(f"/learn/{course.course.slug}/A01.video?lang={language}").text

    return page


@pytest.fixture
def video_is(monkeypatch: pytest.MonkeyPatch) -> Callable[[Change], None]:
    """Call it with what is otherwise about each video."""

    def changed(change: Change) -> None:
        known = queries.playable
        monkeypatch.setattr(queries, "playable", lambda *asked: change(known(*asked)))

    return changed


def streaming(found: Playable) -> Playable:
    return replace(found, has_stream=True)


def with_sharpest(found: Playable) -> Playable:
    sharpest: Any = _Sharpest.LARGE
    return replace(
        found, renditions=(RenditionFacts(sharpest, 1280, 720, 9_600_000, 1), *found.renditions)
    )


def dialog_of(page: str) -> str:
    return page.partition('<dialog id="quality"')[2].partition("</dialog>")[0]


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("zh", ("自动", "网好就清，网差不卡", "整段约 0.0 到 9.6 MB")),
        ("en", ("Auto", "As the line allows", "about 0.0 to 9.6 MB for the whole video")),
    ],
)
def test_what_adapts_is_the_first_choice_with_the_least_and_most_it_costs(
    shown: Shown, video_is, language: str, words: tuple[str, ...]
) -> None:
    video_is(lambda found: streaming(with_sharpest(found)))
    page = shown(language=language)
    choices = dialog_of(page).split('type="radio"')[1:]
    assert [each.split('value="')[1].split('"')[0] for each in choices] == [
        "auto",
        "720p",
        "480p",
        "240p",
    ]
    assert [" checked" in each.partition(">")[0] for each in choices] == [True, False, False, False]
    for word in words:
        assert word in choices[0]
    assert 'data-late="/static/js/progress/stream.js?v=' in page
    assert 'data-hls="/static/vendor/hls.light.min.js?v=' in page
    # Nothing of it comes with the page.
    assert "stream.js" not in page.partition("</head>")[0]


def test_the_sharpest_is_a_choice_and_never_taken_unasked(shown: Shown, video_is) -> None:
    video_is(with_sharpest)
    page = shown()
    sources = [part.partition(">")[0] for part in page.split("<source ")[1:]]
    assert ['data-label="480p"' in sources[0], 'data-label="240p"' in sources[1]] == [True, True]
    assert len(sources) == 2
    assert '720p.mp4" data-label="720p"' in page
    choices = dialog_of(page).split('type="radio"')[1:]
    assert [" checked" in each.partition(">")[0] for each in choices] == [False, True, False]
    assert "高" in choices[0]
    assert "整段约 9.6 MB" in choices[0]


def one_rung(found: Playable) -> Playable:
    return replace(streaming(found), renditions=found.renditions[-1:])


def test_a_video_with_nothing_to_change_between_adapts_to_nothing(shown: Shown, video_is) -> None:
    video_is(one_rung)
    assert "data-hls" not in shown()


@pytest.mark.parametrize(("duration_ms", "times"), [(180_000, 0), (180_001, 1)])
def test_only_a_video_longer_than_three_minutes_adapts(
    shown: Shown, video_is, duration_ms: int, times: int
) -> None:
    video_is(streaming)
    page = shown(duration_ms)
    assert (page.count("data-hls"), page.count('value="auto"')) == (times, times)


def test_a_video_from_a_course_folder_has_no_stream(shown: Shown) -> None:
    page = shown()
    for word in ("data-hls", 'data-late="/static/js/progress/stream', 'value="auto"'):
        assert word not in page
