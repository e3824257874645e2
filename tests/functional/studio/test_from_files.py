"""Many files at once: the lessons they become, all or none, and never a second time."""

from typing import Any

import pytest
from sqlalchemy import select

from lms.catalog.domain import RevisionState
from lms.catalog.models import Item, Lesson, Revision
from lms.core.access import Role, Scope, ScopeKind
from lms.db.session import Database
from lms.media.models import Upload
from lms.studio.domain import MAX_FILES
from tests.factories.catalog import lesson, make_course, video
from tests.functional.studio.conftest import COURSE, SLUG
from tests.functional.studio.test_outline import outline
from tests.functional.studio.tus import DATA, SIZE, Tus
from tests.support.site import Client, Jobs

ADDRESS = f"{COURSE}/lessons/from-files"
PAIR = ["第二课 讲面.mp4", "第一课 架手机.mp4"]


def send(client: Client, names: list[str], **changes: Any) -> Any:
    files = [{"name": name, "size": SIZE, "modified": 17} for name in names]
    body = {"module": None, "edits": 0, "files": files, **changes}
    return client.post(ADDRESS, json=body, headers={"Accept": "application/json"})


def lesson_titles(database: Database) -> list[str]:
    with database.snapshot() as session:
        wanted = select(Lesson.title).order_by(Lesson.position)
        return [title["zh"] for title in session.scalars(wanted)]


@pytest.mark.usefixtures("draft")
def test_each_video_becomes_a_lesson_in_the_order_of_the_names(
    instructor: Client, database: Database
) -> None:
    answer = send(instructor, [*PAIR, "第二课 讲面.en.srt", "课件.pptx"])

    assert answer.status_code == 200
    assert outline(database) == [["M1", "A01", "A02", "L01", "L02"]]
    first, second = answer.json["lessons"]
    assert (first["file"], first["lesson"], first["title"]) == (1, "L01", "第一课 架手机")
    assert first["page"] == f"{COURSE}/lessons/L01"
    assert (second["name"], second["has_video"]) == (PAIR[0], False)
    [captions] = second["captions"]
    assert (captions["file"], captions["language"], captions["is_there"]) == (2, "en", False)
    assert captions["address"] == f"{COURSE}/lessons/L02/videos/video/captions/en"
    [left] = answer.json["left_out"]
    assert left["name"] == "课件.pptx"
    assert "不是视频" in left["message"]
    with database.snapshot() as session:
        items = {str(item.id): item.kind for item in session.scalars(select(Item))}
        assert session.scalars(select(Revision.edits)).one() == answer.json["edits"] == 1
    assert items[first["item"]] == items[second["item"]] == "video"
    assert "第 2 课没有视频" not in first["page"]


def test_the_final_test_stays_the_last_lesson(
    instructor: Client, database: Database, institution_id: int
) -> None:
    with database.transaction() as session:
        lessons = [lesson("A01"), lesson("FINAL")]
        make_course(
            session,
            slug=SLUG,
            institution_id=institution_id,
            lessons=lessons,
            state=RevisionState.DRAFT,
        )
    assert send(instructor, PAIR).status_code == 200
    assert outline(database) == [["M1", "A01", "L01", "L02", "FINAL"]]


@pytest.mark.usefixtures("draft")
def test_the_lessons_go_into_the_unit_that_was_chosen(
    instructor: Client, database: Database
) -> None:
    instructor.post(f"{COURSE}/modules", data={"edits": 0, "title_zh": "第二单元"})
    assert send(instructor, PAIR[:1], module="M1", edits=1).status_code == 200
    assert send(instructor, PAIR[1:], edits=2).status_code == 200
    assert outline(database) == [["M1", "A01", "A02", "L01"], ["M01", "L02"]]


@pytest.mark.usefixtures("draft")
def test_the_same_files_again_find_their_lessons_even_from_an_old_page(
    instructor: Client, database: Database
) -> None:
    before = send(instructor, PAIR).json
    again = send(instructor, PAIR)
    assert again.status_code == 200
    assert again.json == before
    assert len(lesson_titles(database)) == 4


@pytest.mark.usefixtures("draft")
def test_a_file_on_its_way_or_there_already_finds_its_lesson(
    instructor: Client, tus: Tus, database: Database
) -> None:
    first, second = send(instructor, PAIR).json["lessons"]
    tus.begin(SIZE, filename=PAIR[1], lastModified=17, item=first["item"])
    tus.send(tus.begin(SIZE, filename=PAIR[0], lastModified=17, item=second["item"]), 0, DATA)
    instructor.post(
        f"{COURSE}/lessons/L01", data={"edits": 0, "title_zh": "改了名", "minutes": "45"}
    )

    again = send(instructor, PAIR).json["lessons"]

    assert [(each["lesson"], each["has_video"]) for each in again] == [
        ("L01", False),
        ("L02", True),
    ]
    assert again[0]["unfinished"] == first["item"]
    assert lesson_titles(database)[2:] == ["改了名", PAIR[0].removesuffix(".mp4")]


@pytest.mark.usefixtures("draft")
def test_a_video_that_could_not_be_converted_is_sent_to_its_lesson_again(
    instructor: Client, tus: Tus, run_jobs: Jobs
) -> None:
    [made] = send(instructor, PAIR[:1]).json["lessons"]
    tus.send(tus.begin(SIZE, filename=PAIR[0], item=made["item"]), 0, DATA)
    run_jobs()
    [again] = send(instructor, PAIR[:1]).json["lessons"]
    assert (again["lesson"], again["has_video"]) == ("L01", False)


@pytest.mark.usefixtures("draft")
def test_new_lessons_from_an_old_page_are_refused_and_nothing_is_made(
    instructor: Client, database: Database
) -> None:
    answer = send(instructor, PAIR, edits=7)
    assert (answer.status_code, answer.json["code"]) == (409, "draft_changed")
    assert len(lesson_titles(database)) == 2


@pytest.mark.usefixtures("draft")
def test_an_unknown_unit_makes_nothing(instructor: Client, database: Database) -> None:
    answer = send(instructor, PAIR, module="M9")
    assert (answer.status_code, answer.json["code"]) == (404, "module_not_found")
    assert len(lesson_titles(database)) == 2


@pytest.mark.usefixtures("draft")
def test_a_course_without_units_says_what_to_do_first(
    instructor: Client, database: Database
) -> None:
    for key in ("A01", "A02"):
        edits = ("A01", "A02").index(key)
        instructor.post(f"{COURSE}/lessons/{key}/remove", data={"edits": edits})
    instructor.post(f"{COURSE}/modules/M1/remove", data={"edits": 2})
    answer = send(instructor, PAIR, edits=3)
    assert (answer.status_code, answer.json["code"]) == (409, "modules_missing")
    assert "data-make" not in instructor.get(COURSE).text
    assert lesson_titles(database) == []


@pytest.mark.usefixtures("published")
def test_a_published_course_needs_a_new_version_first(instructor: Client) -> None:
    answer = send(instructor, PAIR)
    assert (answer.status_code, answer.json["code"]) == (409, "no_draft")
    assert "data-make" not in instructor.get(COURSE).text


@pytest.mark.usefixtures("draft")
def test_strangers_and_learners_make_nothing(
    stranger: Client, open_as: Any, client: Client, database: Database
) -> None:
    assert send(stranger, PAIR).status_code == 404
    assert send(open_as(None), PAIR).status_code == 403
    assert send(client, PAIR).status_code == 401
    assert len(lesson_titles(database)) == 2


@pytest.mark.usefixtures("draft")
@pytest.mark.parametrize(
    "changes",
    [
        {"files": None},
        {"files": {}},
        {"files": ["a.mp4"]},
        {"files": [{"name": 5, "size": 1}]},
        {"files": [{"name": "a.mp4", "size": -1}]},
        {"files": [{"name": "a.mp4", "size": "1"}]},
        {"files": [{"name": "a.mp4", "size": True}]},
        {"files": [{"name": "a.mp4", "size": 1e3}]},
        {"files": []},
        {"edits": "0"},
        {"edits": None},
        {"module": 5},
    ],
)
def test_malformed_words_are_refused(
    changes: dict[str, Any], instructor: Client, database: Database
) -> None:
    assert send(instructor, PAIR, **changes).status_code == 422
    assert len(lesson_titles(database)) == 2


@pytest.mark.usefixtures("draft")
@pytest.mark.parametrize("body", ["", "{", "[]", "5", "[" * 5000])
def test_what_is_no_object_is_refused(body: str, instructor: Client) -> None:
    answer = instructor.post(ADDRESS, data=body, content_type="application/json")
    assert answer.status_code in (400, 422)


@pytest.mark.usefixtures("draft")
def test_a_hundred_files_are_taken_and_no_more(instructor: Client, database: Database) -> None:
    names = [f"第{number}课.mp4" for number in range(MAX_FILES, 0, -1)]
    answer = send(instructor, [*names, "多.mp4"])
    assert (answer.status_code, answer.json["fields"]["files"]["code"]) == (422, "files_too_many")
    assert send(instructor, names).status_code == 200
    assert lesson_titles(database)[2:] == [name.removesuffix(".mp4") for name in reversed(names)]


@pytest.mark.usefixtures("empty_lesson")
def test_without_a_script_the_pages_say_what_is_here_and_how_to_send(
    instructor: Client, tus: Tus, database: Database
) -> None:
    with database.snapshot() as session:
        item = session.scalars(select(Item)).one()
    address = tus.begin(1_200_000_000, filename="第一课.mp4", lastModified=17, item=item.id)
    tus.send(address, 0, DATA)
    with database.transaction() as session:
        session.scalars(select(Upload)).one().received_bytes = 262_000_000

    page = instructor.get(f"{COURSE}/lessons/A01").text
    assert "第一课.mp4：共 1,200 MB，到了 262 MB。再选一遍同一个文件，就接着传。" in page
    assert "这样传最大 500 MB" in page
    assert 'enctype="multipart/form-data"' in page
    outline_page = instructor.get(COURSE).text
    assert "到了 262 / 1,200 MB" in outline_page
    assert "没开 JavaScript 时只能一个一个传" in outline_page


@pytest.mark.usefixtures("empty_lesson")
def test_what_others_are_sending_is_not_shown(
    instructor: Client, open_as: Any, database: Database, institution_id: int
) -> None:
    with database.snapshot() as session:
        item = session.scalars(select(Item)).one()
    colleague = open_as(Role.INSTRUCTOR, Scope(ScopeKind.INSTITUTION, str(institution_id)))
    Tus(colleague).begin(SIZE, filename="别人的.mp4", item=item.id)
    assert "别人的.mp4" in colleague.get(f"{COURSE}/lessons/A01").text
    assert "别人的.mp4" not in instructor.get(f"{COURSE}/lessons/A01").text


@pytest.mark.usefixtures("empty_lesson")
def test_a_lesson_of_the_same_key_in_another_course_shows_nothing_of_it(
    instructor: Client, tus: Tus, database: Database, institution_id: int
) -> None:
    with database.transaction() as session:
        other = make_course(
            session,
            slug="tea-class",
            institution_id=institution_id,
            lessons=[lesson("A01", video(asset_id=None))],
            state=RevisionState.DRAFT,
        )
        wanted = select(Item.id).where(Item.revision_id == other.revision.id)
        item = session.scalars(wanted).one()
    tus.begin(SIZE, filename="别的课.mp4", item=item)
    assert "别的课.mp4" in instructor.get("/studio/courses/tea-class/lessons/A01").text
    assert "别的课.mp4" not in instructor.get(f"{COURSE}/lessons/A01").text
