"""Course folders go into the database, come out again, and never trample on studio work."""

from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from lms.assessment.models import Question, Quiz
from lms.catalog import service as catalog
from lms.catalog.domain import FINAL_KEY
from lms.catalog.models import Course, Institution, Item, Lesson, Material, Programme, Revision
from lms.content import service
from lms.content.domain.faults import BadFolder
from lms.content.domain.loading import Outcome, StudioEdits
from lms.core.access import Actor
from lms.core.errors import Conflict, NotFound
from lms.db.session import Database, now
from lms.media.gateway.storage import storage_of
from lms.media.models import Asset
from lms.settings import Settings
from tests.integration.content.conftest import (
    LESSON,
    SLUG,
    Load,
    change,
    materials,
    published,
    revisions,
)

SHIPPED = Path(__file__).resolve().parents[3] / "course_content"
LESSONS = {
    "live-streaming-stars": ["A01", "A04", "A08"],
    "online-store": ["B03", "B09", "B17"],
}


def test_a_first_load_publishes_the_whole_course(load: Load, database: Database) -> None:
    assert load() is Outcome.FIRST

    with database.snapshot() as session:
        rows = published(session)
        assert [entry.lesson.key for entry in rows.lessons] == ["A01", "A02", FINAL_KEY]
        video, text, practice, quiz = rows.lessons[0].items
        asset = rows.assets[video.asset_id]
        assert (asset.state, list(asset.captions)) == ("ready", ["zh"])
        assert session.get_one(Material, video.material_id).duration_ms == asset.duration_ms
        assert session.get_one(Material, text.material_id).duration_ms == 300_000
        assert (text.is_required, practice.is_required) == (True, False)
        terms = session.get_one(Quiz, quiz.quiz_id)
        assert (terms.draw, terms.max_attempts, terms.time_limit_s) == (1, None, None)
        final = session.get_one(Quiz, rows.lessons[2].items[0].quiz_id)
        assert (final.max_attempts, final.time_limit_s) == (3, 1200)


def test_the_course_belongs_to_the_default_institution_and_its_programme(
    load: Load, database: Database
) -> None:
    load()

    with database.snapshot() as session:
        course = session.scalars(select(Course)).one()
        institution = session.get_one(Institution, course.institution_id)
        programme = session.get_one(Programme, course.programme_id)
        assert (institution.slug, institution.name["zh"]) == ("xiangbo", "乡播学堂")
        assert (programme.slug, programme.occupation_code, programme.credit_hours) == (
            "anchor-l5",
            "4-01-06-02",
            24,
        )


def test_a_second_load_changes_nothing(load: Load, database: Database) -> None:
    load()
    before = materials(database)

    assert load() is Outcome.UNCHANGED
    assert revisions(database) == [(1, "published", "folder")]
    assert materials(database) == before


def test_a_changed_folder_becomes_a_new_revision_that_keeps_what_did_not_change(
    load: Load, root: Path, database: Database
) -> None:
    load()
    before = materials(database)
    change(root, LESSON, "minutes: 8", "minutes: 9")
    change(root, "lessons/A01/text.zh.md", "再开口", "再说话")

    assert load() is Outcome.REVISION
    assert revisions(database) == [(1, "retired", "folder"), (2, "published", "folder")]
    after = materials(database)
    assert {key for key in after if after[key] != before[key]} == {"A01/practice"}


def test_a_changed_question_is_a_new_version_and_the_quiz_stays(
    load: Load, root: Path, database: Database
) -> None:
    load()
    change(root, "lessons/A01/questions.yaml", "每天现拉", "当天现拉")
    load()

    with database.snapshot() as session:
        versions = session.execute(
            select(Question.version, Question.retired_at.is_(None))
            .where(Question.key == "A01-q1")
            .order_by(Question.version)
        ).all()
        assert [tuple(row) for row in versions] == [(1, False), (2, True)]
        assert session.scalar(select(func.count(Quiz.id))) == 2


def test_an_edited_course_is_left_alone_until_told_otherwise(
    load: Load, root: Path, database: Database, instructor: Actor
) -> None:
    load()
    with database.transaction() as session:
        catalog.open_draft(session, actor=instructor, slug=SLUG, at=now(session))
    change(root, LESSON, "minutes: 20", "minutes: 21")

    assert load() is Outcome.EDITED
    assert revisions(database) == [(1, "published", "folder"), (2, "draft", "studio")]

    assert load(edits=StudioEdits.REPLACE) is Outcome.REVISION
    assert revisions(database) == [
        (1, "retired", "folder"),
        (2, "retired", "studio"),
        (3, "published", "folder"),
    ]
    assert load() is Outcome.UNCHANGED


def test_a_version_published_in_the_studio_is_left_alone_too(
    load: Load, root: Path, database: Database, instructor: Actor
) -> None:
    load()
    with database.transaction() as session:
        catalog.open_draft(session, actor=instructor, slug=SLUG, at=now(session))
        catalog.publish(session, actor=instructor, slug=SLUG, edits=0, at=now(session))
    change(root, LESSON, "minutes: 20", "minutes: 21")

    assert load() is Outcome.EDITED
    assert revisions(database)[-1] == (2, "published", "studio")


def test_a_load_that_breaks_off_leaves_no_half_course(
    load: Load, root: Path, database: Database, settings: Settings
) -> None:
    folder = service.open_folder(root)
    staged = service.stage_videos(folder, storage_of(settings))

    def break_off() -> None:
        with database.transaction() as session:
            service.load_folder(session, folder=folder, staged=staged, at=now(session))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        break_off()

    with database.snapshot() as session:
        for model in (Course, Revision, Lesson, Item, Question, Asset, Material):
            assert session.scalar(select(func.count()).select_from(model)) == 0
    assert load() is Outcome.FIRST


def test_an_unknown_institution_is_refused_whole(
    load: Load, root: Path, database: Database
) -> None:
    change(root, "course.yaml", "cover: noodle", "cover: noodle\ninstitution: elsewhere")

    with pytest.raises(NotFound) as refused:
        load()

    assert refused.value.code == "institution_not_found"
    assert revisions(database) == []


def test_an_item_may_not_change_its_kind_under_its_key(
    load: Load, root: Path, database: Database
) -> None:
    load()
    change(root, "lessons/A02/lesson.yaml", "kind: reading", "kind: practice")

    with pytest.raises(Conflict) as refused:
        load()

    assert refused.value.code == "item_kind_changed"
    assert revisions(database) == [(1, "published", "folder")]


def test_what_a_folder_published_cannot_be_changed_behind_its_back(
    load: Load, database: Database
) -> None:
    load()

    with pytest.raises(DatabaseError, match="never change"), database.transaction() as session:
        session.scalars(select(Lesson)).first().minutes = 999


# ------------------------------------------------------------------------- faults


def test_faults_inside_videos_are_named_by_file(root: Path) -> None:
    broken = root / "lessons/A01/media/480p.mp4"
    broken.write_bytes(broken.read_bytes()[:2_000])

    with pytest.raises(BadFolder) as refused:
        service.check_folder(root)

    assert [fault.path for fault in refused.value.faults] == ["lessons/A01/media/480p.mp4"]


def test_faults_of_the_folder_and_links_come_together(root: Path) -> None:
    change(root, "course.yaml", "cover: noodle", "cover: dragon")
    (root / "stolen.md").symlink_to("/etc/passwd")

    with pytest.raises(BadFolder) as refused:
        service.open_folder(root)

    assert [(f.path, f.message.code) for f in refused.value.faults] == [
        ("course.yaml", "cover_not_known"),
        ("stolen.md", "link_outside"),
    ]


# ---------------------------------------------------------------- the shipped courses


@pytest.mark.parametrize("slug", LESSONS)
def test_a_shipped_course_loads_whole(load: Load, database: Database, slug: str) -> None:
    assert load(SHIPPED / slug) is Outcome.FIRST

    with database.snapshot() as session:
        rows = published(session, slug)
        assert [entry.lesson.key for entry in rows.lessons] == [*LESSONS[slug], FINAL_KEY]
        for entry in rows.lessons[:-1]:
            kinds = [item.kind for item in entry.items]
            assert kinds == ["video", "reading", "practice", "quiz"]
            assert questions_of(session, entry.items[3]) == 5
            asset = rows.assets[entry.items[0].asset_id]
            assert list(asset.captions) == ["zh", "en"]
            sound, light, _ = asset.renditions
            assert sound.label == "audio"
            assert sound.byte_size < light.byte_size * 0.6
            assert all(set(item.body or {"zh": 1, "en": 1}) == {"zh", "en"} for item in entry.items)
            # What is planned is what is there; the minute a video has begun is left out.
            lengths = [session.get_one(Material, item.material_id) for item in entry.items]
            assert sum(length.duration_ms // 60_000 for length in lengths) == entry.lesson.minutes
        assert questions_of(session, rows.lessons[-1].items[0]) == 12
        assert rows.gaps == []
    assert load(SHIPPED / slug) is Outcome.UNCHANGED


def test_the_shipped_course_that_costs_money_is_text_alone_and_of_no_programme(
    load: Load, database: Database
) -> None:
    assert load(SHIPPED / "shop-accounts") is Outcome.FIRST

    with database.snapshot() as session:
        course = session.scalars(select(Course)).one()
        assert (course.price_fen, course.programme_id) == (2_900, None)
        rows = published(session, course.slug)
        assert [entry.lesson.key for entry in rows.lessons] == ["C01", "C02", FINAL_KEY]
        for entry in rows.lessons[:-1]:
            assert [item.kind for item in entry.items] == ["reading", "practice", "quiz"]
            assert questions_of(session, entry.items[2]) == 5
            assert all(set(item.body or {"zh": 1, "en": 1}) == {"zh", "en"} for item in entry.items)
        assert questions_of(session, rows.lessons[-1].items[0]) == 10
    assert load(SHIPPED / "shop-accounts") is Outcome.UNCHANGED


def questions_of(session: Session, quiz_item: Item) -> int:
    """Return how many questions the quiz draws from."""
    quiz = session.get_one(Quiz, quiz_item.quiz_id)
    own = select(func.count()).where(Question.bank_id == quiz.bank_id)
    return session.scalars(own).one()
