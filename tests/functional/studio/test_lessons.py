"""The lesson's form and its preview."""

import pytest
from sqlalchemy import select

from lms.catalog.domain import RevisionState
from lms.catalog.models import Item, Lesson, Revision
from lms.db.session import Database
from tests.factories.catalog import both, lesson, make_course, practice, quiz, reading, video
from tests.factories.media import make_asset, make_caption
from tests.functional.studio.conftest import COURSE, SLUG
from tests.support.site import Client

PAGE = f"{COURSE}/lessons/A01"


@pytest.fixture(autouse=True)
def _course(database: Database, institution_id: int) -> None:
    """A draft with a ready video, a reading and a practice card."""
    with database.transaction() as session:
        asset = make_asset(session)
        make_caption(session, asset)
        items = (
            video(asset_id=asset.id, duration_ms=60_000),
            reading(),
            practice(),
            quiz(quiz_id=None),
        )
        make_course(
            session,
            slug=SLUG,
            institution_id=institution_id,
            lessons=[lesson("A01", *items, title=both("架手机", "The phone")), lesson("A02")],
            state=RevisionState.DRAFT,
        )


def typed(**changes: object) -> dict[str, object]:
    values = {
        "edits": 0,
        "title_zh": "架稳手机",
        "title_en": "A steady phone",
        "objectives_zh": "架稳\r\n不反光",
        "objectives_en": "\r\nNo glare",
        "minutes": "30",
        "body-text-zh": "## 先擦镜头\r\n再开口",
        "body-text-en": "",
        "minutes-text": "6",
        "body-practice-zh": "- [ ] 擦镜头",
        "minutes-practice": "9",
    }
    return {**values, **changes}


def saved(database: Database) -> tuple[Lesson, dict[str, Item]]:
    with database.snapshot() as session:
        row = session.scalars(select(Lesson).where(Lesson.key == "A01")).one()
        items = session.scalars(select(Item).where(Item.lesson_id == row.id)).all()
        return row, {item.key: item for item in items}


def publish(database: Database) -> None:
    with database.transaction() as session:
        session.scalars(select(Revision)).one().state = RevisionState.PUBLISHED


def test_the_form_shows_what_is_saved(instructor: Client) -> None:
    page = instructor.get(PAGE).text

    assert 'value="架手机"' in page
    assert 'value="The phone"' in page
    assert "先看一眼镜头，再开口。" in page
    assert "可以用了" in page


def test_words_and_texts_are_saved(instructor: Client, database: Database) -> None:
    answer = instructor.post(PAGE, data=typed(), follow_redirects=True)

    assert "存好了" in answer.text
    row, items = saved(database)
    assert (row.title, row.minutes) == ({"zh": "架稳手机", "en": "A steady phone"}, 30)
    assert row.objectives == [{"zh": "架稳"}, {"zh": "不反光", "en": "No glare"}]
    assert items["text"].body == {"zh": "## 先擦镜头\n再开口"}
    assert items["practice"].body == {"zh": "- [ ] 擦镜头"}


def test_saving_the_page_as_it_is_changes_no_word(instructor: Client, database: Database) -> None:
    before, items = saved(database)
    data = typed(
        title_zh="架手机",
        title_en="The phone",
        objectives_zh="",
        objectives_en="",
        minutes=before.minutes,
        **{
            "body-text-zh": items["text"].body["zh"],
            "body-text-en": items["text"].body["en"],
            "minutes-text": 5,
            "body-practice-zh": items["practice"].body["zh"],
            "body-practice-en": items["practice"].body["en"],
            "minutes-practice": 8,
        },
    )
    instructor.post(PAGE, data=data)

    after, kept = saved(database)
    assert (after.title, after.minutes) == (before.title, before.minutes)
    assert {key: (i.body, i.material_id) for key, i in kept.items()} == {
        key: (i.body, i.material_id) for key, i in items.items()
    }


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"title_zh": " "}, "请填中文标题"),
        ({"minutes": "many"}, "请填整数分钟，1 到 600"),
        ({"minutes": "0"}, "请填整数分钟，1 到 600"),
        ({"minutes": "１２"}, "请填整数分钟，1 到 600"),
        ({"minutes-text": ""}, "请填整数分钟，1 到 600"),
        ({"body-text-zh": "", "body-text-en": "only"}, "请把中文也写上"),
        ({"edits": ""}, "请重新打开这一页"),
    ],
)
def test_what_was_typed_stays_beside_what_is_wrong(
    change: dict[str, str], sentence: str, instructor: Client, database: Database
) -> None:
    answer = instructor.post(PAGE, data=typed(**change))

    assert answer.status_code == 422
    assert sentence in answer.text
    assert 'value="A steady phone"' in answer.text
    assert "- [ ] 擦镜头" in answer.text
    assert saved(database)[0].title["zh"] == "架手机"


def test_all_faults_are_told_together(instructor: Client) -> None:
    page = instructor.post(PAGE, data=typed(title_zh="", minutes="x", **{"minutes-text": "y"})).text

    for field in ("title_zh", "minutes", "minutes-text"):
        assert f'id="{field}-fault"' in page


def test_two_people_at_once_lose_nothing(instructor: Client, database: Database) -> None:
    instructor.post(PAGE, data=typed(title_zh="先存的"))

    answer = instructor.post(PAGE, data=typed(title_zh="后写的"))

    assert answer.status_code == 409
    assert "刚才有人存过这一课" in answer.text
    assert 'value="后写的"' in answer.text
    assert saved(database)[0].title["zh"] == "先存的"
    again = instructor.post(PAGE, data=typed(title_zh="后写的", edits=1))
    assert again.status_code == 302
    assert saved(database)[0].title["zh"] == "后写的"


def test_a_published_lesson_is_shown_not_edited(instructor: Client, database: Database) -> None:
    publish(database)

    assert instructor.get(PAGE).location == f"{PAGE}/preview"
    answer = instructor.post(PAGE, data=typed())
    assert answer.location == f"{PAGE}/preview"
    assert saved(database)[0].title["zh"] == "架手机"


@pytest.mark.parametrize("path", ["", "/preview"])
def test_a_stranger_finds_no_lesson(path: str, stranger: Client, database: Database) -> None:
    assert stranger.get(PAGE + path).status_code == 404
    assert stranger.post(PAGE, data=typed()).status_code == 404
    assert saved(database)[0].edits == 0


def test_a_lesson_that_is_not_there_is_not_found(instructor: Client) -> None:
    for key in ("A99", "..", "<x>"):
        assert instructor.get(f"{COURSE}/lessons/{key}").status_code == 404
        assert instructor.post(f"{COURSE}/lessons/{key}", data=typed()).status_code == 404


def test_a_form_without_its_token_saves_nothing(instructor: Client, database: Database) -> None:
    assert instructor.post(PAGE, data=typed(), csrf=False).status_code == 400
    assert saved(database)[0].edits == 0


# -------------------------------------------------------------------------- preview


def test_the_preview_shows_what_learners_will_see(instructor: Client) -> None:
    page = instructor.get(f"{PAGE}/preview").text

    assert "看了不算学时" in page
    assert "<video controls" in page
    assert '<track kind="captions" srclang="zh"' in page
    assert '<label class="tick"><input type="checkbox">' in page
    assert "data-meter" not in page
    assert "/leases" not in page


def test_attacks_in_a_text_come_out_as_text(instructor: Client) -> None:
    attack = "<img src=x onerror=alert(1)> [x](javascript:alert(1)) <script>alert(1)</script>"
    instructor.post(PAGE, data=typed(**{"body-text-zh": attack, "title_zh": attack[:60]}))

    for path in ("", "/preview"):
        page = instructor.get(PAGE + path).text
        assert "<img src=x" not in page
        assert 'href="javascript:' not in page
        assert "<script>alert" not in page


def test_the_preview_speaks_english_and_marks_what_is_chinese(instructor: Client) -> None:
    page = instructor.get(f"{PAGE}/preview?lang=en").text

    assert "Look at the lens, then speak." in page
    assert "Nothing is counted." in page
