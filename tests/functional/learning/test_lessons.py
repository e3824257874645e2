"""The lesson page: every kind of item, the final test's lock, and what it costs."""

import gzip

import pytest
from sqlalchemy import select

from lms.db.session import Database
from lms.media.models import Asset
from tests.factories.accounts import sign_in
from tests.factories.enrollment import make_enrollment
from tests.factories.media import make_sound
from tests.functional.learning.conftest import School
from tests.support.site import Client
from tests.support.statements import assert_cheap

_BUDGET_BYTES = 40_000


def test_the_video_page_plays_without_javascript(learner: Client, school: School) -> None:
    page = learner.get(f"/learn/{school.slug}/A01.video").text
    assert "<video" in page
    assert "controls" in page
    assert page.count("<source") == 2
    assert 'srclang="zh"' in page


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("zh", ("只听声音", "整段约 0.7 MB", "正在只听声音，画面不动。")),
        ("en", ("Sound only", "about 0.7 MB for the whole video", "the picture stands still")),
    ],
)
def test_the_sound_alone_is_a_choice_with_its_megabytes(
    learner: Client, school: School, database: Database, language: str, words: tuple[str, str, str]
) -> None:
    name, size, note = words
    with database.transaction() as session:
        make_sound(session, session.scalars(select(Asset)).one())
    page = learner.get(f"/learn/{school.slug}/A01.video?lang={language}").text
    dialog = page.partition('<dialog id="quality"')[2].partition("</dialog>")[0]
    assert dialog.count('type="radio"') == 3
    choice = dialog.partition('value="audio"')[2]
    assert name in choice
    assert size in choice
    assert note in page
    # Never a source: a browser that cannot fetch the picture takes the next one unasked.
    assert page.count("<source") == 2
    assert 'audio.m4a" data-label="audio"' in page


def test_a_video_without_sound_alone_offers_none(learner: Client, school: School) -> None:
    page = learner.get(f"/learn/{school.slug}/A01.video").text
    assert page.count('name="quality"') == 2
    for word in ("只听声音", "audio", "data-ear", "data-slow"):
        assert word not in page


@pytest.mark.parametrize("address", ["A01", "A01.video"])
def test_the_video_page_leads_quietly_to_its_text(
    learner: Client, school: School, address: str
) -> None:
    page = learner.get(f"/learn/{school.slug}/{address}").text
    # Beside the page, whichever of its two addresses was taken.
    assert 'href="A01.video/transcript">视频文字稿</a>' in page
    assert learner.get(f"/learn/{school.slug}/A01.video/transcript").status_code == 200
    assert "transcript" not in learner.get(f"/learn/{school.slug}/A01.text").text


@pytest.mark.parametrize("item", ["video", "text", "practice", "quiz"])
def test_every_item_has_its_page(learner: Client, school: School, item: str) -> None:
    answer = learner.get(f"/learn/{school.slug}/A01.{item}")
    assert answer.status_code == 200
    assert 'aria-current="true"' in answer.text


def test_a_lesson_opens_at_its_first_open_step(
    client: Client, school: School, database: Database
) -> None:
    with database.transaction() as session:
        make_enrollment(
            session, person=school.person, course=school.course, done=["A01/video", "A01/text"]
        )
    sign_in(client, school.person)
    page = client.get(f"/learn/{school.slug}/A01").text
    assert "[lens]" not in page
    assert "Clean the lens" in client.get(f"/learn/{school.slug}/A01?lang=en").text


def test_the_final_test_is_locked_until_the_lessons_are_done(
    learner: Client, school: School
) -> None:
    page = learner.get(f"/learn/{school.slug}/FINAL?lang=en").text
    assert "not open yet" in page
    item = school.course.items["FINAL/final"].id
    refused = learner.post(f"/api/v1/items/{item}/attempts")
    assert refused.status_code == 403
    lease = learner.post(f"/api/v1/items/{item}/lease")
    assert (lease.status_code, lease.json["code"]) == (403, "item_locked")


def test_who_did_not_join_is_sent_to_the_course_page(client: Client, school: School) -> None:
    sign_in(client, school.stranger)
    answer = client.get(f"/learn/{school.slug}/A01.video")
    assert answer.location == f"/courses/{school.slug}"


@pytest.mark.parametrize("item", ["A99", "A01.nothing", "A01.video.more", "%00"])
def test_an_unknown_step_is_not_found(learner: Client, school: School, item: str) -> None:
    assert learner.get(f"/learn/{school.slug}/{item}").status_code == 404


@pytest.mark.parametrize("item", ["", ".video", ".text", ".practice", ".quiz"])
def test_a_lesson_page_stays_within_its_statements(
    client: Client, school: School, database: Database, item: str
) -> None:
    with database.transaction() as session:
        make_enrollment(
            session,
            person=school.person,
            course=school.course,
            done=["A01/text"],
            credited={"A01/video": 60_000},
        )
    sign_in(client, school.person)
    assert_cheap(client, database, f"/learn/{school.slug}/A01{item}")


def test_the_lesson_page_stays_within_its_bytes(learner: Client, school: School) -> None:
    page = learner.get(f"/learn/{school.slug}/A01.video").text
    weight = len(gzip.compress(page.encode()))
    for part in page.split('"'):
        if part.startswith("/static/"):
            with learner.get(part) as answer:
                weight += len(gzip.compress(answer.data))
    assert weight <= _BUDGET_BYTES


def test_what_follows_in_the_lesson_is_offered_while_this_step_is_open(
    learner: Client, school: School
) -> None:
    page = learner.get(f"/learn/{school.slug}/A01.video?lang=en").text
    action = page[page.index('class="act"') :]
    assert f'href="/learn/{school.slug}/A01.text"' in action[:200]
    assert "Next: " in action[:300]


def test_a_quiz_to_be_passed_has_no_second_button(learner: Client, school: School) -> None:
    assert 'class="act"' not in learner.get(f"/learn/{school.slug}/A01.quiz").text
