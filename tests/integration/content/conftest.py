"""Loads course folders as the command does."""

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.catalog import queries
from lms.catalog.models import Course, Revision
from lms.content import service
from lms.content.domain.loading import Outcome, StudioEdits
from lms.core.access import Actor, Grant, Role, Scope, ScopeKind
from lms.db.session import Database, now
from lms.media.gateway.storage import storage_of
from lms.settings import Settings
from tests.factories.accounts import make_person
from tests.factories.content import write_folder

SLUG = "noodle-class"
LESSON = "lessons/A01/lesson.yaml"
Load = Callable[..., Outcome]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return write_folder(tmp_path / "course")


@pytest.fixture
def load(database: Database, settings: Settings, root: Path) -> Load:
    """Call it to load the folder as the command does."""

    def run(path: Path = root, edits: StudioEdits = StudioEdits.KEEP) -> Outcome:
        folder = service.open_folder(path)
        storage = storage_of(settings)
        with database.snapshot() as session:
            planned = service.plan_load(session, folder=folder, storage=storage, edits=edits)
        if planned not in (Outcome.FIRST, Outcome.REVISION):
            return planned
        staged = service.stage_videos(folder, storage)
        with database.transaction() as session:
            return service.load_folder(
                session, folder=folder, staged=staged, at=now(session)
            ).outcome

    return run


@pytest.fixture
def instructor(database: Database) -> Actor:
    with database.transaction() as session:
        person = make_person(session)
    grant = Grant(Role.INSTRUCTOR, Scope(ScopeKind.PLATFORM))
    return Actor(person.id, person.name, (grant,), sign_in_id=0)


def change(root: Path, path: str, old: str, new: str) -> None:
    file = root / path
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")


def revisions(database: Database, slug: str = SLUG) -> list[tuple[int, str, str]]:
    with database.snapshot() as session:
        rows = session.execute(
            select(Revision.number, Revision.state, Revision.origin)
            .join(Course, Course.id == Revision.course_id)
            .where(Course.slug == slug)
            .order_by(Revision.number)
        )
        return [tuple(row) for row in rows]


def published(session: Session, slug: str = SLUG) -> queries.RevisionRows:
    course = session.scalars(select(Course).where(Course.slug == slug)).one()
    revision = queries.published_of(session, course.id)
    assert revision is not None
    return queries.rows_of(session, revision)


def materials(database: Database) -> dict[str, int]:
    with database.snapshot() as session:
        return {
            f"{entry.lesson.key}/{item.key}": item.material_id
            for entry in published(session).lessons
            for item in entry.items
        }
