"""The text of a video: who may read it, what is found in it, and where its times lead."""

import html
import re
from dataclasses import dataclass

import pytest
from sqlalchemy import func, select

from lms.accounts.models import Person
from lms.db.session import Database
from lms.enrollment.models import Enrollment
from lms.media.domain.captions import Cue, render_vtt
from lms.media.models import Asset
from lms.progress.models import PlaybackLease
from tests.factories.accounts import make_person, sign_in
from tests.factories.catalog import both, lesson, make_course, reading, video
from tests.factories.enrollment import make_enrollment
from tests.factories.media import make_asset, make_caption
from tests.support.site import Client
from tests.support.statements import assert_cheap

CHINESE = [
    Cue(500, 3_000, "先看一眼镜头，"),
    Cue(3_000, 5_000, "再开口。"),
    Cue(65_000, 70_000, "价格 <9 块 9>。"),
]
ENGLISH = [Cue(500, 5_000, "Look at the lens, then speak.")]


@dataclass
class Read:
    """A course whose first lesson has a text, pinned in both languages."""

    slug: str
    asset_id: str
    person: Person

    @property
    def page(self) -> str:
        return f"/learn/{self.slug}/A01.video/transcript"

    @property
    def course_page(self) -> str:
        return f"/courses/{self.slug}/transcripts"


def make_read(database: Database, cues: list[Cue], *, is_pinned: bool = True) -> Read:
    """Make a course with a text in both languages, and somebody who takes it."""
    with database.transaction() as session:
        asset = make_asset(session, duration_ms=120_000)
        numbers = {
            "en": make_caption(session, asset, language="en", text=render_vtt(ENGLISH)).id,
            "zh": make_caption(session, asset, text=render_vtt(cues)).id,
        }
        spoken = video(asset_id=asset.id, captions=numbers if is_pinned else None)
        course = make_course(
            session,
            lessons=[
                lesson("B02", spoken, reading(), title=both("开播")),
                lesson("A01", reading("first"), spoken),
                lesson("A03", video(asset_id=make_asset(session).id, captions={})),
            ],
        )
        person = make_person(session)
        make_enrollment(session, person=person, course=course)
        return Read(course.course.slug, asset.id, person)


def change_the_captions(database: Database, read: Read) -> None:
    with database.transaction() as session:
        asset = session.get(Asset, read.asset_id)
        assert asset is not None
        make_caption(session, asset, text=render_vtt([Cue(0, 1_000, "改过的话。")]))


@pytest.fixture
def read(database: Database) -> Read:
    return make_read(database, CHINESE)


@pytest.fixture
def reader(client: Client, read: Read) -> Client:
    sign_in(client, read.person)
    return client


def paragraphs(page: str) -> list[tuple[str, str]]:
    """Return each paragraph of the page as the address of its time and its words."""
    found = re.findall(r'<li><a class="n" href="([^"]+)">[\d:]+</a><p>(.*?)</p>', page)
    return [(html.unescape(address), words) for address, words in found]


def test_the_text_is_read_in_paragraphs_whose_times_lead_to_the_video(
    reader: Client, read: Read
) -> None:
    page = reader.get(read.page)
    assert page.status_code == 200
    assert paragraphs(page.text) == [
        (f"/learn/{read.slug}/A01.video?at=0", "先看一眼镜头，再开口。"),
        (f"/learn/{read.slug}/A01.video?at=65", "价格 &lt;9 块 9&gt;。"),
    ]
    assert reader.get(paragraphs(page.text)[1][0]).status_code == 200


def test_a_lesson_without_the_name_of_its_step_shows_its_video(reader: Client, read: Read) -> None:
    page = reader.get(f"/learn/{read.slug}/A01/transcript").text
    assert len(paragraphs(page)) == 2


def test_the_language_is_the_readers_own_and_can_be_changed(reader: Client, read: Read) -> None:
    assert "先看一眼镜头" in reader.get(read.page).text
    english = reader.get(f"{read.page}?in=en&q=lens").text
    assert [words for _, words in paragraphs(english)] == [
        "Look at the <mark>lens</mark>, then speak."
    ]
    # The words looked for go along to the other language.
    assert 'href="' + html.escape(f"{read.page}?q=lens&in=zh") + '"' in english
    assert '<ol class="said" lang="en">' in english
    assert "Look at the lens" in reader.get(f"{read.page}?lang=en").text


def test_words_are_found_marked_and_counted(reader: Client, read: Read) -> None:
    page = reader.get(f"{read.page}?q=镜头").text
    assert [words for _, words in paragraphs(page)] == ["先看一眼<mark>镜头</mark>，再开口。"]
    assert "“镜头”找到 1 处" in page
    # Of full width, made of what markup is made of, and across two captions.
    assert "价格 <mark>&lt;9</mark> 块" in reader.get(f"{read.page}?q=＜９").text
    assert "“&lt;9”找到 1 处" in reader.get(f"{read.page}?q=<9").text
    assert "<mark>头，再开</mark>" in reader.get(f"{read.page}?q=头，再开").text


def test_what_is_not_said_is_said_to_be_missing(reader: Client, read: Read) -> None:
    page = reader.get(f"{read.page}?q=<b>灯光").text
    assert "这里没有“&lt;b&gt;灯光”" in page
    assert paragraphs(page) == []
    assert "看全文" in page


@pytest.mark.parametrize("asked", ["q=", "q=%20%20", "in=fr", "in=", "page=x", "q=&page=9" * 3])
def test_odd_questions_show_the_whole_text(reader: Client, read: Read, asked: str) -> None:
    assert len(paragraphs(reader.get(f"{read.page}?{asked}").text)) == 2


def test_a_very_long_question_is_cut(reader: Client, read: Read) -> None:
    page = reader.get(f"{read.page}?q={'面' * 4_000}")
    assert page.status_code == 200
    assert "面" * 51 not in page.text


def test_a_video_without_captions_says_so_and_is_not_offered(reader: Client, read: Read) -> None:
    page = reader.get(f"/learn/{read.slug}/A03.video/transcript")
    assert (page.status_code, "还没有文字稿" in page.text) == (200, True)
    assert "transcript" not in reader.get(f"/learn/{read.slug}/A03.video").text


@pytest.mark.parametrize("item", ["A99", "A01.text", "A01.first", "B02.text", "A01.video.x", "%00"])
def test_what_is_no_video_has_no_text(reader: Client, read: Read, item: str) -> None:
    assert reader.get(f"/learn/{read.slug}/{item}/transcript").status_code == 404


def test_who_did_not_join_is_sent_to_the_course_as_the_lesson_does(
    client: Client, read: Read, database: Database
) -> None:
    with database.transaction() as session:
        stranger = make_person(session)
    sign_in(client, stranger)
    for page in (read.page, f"{read.page}?q=镜头", read.course_page, f"{read.course_page}?q=镜头"):
        answer = client.get(page)
        assert (answer.status_code, answer.location) == (302, f"/courses/{read.slug}")
        assert "镜头" not in answer.text
    assert client.get("/learn/no-such-course/A01/transcript").status_code == 302
    assert (
        client.get("/courses/no-such-course/transcripts", follow_redirects=True).status_code == 404
    )


def test_who_left_the_course_reads_no_more(reader: Client, read: Read, database: Database) -> None:
    with database.transaction() as session:
        session.scalars(select(Enrollment)).one().status = "withdrawn"
    assert reader.get(read.page).location == f"/courses/{read.slug}"


@pytest.mark.parametrize("page", ["page", "course_page"])
def test_the_text_needs_a_sign_in_and_stays_on_no_shared_phone(
    client: Client, read: Read, page: str
) -> None:
    address = getattr(read, page)
    assert client.get(address).location.startswith("/sign-in?next=")
    sign_in(client, read.person)
    assert client.get(address).headers["Cache-Control"] == "no-store"


def test_reading_earns_nothing(reader: Client, read: Read, database: Database) -> None:
    page = reader.get(read.page).text
    with database.snapshot() as session:
        assert session.scalar(select(func.count()).select_from(PlaybackLease)) == 0
    assert "data-meter" not in page
    assert "js/progress" not in page


def test_who_joined_a_version_reads_the_captions_it_came_out_with(
    reader: Client, read: Read, database: Database
) -> None:
    change_the_captions(database, read)
    assert "先看一眼镜头" in reader.get(read.page).text
    assert paragraphs(reader.get(f"{read.course_page}?q=改过").text) == []


def test_a_version_that_names_no_captions_shows_the_newest(
    client: Client, database: Database
) -> None:
    free = make_read(database, CHINESE, is_pinned=False)
    sign_in(client, free.person)
    change_the_captions(database, free)
    assert [words for _, words in paragraphs(client.get(free.page).text)] == ["改过的话。"]
    assert "Look at the lens" in client.get(f"{free.page}?in=en").text
    assert len(paragraphs(client.get(f"{free.course_page}?q=改过").text)) == 2
    assert_cheap(client, database, f"{free.course_page}?q=改过")


# ------------------------------------------------------------------- the whole course


def test_all_lessons_are_searched_in_the_order_of_the_course(reader: Client, read: Read) -> None:
    page = reader.get(f"{read.course_page}?q=镜头").text
    assert [address for address, _ in paragraphs(page)] == [
        f"/learn/{read.slug}/B02.video?at=0",
        f"/learn/{read.slug}/A01.video?at=0",
    ]
    assert "“镜头”找到 2 处" in page
    assert page.index("开播") < page.index("第 A01 课")


def test_the_course_leads_whoever_joined_it_to_the_search(
    reader: Client, read: Read, database: Database
) -> None:
    course = f"/courses/{read.slug}"
    assert f'href="{read.course_page}"' in reader.get(course).text
    with database.transaction() as session:
        stranger = make_person(session)
    sign_in(reader, stranger)
    assert read.course_page not in reader.get(course).text


def test_without_words_the_course_is_not_searched(reader: Client, read: Read) -> None:
    page = reader.get(read.course_page).text
    assert paragraphs(page) == []
    assert 'name="q"' in page


def test_words_said_in_no_lesson(reader: Client, read: Read) -> None:
    assert "每一课里都没有“灯光”" in reader.get(f"{read.course_page}?q=灯光").text


def test_many_places_come_twenty_a_page(client: Client, database: Database) -> None:
    cues = [Cue(n * 9_000, n * 9_000 + 1_000, f"第 {n} 碗面。") for n in range(11)]
    read, reader = make_read(database, cues), client
    sign_in(client, read.person)
    first = reader.get(f"{read.course_page}?q=碗面").text
    assert "找到 22 处" in first
    assert len(paragraphs(first)) == 20
    more = html.unescape(re.findall(r'href="([^"]+)">后面的', first)[0])
    last = reader.get(more).text
    assert [words for _, words in paragraphs(last)] == [
        "第 9 <mark>碗面</mark>。",
        "第 10 <mark>碗面</mark>。",
    ]
    assert "后面的" not in last
    assert len(paragraphs(reader.get(f"{read.course_page}?q=碗面&page=0").text)) == 20
    assert paragraphs(reader.get(f"{read.course_page}?q=碗面&page=9999").text) == []


@pytest.mark.parametrize("asked", ["", "?q=镜头", "?in=en"])
@pytest.mark.parametrize("page", ["page", "course_page"])
def test_the_pages_stay_within_their_statements(
    reader: Client, read: Read, database: Database, page: str, asked: str
) -> None:
    assert_cheap(reader, database, f"{getattr(read, page)}{asked}")
