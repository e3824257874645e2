"""Captions belong to a version: who joined before keeps those the version came out with."""

import io
import re

import pytest

from lms.catalog.domain import RevisionState
from lms.db.session import Database
from tests.factories.catalog import lesson, make_course, video
from tests.factories.media import make_asset
from tests.functional.studio.conftest import COURSE, SLUG, OpenAs
from tests.support.site import Client

UPLOAD = f"{COURSE}/lessons/A01/videos/video/captions"
LESSON = f"/learn/{SLUG}/A01.video"


@pytest.fixture(autouse=True)
def _course(database: Database, institution_id: int) -> None:
    """A draft that lacks nothing but captions."""
    with database.transaction() as session:
        asset = make_asset(session)
        make_course(
            session,
            slug=SLUG,
            institution_id=institution_id,
            lessons=[lesson("A01", video(asset_id=asset.id, duration_ms=asset.duration_ms))],
            state=RevisionState.DRAFT,
        )


def send(instructor: Client, words: str, language: str = "zh") -> None:
    file = io.BytesIO(f"WEBVTT\n\n00:00.000 --> 00:01.000\n{words}\n".encode())
    answer = instructor.post(f"{UPLOAD}/{language}", data={"file": (file, "a.vtt")})
    assert answer.status_code == 302


def publish(instructor: Client) -> None:
    outline = instructor.get(COURSE).text
    edits = re.search(r'name="edits" value="(\d+)"', outline)
    assert edits is not None
    answer = instructor.post(f"{COURSE}/publish", data={"edits": edits[1]})
    assert answer.status_code == 302


def tracks(browser: Client, page: str) -> dict[str, str]:
    """Return what the captions of a page say, by language, as the page lists them."""
    listed = re.findall(r'<track[^>]*srclang="(\w+)" src="([^"]+)"', browser.get(page).text)
    return {language: browser.get(address).text.split("\n")[3] for language, address in listed}


def test_captions_of_a_draft_reach_nobody_who_joined_before(
    instructor: Client, open_as: OpenAs
) -> None:
    send(instructor, "first")
    publish(instructor)
    early = open_as(None)
    early.post(f"/courses/{SLUG}/enrollment")
    instructor.post(f"{COURSE}/draft")
    send(instructor, "second")
    send(instructor, "English", "en")
    assert tracks(early, LESSON) == {"zh": "first"}

    publish(instructor)
    late = open_as(None)
    late.post(f"/courses/{SLUG}/enrollment")
    assert tracks(early, LESSON) == {"zh": "first"}
    assert tracks(late, LESSON) == {"zh": "second", "en": "English"}
    assert list(tracks(late, LESSON)) == ["zh", "en"]


def test_a_draft_is_previewed_with_its_newest_captions(instructor: Client) -> None:
    preview = f"{COURSE}/lessons/A01/preview"
    send(instructor, "first")
    publish(instructor)
    instructor.post(f"{COURSE}/draft")
    send(instructor, "second")
    assert tracks(instructor, preview) == {"zh": "second"}


@pytest.mark.parametrize("number", ["999", "9" * 30, "-1", "x", "%00", "1.5", "٣"])
def test_a_number_of_other_captions_opens_nothing(
    instructor: Client, open_as: OpenAs, number: str
) -> None:
    send(instructor, "first")
    publish(instructor)
    learner = open_as(None)
    learner.post(f"/courses/{SLUG}/enrollment")
    address = re.findall(r'<track[^>]*src="([^"?]+)\?v=\d+"', learner.get(LESSON).text)[0]
    assert learner.get(f"{address}?v={number}").status_code == 404
    assert "first" in learner.get(address).text
