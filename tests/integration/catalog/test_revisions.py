"""Courses are started, copied into drafts and published; learners keep what they enrolled for."""

from collections.abc import Callable

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.audit.models import AuditEntry
from lms.catalog import queries, service
from lms.catalog.domain import ItemKind, RevisionState
from lms.catalog.models import Item, Material, Module, Revision
from lms.core.access import Actor, ScopeKind
from lms.core.errors import Conflict, NotFound
from lms.db.session import Database, now
from lms.media.models import Asset
from tests.factories.assessment import make_quiz
from tests.factories.catalog import (
    MadeCourse,
    both,
    lesson,
    make_course,
    make_institution,
    practice,
    quiz,
    reading,
    video,
)
from tests.factories.enrollment import make_enrollment
from tests.factories.media import make_asset, make_caption

Started = Callable[..., MadeCourse]
SLUG = "noodle-class"


@pytest.fixture
def course(database: Database) -> Started:
    """Call it for a course with a video, a reading and a practice card, published by default."""

    def make(state: RevisionState = RevisionState.PUBLISHED, **asset: object) -> MadeCourse:
        with database.transaction() as session:
            asset_id = make_asset(session, **asset).id
            items = (video(asset_id=asset_id, duration_ms=60_000), reading(), practice())
            return make_course(session, slug=SLUG, lessons=[lesson("A01", *items)], state=state)

    return make


def open_draft(session: Session, actor: Actor) -> Revision:
    return service.open_draft(session, actor=actor, slug=SLUG, at=now(session))


def publish(session: Session, actor: Actor, edits: int = 0) -> Revision:
    return service.publish(session, actor=actor, slug=SLUG, edits=edits, at=now(session))


def states(session: Session) -> list[tuple[int, str]]:
    rows = session.execute(select(Revision.number, Revision.state).order_by(Revision.number))
    return [(number, state) for number, state in rows]


def items_of(session: Session, revision: Revision) -> list[tuple[object, ...]]:
    items = session.scalars(select(Item).where(Item.revision_id == revision.id).order_by(Item.id))
    return [
        (i.key, i.kind, i.position, i.title, i.body, i.asset_id, i.material_id, i.quiz_id)
        for i in items
    ]


def test_a_draft_is_a_copy_with_the_same_keys_and_materials(
    course: Started, database: Database, instructor: Actor
) -> None:
    published = course()
    with database.transaction() as session:
        draft = open_draft(session, instructor)

        assert items_of(session, draft) == items_of(session, published.revision)
        assert queries.rows_of(session, draft).outline == (
            queries.rows_of(session, published.revision).outline
        )
        assert (draft.number, draft.origin, draft.source_hash) == (2, "studio", None)
        assert draft.title == published.revision.title
        assert states(session) == [(1, "published"), (2, "draft")]


def test_opening_a_draft_twice_opens_the_same(
    course: Started, database: Database, instructor: Actor
) -> None:
    course()
    with database.transaction() as session:
        assert open_draft(session, instructor).id == open_draft(session, instructor).id


def test_publishing_retires_the_version_before(
    course: Started, database: Database, instructor: Actor
) -> None:
    course()
    with database.transaction() as session:
        open_draft(session, instructor)
        draft = publish(session, instructor)

        assert states(session) == [(1, "retired"), (2, "published")]
        assert draft.published_at is not None
        acts = session.scalars(select(AuditEntry)).all()
        assert [(act.action, act.subject, act.details) for act in acts] == [
            ("course.published", f"course:{SLUG}", {"revision": 2})
        ]


def test_learners_keep_the_revision_they_enrolled_for(
    course: Started, database: Database, instructor: Actor
) -> None:
    made = course()
    with database.transaction() as session:
        enrollment = make_enrollment(session, course=made)
        open_draft(session, instructor)
        publish(session, instructor)
        session.refresh(enrollment)

        assert enrollment.revision_id == made.revision.id


def test_a_video_gets_its_material_when_it_is_published(
    course: Started, database: Database, instructor: Actor
) -> None:
    made = course(duration_ms=123_456)
    with database.transaction() as session:
        draft = open_draft(session, instructor)
        asset = make_asset(session, duration_ms=90_000)
        place = service.LessonPlace(instructor, SLUG, "A01")
        service.attach_asset(
            session, place=place, item_key="video", asset_id=asset.id, at=now(session)
        )
        publish(session, instructor)

        item = session.scalars(select(Item).filter_by(revision_id=draft.id, key="video")).one()
        material = session.get_one(Material, item.material_id)
        assert (material.asset_id, material.duration_ms) == (asset.id, 90_000)
        assert material.id != made.materials["A01/video"].id


def test_an_unchanged_video_keeps_its_material(
    course: Started, database: Database, instructor: Actor
) -> None:
    made = course()
    with database.transaction() as session:
        draft = open_draft(session, instructor)
        publish(session, instructor)

        item = session.scalars(select(Item).filter_by(revision_id=draft.id, key="video")).one()
        assert item.material_id == made.materials["A01/video"].id


def test_a_draft_with_something_missing_is_not_published(
    database: Database, instructor: Actor
) -> None:
    with database.transaction() as session:
        place = lesson("A01", video(asset_id=None))
        make_course(session, slug=SLUG, lessons=[place], state=RevisionState.DRAFT)

    with pytest.raises(Conflict) as refused, database.transaction() as session:
        publish(session, instructor)

    assert refused.value.code == "video_missing"
    with database.snapshot() as session:
        assert states(session) == [(1, "draft")]


def test_a_video_in_the_works_holds_publication_back(database: Database, instructor: Actor) -> None:
    with database.transaction() as session:
        asset_id = make_asset(session, state="processing").id
        place = lesson("A01", video(asset_id=asset_id, duration_ms=None))
        make_course(session, slug=SLUG, lessons=[place], state=RevisionState.DRAFT)

    with pytest.raises(Conflict) as refused, database.transaction() as session:
        publish(session, instructor)

    assert refused.value.code == "video_processing"


def test_missing_captions_are_advice_alone(course: Started, database: Database) -> None:
    made = course(RevisionState.DRAFT)
    with database.transaction() as session:
        rows = queries.rows_of(session, session.get_one(Revision, made.revision.id))
        assert [(g.message.code, g.blocks) for g in rows.gaps] == [("captions_missing", False)]

        asset = rows.assets[made.items["A01/video"].asset_id or ""]
        make_caption(session, session.get_one(Asset, asset.asset_id))
        assert queries.rows_of(session, rows.revision).gaps == []


def test_an_empty_unit_is_left_out_of_what_is_published(
    course: Started, database: Database, instructor: Actor
) -> None:
    course()
    with database.transaction() as session:
        draft = open_draft(session, instructor)
        editor = service.edit_draft(session, actor=instructor, slug=SLUG, edits=0, at=now(session))
        editor.add_module(both("空单元"))
        publish(session, instructor, edits=1)

        kept = session.scalars(select(Module.key).where(Module.revision_id == draft.id)).all()
        assert kept == ["M1"]


def test_a_page_made_before_the_last_edit_publishes_nothing(
    course: Started, database: Database, instructor: Actor
) -> None:
    course()
    with database.transaction() as session:
        open_draft(session, instructor)
        service.edit_draft(session, actor=instructor, slug=SLUG, edits=0, at=now(session))

    with pytest.raises(Conflict) as refused, database.transaction() as session:
        publish(session, instructor, edits=0)

    assert refused.value.code == "draft_changed"


def test_without_a_draft_there_is_nothing_to_publish(
    course: Started, database: Database, instructor: Actor
) -> None:
    course()

    with pytest.raises(Conflict) as refused, database.transaction() as session:
        publish(session, instructor)

    assert refused.value.code == "no_draft"


def test_the_same_content_is_one_material_and_other_content_another(database: Database) -> None:
    with database.transaction() as session:
        course_id = make_course(session).course.id
        five = service.Timed(course_id, "A09", "text", ItemKind.READING, 300_000)
        six = service.Timed(course_id, "A09", "text", ItemKind.READING, 360_000)

        first = service.material_for(session, five)
        assert service.material_for(session, five).id == first.id
        assert service.material_for(session, six).id != first.id


def test_a_key_does_not_change_its_kind(database: Database) -> None:
    with database.transaction() as session:
        course_id = make_course(session).course.id
        text = service.Timed(course_id, "A09", "text", ItemKind.READING, 300_000)
        card = service.Timed(course_id, "A09", "text", ItemKind.PRACTICE, 300_000)
        service.material_for(session, text)

        with pytest.raises(Conflict) as refused:
            service.material_for(session, card)

    assert refused.value.code == "item_kind_changed"


def test_a_stranger_neither_copies_nor_publishes(
    course: Started, database: Database, actor_of: Callable[..., Actor]
) -> None:
    course()
    with database.transaction() as session:
        elsewhere = make_institution(session).id
    stranger = actor_of(ScopeKind.INSTITUTION, elsewhere)

    for work in (open_draft, publish):
        with pytest.raises(NotFound), database.transaction() as session:
            work(session, stranger)


def test_a_quiz_stays_with_its_item_in_the_copy(database: Database, instructor: Actor) -> None:
    with database.transaction() as session:
        quiz_id = make_quiz(session).id
        place = lesson("A01", quiz(quiz_id=quiz_id))
        make_course(session, slug=SLUG, lessons=[place])
        draft = open_draft(session, instructor)

        assert session.scalars(select(Item.quiz_id).where(Item.revision_id == draft.id)).all() == [
            quiz_id
        ]
