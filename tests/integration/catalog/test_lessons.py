"""One lesson of a draft: words, texts and video; nothing typed over someone else's work."""

from collections.abc import Callable

import pytest
from sqlalchemy.orm import Session

from lms.catalog import queries, service
from lms.catalog.domain import RevisionState
from lms.catalog.models import Material
from lms.core.access import Actor, ScopeKind
from lms.core.errors import Conflict, InvalidInput, NotFound
from lms.db.session import Database, now
from tests.factories.catalog import both, lesson, make_course, quiz, reading, video
from tests.factories.media import make_asset

SLUG = "noodle-class"


@pytest.fixture(autouse=True)
def _course(database: Database) -> None:
    with database.transaction() as session:
        lessons = [
            lesson("A01", video(asset_id=None), reading("text", minutes=5)),
            lesson("A02", quiz(quiz_id=None)),
        ]
        make_course(session, slug=SLUG, lessons=lessons, state=RevisionState.DRAFT)


@pytest.fixture
def place(instructor: Actor) -> service.LessonPlace:
    return service.LessonPlace(instructor, SLUG, "A01")


@pytest.fixture
def entry(database: Database, instructor: Actor) -> Callable[..., queries.LessonRows]:
    """Call it to read a lesson back."""

    def read(key: str = "A01") -> queries.LessonRows:
        with database.snapshot() as session:
            course = queries.editable_course(session, instructor, SLUG)
            rows = queries.rows_of(session, queries.newest_of(session, course.id))
            return queries.lesson_rows(rows, key)

    return read


def words(**changes: object) -> service.LessonWords:
    values = {"title": both("架手机"), "objectives": (both("架稳"),), "minutes": 30, **changes}
    return service.LessonWords(**values)


def save(session: Session, place: service.LessonPlace, edits: int = 0, **changes: object) -> None:
    service.edit_lesson(session, place=place, words=words(**changes), edits=edits, at=now(session))


def text(zh: str, en: str = "", minutes: int = 5) -> service.TextWords:
    return service.TextWords({"zh": zh, "en": en} if en else {"zh": zh}, minutes)


def test_words_are_saved(database: Database, place: service.LessonPlace, entry) -> None:
    with database.transaction() as session:
        save(session, place, texts={"text": text("新的", "new", 6)})

    lesson_row, items = entry().lesson, {item.key: item for item in entry().items}
    assert (lesson_row.title, lesson_row.minutes, lesson_row.edits) == ({"zh": "架手机"}, 30, 1)
    assert lesson_row.objectives == [{"zh": "架稳"}]
    assert items["text"].body == {"zh": "新的", "en": "new"}
    with database.snapshot() as session:
        assert session.get_one(Material, items["text"].material_id).duration_ms == 360_000


def test_new_words_in_the_same_minutes_keep_the_material(
    database: Database, place: service.LessonPlace, entry
) -> None:
    before = {item.key: item.material_id for item in entry().items}["text"]
    with database.transaction() as session:
        save(session, place, texts={"text": text("别的字", minutes=5)})

    assert {item.key: item.material_id for item in entry().items}["text"] == before


def test_a_text_is_added_and_emptied(database: Database, place: service.LessonPlace, entry) -> None:
    with database.transaction() as session:
        save(session, place, texts={"text": text(""), "practice": text("- [ ] 擦镜头", minutes=8)})

    assert [(item.key, item.kind) for item in entry().items] == [
        ("video", "video"),
        ("practice", "practice"),
    ]


def test_nothing_is_made_of_an_empty_text(
    database: Database, place: service.LessonPlace, entry
) -> None:
    with database.transaction() as session:
        save(session, place, texts={"practice": text("  ", minutes=0)})

    assert [item.key for item in entry().items] == ["video", "text"]


@pytest.mark.parametrize(
    ("changes", "faults"),
    [
        ({"title": {"zh": ""}}, {"title_zh": "title_required"}),
        ({"minutes": 0}, {"minutes": "minutes_out_of_range"}),
        ({"minutes": 601}, {"minutes": "minutes_out_of_range"}),
        ({"texts": {"text": text("字", minutes=0)}}, {"minutes-text": "minutes_out_of_range"}),
        ({"texts": {"text": text("", "only English")}}, {"body-text-zh": "chinese_required"}),
        ({"texts": {"text": text("长" * 90_000)}}, {"body-text-zh": "text_too_long"}),
    ],
)
def test_every_fault_is_named_and_nothing_saved(
    changes, faults, database: Database, place: service.LessonPlace, entry
) -> None:
    with pytest.raises(InvalidInput) as refused, database.transaction() as session:
        save(session, place, **changes)

    assert {name: fault.code for name, fault in refused.value.fields.items()} == faults
    assert entry().lesson.edits == 0


def test_what_someone_saved_meanwhile_is_not_overwritten(
    database: Database, place: service.LessonPlace, entry
) -> None:
    with database.transaction() as session:
        save(session, place, title=both("先存的"))

    with pytest.raises(Conflict) as refused, database.transaction() as session:
        save(session, place, edits=0, title=both("后存的"))

    assert refused.value.code == "lesson_changed"
    assert entry().lesson.title == {"zh": "先存的"}


def test_a_video_arriving_does_not_make_the_words_stale(
    database: Database, place: service.LessonPlace, entry
) -> None:
    with database.transaction() as session:
        asset_id = make_asset(session, state="queued").id
        service.attach_asset(
            session, place=place, item_key="video", asset_id=asset_id, at=now(session)
        )
        save(session, place, edits=0)

    assert entry().items[0].asset_id == asset_id
    assert entry().items[0].material_id is None


def test_a_video_is_removed_and_a_place_made_again(
    database: Database, place: service.LessonPlace, entry
) -> None:
    with database.transaction() as session:
        service.remove_video(session, place=place, item_key="video", at=now(session))
    assert [item.key for item in entry().items] == ["text"]
    for _ in range(2):
        with database.transaction() as session:
            service.add_video(session, place=place, at=now(session))

    assert [(item.key, item.position) for item in entry().items] == [("video", 1), ("text", 3)]


@pytest.mark.parametrize("key", ["text", "nothing"])
def test_only_a_video_takes_a_video(
    key: str, database: Database, place: service.LessonPlace
) -> None:
    with database.transaction() as session:
        asset_id = make_asset(session).id

    with pytest.raises(NotFound), database.transaction() as session:
        service.attach_asset(session, place=place, item_key=key, asset_id=asset_id, at=now(session))


def test_a_stranger_changes_no_lesson(
    database: Database, actor_of: Callable[..., Actor], entry
) -> None:
    stranger = service.LessonPlace(actor_of(ScopeKind.COURSE, 999_999), SLUG, "A01")
    works = [
        lambda session: save(session, stranger),
        lambda session: service.add_video(session, place=stranger, at=now(session)),
        lambda session: service.draft_video(session, place=stranger, item_key="video"),
        lambda session: service.remove_video(
            session, place=stranger, item_key="video", at=now(session)
        ),
    ]
    for work in works:
        with pytest.raises(NotFound), database.transaction() as session:
            work(session)

    assert entry().lesson.edits == 0
