"""The database itself keeps what is published as it is, on both engines."""

from collections.abc import Callable

import pytest
from sqlalchemy import Executable, delete, select, update
from sqlalchemy.exc import DatabaseError, IntegrityError
from sqlalchemy.orm import Session

from lms.catalog.domain import RevisionState
from lms.catalog.models import Item, Lesson, Module, Revision
from lms.db.session import Database
from tests.factories.catalog import MadeCourse, lesson, make_course, reading

FINAL = pytest.mark.parametrize("state", [RevisionState.PUBLISHED, RevisionState.RETIRED])
Refused = Callable[[Callable[[Session], object]], None]


@pytest.fixture
def refused(database: Database) -> Refused:
    """Call it with work the database has to refuse."""

    def check(work: Callable[[Session], object]) -> None:
        with pytest.raises(DatabaseError, match="never change"), database.transaction() as session:
            work(session)

    return check


@pytest.fixture
def made(database: Database) -> Callable[[RevisionState], MadeCourse]:
    def make(state: RevisionState) -> MadeCourse:
        with database.transaction() as session:
            return make_course(session, lessons=[lesson("A01", reading())], state=state)

    return make


def run(statement: Executable) -> Callable[[Session], object]:
    return lambda session: session.execute(statement)


@FINAL
@pytest.mark.parametrize("model", [Module, Lesson, Item])
def test_rows_of_a_published_revision_never_change(model, state, made, refused) -> None:
    own = model.revision_id == made(state).revision.id

    refused(run(update(model).where(own).values(position=9)))
    refused(run(delete(model).where(own)))


@FINAL
def test_nothing_is_added_to_a_published_revision(state, made, refused) -> None:
    course = made(state)

    refused(
        lambda session: session.add(
            Module(revision_id=course.revision.id, key="M2", position=2, title={"zh": "新"})
        )
    )
    refused(
        lambda session: session.add(
            Lesson(
                revision_id=course.revision.id,
                module_id=course.module.id,
                key="A99",
                position=9,
                title={"zh": "新"},
                minutes=1,
                objectives=[],
            )
        )
    )


@FINAL
@pytest.mark.parametrize(
    "change",
    [
        {"number": 77},
        {"title": {"zh": "别的"}},
        {"summary": {"zh": "别的"}},
        {"outcomes": []},
        {"cover": "tea"},
        {"source_hash": "x"},
        {"origin": "studio"},
        {"published_at": None},
    ],
)
def test_the_words_of_a_published_revision_never_change(change, state, made, refused) -> None:
    own = Revision.id == made(state).revision.id

    refused(run(update(Revision).where(own).values(change)))


@FINAL
@pytest.mark.parametrize("back", ["draft", "in_review"])
def test_a_published_revision_never_becomes_a_draft_again(back, state, made, refused) -> None:
    own = Revision.id == made(state).revision.id

    refused(run(update(Revision).where(own).values(state=back)))


@FINAL
def test_a_published_revision_is_never_deleted(state, made, refused) -> None:
    refused(run(delete(Revision).where(Revision.id == made(state).revision.id)))


def test_a_retired_revision_is_not_published_again(made, refused) -> None:
    own = Revision.id == made(RevisionState.RETIRED).revision.id

    refused(run(update(Revision).where(own).values(state=RevisionState.PUBLISHED)))


def test_a_draft_can_be_changed_and_thrown_away(made, database: Database) -> None:
    revision_id = made(RevisionState.DRAFT).revision.id

    with database.transaction() as session:
        for model in (Item, Lesson, Module):
            session.execute(update(model).values(position=5))
            session.execute(delete(model).where(model.revision_id == revision_id))
        session.execute(update(Revision).values(cover="tea"))
        session.execute(delete(Revision))

    with database.snapshot() as session:
        assert session.scalars(select(Revision)).all() == []


@pytest.mark.parametrize("state", [RevisionState.DRAFT, RevisionState.PUBLISHED])
def test_a_course_has_one_draft_and_one_published_revision(
    state: RevisionState, database: Database
) -> None:
    with database.transaction() as session:
        first = make_course(session, state=state).revision
    second = Revision(
        course_id=first.course_id,
        number=2,
        state=state,
        title=first.title,
        summary=first.summary,
        outcomes=[],
        cover="tea",
        origin="studio",
        created_at=first.created_at,
    )

    with pytest.raises(IntegrityError), database.transaction() as session:
        session.add(second)
