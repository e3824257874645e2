"""Captions typed beside the video: saved, refused by line, saved by somebody else meanwhile."""

import html
import re

import pytest
from sqlalchemy import select
from werkzeug.test import encode_multipart

from lms.catalog.domain import RevisionState
from lms.catalog.models import Item, Revision
from lms.core.access import Role, Scope, ScopeKind
from lms.db.session import Database
from lms.media.domain.captions import MAX_CUES, Cue, render_vtt
from lms.media.models import Asset, Caption
from tests.factories.catalog import lesson, make_course, reading, video
from tests.factories.media import make_asset, make_caption
from tests.functional.studio.conftest import COURSE, SLUG, OpenAs
from tests.support.site import Client

VIDEOS = f"{COURSE}/lessons/A01/videos"
EDITOR = f"{VIDEOS}/video/captions/zh"
TYPED = "WEBVTT\n\n00:01.000 --> 00:02.000\n大家好 & <欢迎>\n"
KEPT = "WEBVTT\n\n00:00:01.000 --> 00:00:02.000\n大家好 &amp; &lt;欢迎&gt;\n"
BROKEN = "WEBVTT\n\n00:01.000 --> 00:02.000\n一\n\n00:05.000 --> 00:04.000\n二 <三> & 四\n"


def make(database: Database, institution_id: int, **asset: object) -> str:
    """Make a draft whose lesson has a video without captions; return the video's id."""
    with database.transaction() as session:
        made = make_asset(session, **asset)
        make_course(
            session,
            slug=SLUG,
            institution_id=institution_id,
            lessons=[lesson("A01", video(asset_id=made.id, duration_ms=60_000), reading())],
            state=RevisionState.DRAFT,
        )
        return made.id


@pytest.fixture
def asset_id(database: Database, institution_id: int) -> str:
    return make(database, institution_id)


def captions(database: Database, language: str = "zh") -> list[str]:
    """Return all captions there are, the oldest first."""
    own = select(Caption.text).where(Caption.language == language).order_by(Caption.id)
    with database.snapshot() as session:
        return list(session.scalars(own))


def save(browser: Client, text: str, number: object = 0, editor: str = EDITOR, **more: object):
    """Send the form as browsers do: lines end in two bytes, and it is of the kind for files."""
    fields = {"text": text.replace("\n", "\r\n"), "number": str(number)}
    boundary, body = encode_multipart(fields)
    kind = f'multipart/form-data; boundary="{boundary}"'
    return browser.post(f"{editor}/text", data=body, content_type=kind, **more)


def number_of(page: str) -> str:
    return re.findall(r'name="number" value="(\d+)"', page)[0]


def typed(page: str) -> str:
    """Return what stands in the text of the form."""
    return html.unescape(
        re.findall(r"<textarea id=\"text\"[^>]*>\n(.*?)</textarea>", page, re.DOTALL)[0]
    )


def test_what_is_typed_is_kept_as_new_captions(
    instructor: Client, database: Database, asset_id: str
) -> None:
    empty = instructor.get(EDITOR).text
    assert (typed(empty), number_of(empty)) == ("", "0")

    answer = save(instructor, TYPED, follow_redirects=True)

    assert "字幕存好了" in answer.text
    assert answer.request.path == EDITOR
    assert typed(answer.text) == KEPT
    assert captions(database) == [KEPT]
    save(instructor, KEPT.replace("大家好", "您好"), number_of(answer.text))
    assert [text.split()[4] for text in captions(database)] == ["大家好", "您好"]


def test_saving_what_is_there_already_adds_nothing(
    instructor: Client, database: Database, asset_id: str
) -> None:
    page = save(instructor, TYPED, follow_redirects=True).text
    assert save(instructor, typed(page), number_of(page)).status_code == 302
    assert captions(database) == [KEPT]


def test_a_file_sent_meanwhile_keeps_its_name_where_nothing_was_changed(
    instructor: Client, database: Database, asset_id: str
) -> None:
    with database.transaction() as session:
        asset = session.scalars(select(Item)).first().asset_id
        number = make_caption(session, session.get(Asset, asset), source_name="第一课.srt").id
    page = instructor.get(EDITOR).text
    assert number_of(page) == str(number)
    save(instructor, typed(page), number)
    with database.snapshot() as session:
        assert session.scalars(select(Caption.source_name)).all() == ["第一课.srt"]


def test_faults_are_told_by_line_and_every_sign_typed_stays(
    instructor: Client, database: Database, asset_id: str
) -> None:
    answer = save(instructor, BROKEN)
    assert answer.status_code == 422
    assert "还没有存" in answer.text
    assert '<li data-line="6"><b class="n">第 6 行</b>' in answer.text
    assert typed(answer.text).replace("\r\n", "\n") == BROKEN
    assert captions(database) == []


@pytest.mark.parametrize(
    ("text", "told"), [("", "00:00:01.000 --&gt; 00:00:04.000"), ("没有时间", "第 1 行")]
)
def test_a_text_without_captions_is_refused(
    instructor: Client, asset_id: str, text: str, told: str
) -> None:
    answer = save(instructor, text)
    assert answer.status_code == 422
    assert told in answer.text


@pytest.mark.parametrize("number", ["", "x", "-1", "1.5", "9" * 30, "٣"])
def test_a_malformed_number_saves_nothing_and_loses_nothing(
    instructor: Client, database: Database, asset_id: str, number: str
) -> None:
    answer = save(instructor, TYPED, number)
    assert answer.status_code == 422
    assert "大家好" in typed(answer.text)
    assert captions(database) == []


def test_what_somebody_else_saved_meanwhile_is_not_overwritten_unasked(
    instructor: Client, database: Database, asset_id: str
) -> None:
    mine = instructor.get(EDITOR).text
    save(instructor, TYPED.replace("大家好", "别人的"))

    refused = save(instructor, TYPED, number_of(mine))
    assert refused.status_code == 409
    assert "别人刚刚也存了" in refused.text
    assert f'href="{EDITOR}" target="_blank"' in refused.text
    assert typed(refused.text).replace("\r\n", "\n") == TYPED
    assert len(captions(database)) == 1

    # Saying it again is an answer: nothing of theirs is lost, rows are only added.
    assert save(instructor, TYPED, number_of(refused.text)).status_code == 302
    assert ["别人的" in text for text in captions(database)] == [True, False]


def test_the_languages_are_saved_apart_and_shown_side_by_side(
    instructor: Client, database: Database, asset_id: str
) -> None:
    save(instructor, TYPED)
    english = f"{VIDEOS}/video/captions/en"
    page = instructor.get(english).text
    assert (typed(page), number_of(page)) == ("", "0")
    assert "大家好 &amp; &lt;欢迎&gt;</li>" in page
    save(instructor, TYPED.replace("大家好", "Hello"), 0, english)
    assert ["Hello" in text for text in captions(database, "en")] == [True]
    assert len(captions(database)) == 1


def test_a_lecture_of_two_hours_is_saved_whole(
    instructor: Client, database: Database, asset_id: str
) -> None:
    words = "这一句话说的是怎么把一碗面卖出去，" * 6
    cues = [Cue(n * 3_600, n * 3_600 + 3_000, words) for n in range(2_000)]
    text = render_vtt(cues)
    assert len(text.encode()) > 500_000
    assert save(instructor, text).status_code == 302
    assert captions(database) == [text]
    assert typed(instructor.get(EDITOR).text) == text


def test_as_much_as_a_file_may_hold_can_be_typed_and_more_says_so(
    instructor: Client, database: Database, asset_id: str
) -> None:
    many = "00:00.000 --> 00:01.000\na\n\n" * (MAX_CUES + 1)
    assert save(instructor, many).status_code == 422
    assert save(instructor, "面" * 800_000).status_code == 422
    assert save(instructor, "面" * 2_000_000).status_code == 413
    assert captions(database) == []


def test_times_beyond_the_end_are_kept_with_a_warning(
    instructor: Client, database: Database, asset_id: str
) -> None:
    text = "00:01 --> 01:00.900\n一\n\n00:59 --> 01:02\n二\n\n01:30 --> 01:40\n三\n"
    page = save(instructor, text, follow_redirects=True).text
    assert len(captions(database)) == 1
    assert "有 2 条字幕超出了视频的结尾（1:00），第一条在 0:59" in page


@pytest.mark.parametrize(
    ("state", "told"),
    [("queued", "视频还在转码"), ("processing", "视频还在转码"), ("failed", "没有转码成功")],
)
def test_captions_can_be_written_before_there_is_a_picture(
    instructor: Client, database: Database, institution_id: int, state: str, told: str
) -> None:
    error = {"error_code": "video_no_picture", "error_text": "x"} if state == "failed" else {}
    make(database, institution_id, state=state, **error)
    page = instructor.get(EDITOR).text
    assert told in page
    assert "<video" not in page
    assert save(instructor, TYPED).status_code == 302
    assert captions(database) == [KEPT]


def test_the_video_plays_in_the_editor(instructor: Client, asset_id: str) -> None:
    page = instructor.get(EDITOR).text
    assert re.findall(r'<source src="/media/[^"]+/480p\.mp4"', page)
    assert instructor.get(f"{EDITOR}/text").status_code == 200


def test_the_lesson_leads_to_the_editor_of_each_language(instructor: Client, asset_id: str) -> None:
    page = instructor.get(f"{COURSE}/lessons/A01").text
    for language in ("zh", "en"):
        assert f'href="{VIDEOS}/video/captions/{language}"' in page


@pytest.mark.parametrize(
    "place", ["video/captions/fr", "other/captions/zh", "text/captions/zh", "%00/captions/zh"]
)
def test_there_is_no_editor_but_for_videos_in_the_two_languages(
    instructor: Client, asset_id: str, place: str
) -> None:
    assert instructor.get(f"{VIDEOS}/{place}").status_code == 404
    assert save(instructor, TYPED, 0, f"{VIDEOS}/{place}").status_code == 404


def test_a_place_without_a_file_has_no_captions(
    instructor: Client, database: Database, asset_id: str
) -> None:
    with database.transaction() as session:
        item = session.scalars(select(Item).where(Item.kind == "video")).one()
        item.asset_id = item.material_id = None
    refused = instructor.get(EDITOR, headers={"Accept": "application/json"})
    assert (refused.status_code, refused.json["code"]) == (404, "caption_without_video")
    assert save(instructor, TYPED).status_code == 404


def test_a_stranger_neither_sees_nor_saves(
    stranger: Client, open_as: OpenAs, database: Database, asset_id: str
) -> None:
    for browser in (stranger, open_as(Role.INSTRUCTOR, Scope(ScopeKind.COURSE, "999"))):
        assert browser.get(EDITOR).status_code == 404
        assert browser.get(f"{VIDEOS}/video/transcript").status_code == 404
        assert save(browser, TYPED).status_code == 404
    assert open_as(None).get(EDITOR).status_code == 403
    assert captions(database) == []


def test_the_forms_token_is_asked_for(
    instructor: Client, database: Database, asset_id: str
) -> None:
    assert save(instructor, TYPED, csrf=False).status_code == 400
    assert captions(database) == []


def test_a_published_version_is_only_shown_and_words_typed_for_it_stay(
    instructor: Client, database: Database, asset_id: str
) -> None:
    with database.transaction() as session:
        session.scalars(select(Revision)).one().state = RevisionState.PUBLISHED
    assert instructor.get(EDITOR).location == f"{COURSE}/lessons/A01/preview"
    refused = save(instructor, TYPED)
    assert refused.status_code == 409
    assert "大家好" in typed(refused.text)
    assert captions(database) == []


def test_the_preview_leads_to_the_text_as_learners_read_it(
    instructor: Client, asset_id: str
) -> None:
    preview = f"{COURSE}/lessons/A01/preview"
    text = f"{VIDEOS}/video/transcript"
    assert text not in instructor.get(preview).text
    assert "还没有文字稿" in instructor.get(text).text
    save(instructor, TYPED)
    assert f'href="{text}"' in instructor.get(preview).text
    page = instructor.get(text).text
    assert "<p>大家好 &amp; &lt;欢迎&gt;</p>" in page
    assert "?at=" not in page
