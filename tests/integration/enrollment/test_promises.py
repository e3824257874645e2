"""What the database refuses of classes and versions, and what happens once it does not."""

from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import delete, insert, text, update
from sqlalchemy.exc import DBAPIError, IntegrityError

from lms.catalog.models import RevisionState
from lms.db.session import Database
from lms.enrollment.models import Enrollment, TrainingClass
from tests.factories.accounts import make_person
from tests.factories.catalog import MadeCourse, lesson, make_course, make_revision, reading
from tests.factories.enrollment import ENROLLED, make_class, make_enrollment
from tests.support.databases import drop_trigger


@dataclass
class Scene:
    """A course with an old and a new version, a draft, another course, and who takes them."""

    old: MadeCourse
    new: MadeCourse
    draft: MadeCourse
    other: MadeCourse
    old_class: int
    member: int
    free: int
    completed: int
    stranger: int


@pytest.fixture
def scene(database: Database) -> Scene:
    with database.transaction() as session:
        old = make_course(session)
        old_class = make_class(session, old)
        member = make_enrollment(session, course=old, training_class_id=old_class.id)
        free = make_enrollment(session, course=old)
        completed = make_enrollment(session, course=old, status="completed", completed_at=ENROLLED)
        new = make_revision(session, old.course, lessons=[lesson("A", reading(minutes=2))])
        draft = make_revision(session, old.course, state=RevisionState.DRAFT)
        other = make_course(session)
        ids = [row.id for row in (old_class, member, free, completed, make_person(session))]
        return Scene(old, new, draft, other, *ids)


def change(database: Database, model: Any, row_id: int, **values: Any) -> None:
    with database.transaction() as session:
        session.execute(update(model).where(model.id == row_id).values(**values))


ASTRAY = {
    "a draft": lambda s: (Enrollment, s.free, {"revision_id": s.draft.revision.id}),
    "another course's version": lambda s: (
        *(Enrollment, s.free),
        {"revision_id": s.other.revision.id},
    ),
    "a version that is not the class's": lambda s: (
        *(Enrollment, s.member),
        {"revision_id": s.new.revision.id},
    ),
    "a class of another version": lambda s: (
        *(Enrollment, s.free),
        {"revision_id": s.new.revision.id, "training_class_id": s.old_class},
    ),
    "a class there is not": lambda s: (Enrollment, s.free, {"training_class_id": 4711}),
    "a completed enrollment": lambda s: (
        *(Enrollment, s.completed),
        {"revision_id": s.new.revision.id},
    ),
    "somebody else": lambda s: (Enrollment, s.free, {"person_id": s.stranger}),
}


@pytest.mark.parametrize("what", list(ASTRAY))
def test_no_enrollment_goes_astray_until_the_trigger_is_dropped(
    what: str, database: Database, scene: Scene
) -> None:
    model, row_id, values = ASTRAY[what](scene)
    with pytest.raises((IntegrityError, DBAPIError), match="never change"):
        change(database, model, row_id, **values)
    drop_trigger(database, "enrollment_no_update", "enrollment")
    change(database, model, row_id, **values)


@pytest.mark.parametrize(
    "pin",
    [
        lambda s: (s.old.course.id, s.draft.revision.id, None),
        lambda s: (s.old.course.id, s.other.revision.id, None),
        lambda s: (s.old.course.id, s.new.revision.id, s.old_class),
        lambda s: (s.other.course.id, s.other.revision.id, s.old_class),
    ],
    ids=["a draft", "another course", "a class of another version", "another course's class"],
)
def test_nobody_joins_astray_until_the_trigger_is_dropped(
    pin: Any, database: Database, scene: Scene
) -> None:
    course_id, revision_id, class_id = pin(scene)

    def join() -> None:
        with database.transaction() as session:
            person = make_enrollment(session, course=make_course(session)).person_id
            row = {"person_id": person, "county_code": "330822", "enrolled_at": ENROLLED}
            row |= {"course_id": course_id, "revision_id": revision_id, "status": "active"}
            session.execute(insert(Enrollment).values(**row, training_class_id=class_id))

    with pytest.raises(DBAPIError, match="never change"):
        join()
    drop_trigger(database, "enrollment_no_insert", "enrollment")
    join()


@pytest.mark.parametrize(
    "values",
    [
        lambda s: {"revision_id": s.draft.revision.id},
        lambda s: {"revision_id": s.other.revision.id},
        lambda s: {"course_id": s.other.course.id, "revision_id": s.other.revision.id},
    ],
    ids=["a draft", "another course's version", "another course"],
)
def test_no_class_is_pinned_astray_until_the_trigger_is_dropped(
    values: Any, database: Database, scene: Scene
) -> None:
    with pytest.raises(DBAPIError, match="never change"):
        change(database, TrainingClass, scene.old_class, **values(scene))
    drop_trigger(database, "training_class_no_update", "training_class")
    change(database, TrainingClass, scene.old_class, **values(scene))


def test_a_class_of_a_draft_is_not_made_until_the_trigger_is_dropped(
    database: Database, scene: Scene
) -> None:
    with pytest.raises(DBAPIError, match="never change"), database.transaction() as session:
        make_class(session, scene.draft)
    drop_trigger(database, "training_class_no_insert", "training_class")
    with database.transaction() as session:
        make_class(session, scene.draft)


def test_a_class_is_never_deleted_until_the_trigger_is_dropped(
    database: Database, scene: Scene
) -> None:
    gone = delete(TrainingClass).where(TrainingClass.id == scene.old_class)
    with pytest.raises(DBAPIError, match="never change"), database.transaction() as session:
        session.execute(gone)
    drop_trigger(database, "training_class_no_delete", "training_class")
    with database.transaction() as session:
        session.execute(gone)


@pytest.mark.parametrize(
    "wrong", ["state = 'full'", "ends_on = '2026-08-31'"], ids=["state", "dates"]
)
def test_a_class_has_a_state_and_days_in_order(
    wrong: str, database: Database, scene: Scene
) -> None:
    with pytest.raises(IntegrityError), database.transaction() as session:
        session.execute(text(f"UPDATE training_class SET {wrong}"))  # noqa: S608
