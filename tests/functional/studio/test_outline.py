"""The outline of a course: what it shows, how it changes, what publication asks."""

import pytest
from sqlalchemy import select

from lms.catalog import queries
from lms.catalog.domain import RevisionState
from lms.catalog.models import Course, Revision
from lms.db.session import Database
from tests.factories.catalog import both, lesson, make_course, make_revision, reading, video
from tests.functional.studio.conftest import COURSE, SLUG
from tests.support.site import Client


def outline(database: Database) -> list[list[str]]:
    with database.snapshot() as session:
        course = session.scalars(select(Course).where(Course.slug == SLUG)).one()
        rows = queries.rows_of(session, queries.newest_of(session, course.id))
    return [[branch.key, *branch.lessons] for branch in rows.outline]


def states(database: Database) -> list[str]:
    with database.snapshot() as session:
        return list(session.scalars(select(Revision.state).order_by(Revision.id)))


def test_the_outline_shows_lessons_and_what_is_missing(
    instructor: Client, database: Database, institution_id: int
) -> None:
    with database.transaction() as session:
        lessons = [lesson("A01", video(asset_id=None), title=both("架手机"))]
        make_course(
            session,
            slug=SLUG,
            institution_id=institution_id,
            lessons=lessons,
            state=RevisionState.DRAFT,
        )

    page = instructor.get(COURSE).text

    assert "1. 架手机" in page
    assert "发布前还差 1 项" in page
    assert "第 1 课没有视频" in page
    assert "disabled" in page


@pytest.mark.usefixtures("draft")
def test_a_unit_and_a_lesson_are_added(instructor: Client, database: Database) -> None:
    for path, edits in (("modules", 0), ("modules/M01/lessons", 1)):
        answer = instructor.post(f"{COURSE}/{path}", data={"edits": edits, "title_zh": "新的"})
        assert answer.status_code == 302

    assert outline(database) == [["M1", "A01", "A02"], ["M01", "L01"]]


@pytest.mark.usefixtures("draft")
def test_a_lesson_moves_is_removed_and_a_unit_renamed(
    instructor: Client, database: Database
) -> None:
    instructor.post(f"{COURSE}/lessons/A01/move", data={"edits": 0, "step": "down"})
    assert outline(database) == [["M1", "A02", "A01"]]
    instructor.post(f"{COURSE}/lessons/A02/remove", data={"edits": 1})
    instructor.post(f"{COURSE}/modules/M1", data={"edits": 2, "title_zh": "开播前"})

    assert outline(database) == [["M1", "A01"]]
    assert "第 1 单元 开播前" in instructor.get(COURSE).text


@pytest.mark.usefixtures("draft")
def test_the_introduction_is_saved(instructor: Client) -> None:
    data = {
        "edits": 0,
        "title_zh": "播茶叶",
        "summary_zh": "从采到泡。",
        "outcomes_zh": "会泡茶\r\n\r\n会讲茶",
        "outcomes_en": "brew tea",
        "cover": "tea",
    }
    page = instructor.post(f"{COURSE}/details", data=data, follow_redirects=True).text

    assert "播茶叶" in page
    assert "从采到泡。" in page
    assert "会泡茶\n会讲茶" in page
    assert '<option selected value="tea">' in page


@pytest.mark.usefixtures("draft")
def test_a_title_left_empty_is_said_on_the_page(instructor: Client, database: Database) -> None:
    answer = instructor.post(f"{COURSE}/modules", data={"edits": 0, "title_zh": " "})

    assert answer.status_code == 422
    assert "请填中文标题" in answer.text
    assert outline(database) == [["M1", "A01", "A02"]]


@pytest.mark.usefixtures("draft")
def test_a_stale_page_is_refused_in_words_and_shows_the_newest(
    instructor: Client, database: Database
) -> None:
    instructor.post(f"{COURSE}/modules", data={"edits": 0, "title_zh": "新单元"})

    answer = instructor.post(f"{COURSE}/lessons/A01/remove", data={"edits": 0})

    assert answer.status_code == 409
    assert "刚才有人改过这门课" in answer.text
    assert "新单元" in answer.text
    assert outline(database) == [["M1", "A01", "A02"], ["M01"]]


@pytest.mark.parametrize(
    "data", [{}, {"edits": "x"}, {"edits": "-1"}, {"edits": "9" * 40}, {"edits": 0, "step": "left"}]
)
@pytest.mark.usefixtures("draft")
def test_malformed_moves_are_refused(
    data: dict[str, object], instructor: Client, database: Database
) -> None:
    assert instructor.post(f"{COURSE}/lessons/A01/move", data=data).status_code == 422
    assert outline(database) == [["M1", "A01", "A02"]]


STEPS = [
    ("draft", {}),
    ("publish", {"edits": 0}),
    ("details", {"edits": 0, "title_zh": "偷", "cover": "tea"}),
    ("modules", {"edits": 0, "title_zh": "偷"}),
    ("modules/M1", {"edits": 0, "title_zh": "偷"}),
    ("modules/M1/move", {"edits": 0, "step": "up"}),
    ("modules/M1/remove", {"edits": 0}),
    ("modules/M1/lessons", {"edits": 0, "title_zh": "偷"}),
    ("lessons/A01/move", {"edits": 0, "step": "down"}),
    ("lessons/A01/remove", {"edits": 0}),
]


@pytest.mark.parametrize(("path", "data"), STEPS)
@pytest.mark.usefixtures("draft")
def test_a_stranger_finds_nothing_to_change(
    path: str, data: dict[str, object], stranger: Client, database: Database
) -> None:
    assert stranger.get(COURSE).status_code == 404
    assert stranger.post(f"{COURSE}/{path}", data=data).status_code == 404
    assert outline(database) == [["M1", "A01", "A02"]]
    assert states(database) == ["draft"]


@pytest.mark.parametrize(("path", "data"), STEPS)
@pytest.mark.usefixtures("draft")
def test_nothing_is_changed_without_the_forms_token_or_by_a_link(
    path: str, data: dict[str, object], instructor: Client, database: Database
) -> None:
    assert instructor.post(f"{COURSE}/{path}", data=data, csrf=False).status_code == 400
    assert instructor.get(f"{COURSE}/{path}").status_code in (404, 405)
    assert states(database) == ["draft"]


# --------------------------------------------------------------------- publication


@pytest.mark.usefixtures("draft")
def test_a_draft_is_published_and_then_stays_as_it_is(
    instructor: Client, database: Database
) -> None:
    answer = instructor.post(f"{COURSE}/publish", data={"edits": 0}, follow_redirects=True)

    assert "发布好了" in answer.text
    assert "改一版" in answer.text
    assert "加课" not in answer.text
    assert states(database) == ["published"]
    refused = instructor.post(f"{COURSE}/modules", data={"edits": 0, "title_zh": "新"})
    assert refused.status_code == 409


@pytest.mark.usefixtures("published")
def test_a_new_version_leaves_learners_theirs_until_it_is_published(
    instructor: Client, database: Database
) -> None:
    page = instructor.post(f"{COURSE}/draft", follow_redirects=True).text

    assert "草稿 第 2 版" in page
    assert "学员看的还是上一版" in page
    assert states(database) == ["published", "draft"]
    instructor.post(f"{COURSE}/publish", data={"edits": 0})
    assert states(database) == ["retired", "published"]


@pytest.mark.usefixtures("published")
def test_what_is_missing_holds_publication_back(instructor: Client, database: Database) -> None:
    with database.transaction() as session:
        course = session.scalars(select(Course)).one()
        places = [lesson("A01", video(asset_id=None), reading())]
        make_revision(session, course, lessons=places, state=RevisionState.DRAFT)

    answer = instructor.post(f"{COURSE}/publish", data={"edits": 0})

    assert answer.status_code == 409
    assert "第 1 课没有视频" in answer.text
    assert states(database) == ["published", "draft"]


@pytest.mark.usefixtures("draft")
def test_titles_are_shown_as_text_whatever_is_in_them(instructor: Client) -> None:
    attack = '<script>alert(1)</script>"><img src=x onerror=alert(1)>'
    instructor.post(f"{COURSE}/modules", data={"edits": 0, "title_zh": attack})

    page = instructor.get(COURSE).text

    assert "<script>alert" not in page
    assert "<img src=x" not in page
    assert "&lt;script&gt;alert(1)" in page
