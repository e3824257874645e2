"""The studio as browsers see it."""

from collections.abc import Callable

import pytest
from flask import Flask

from lms.catalog.domain import RevisionState
from lms.core.access import Role, Scope, ScopeKind
from lms.db.session import Database
from tests.factories.accounts import make_person, make_staff, sign_in
from tests.factories.catalog import both, lesson, make_course, make_institution, video
from tests.functional.studio.tus import Tus
from tests.support.site import Client

SLUG = "noodle-class"
COURSE = f"/studio/courses/{SLUG}"
OpenAs = Callable[..., Client]


@pytest.fixture
def institution_id(database: Database) -> int:
    """The institution of the instructor."""
    with database.transaction() as session:
        return make_institution(session, slug="village-school").id


@pytest.fixture
def open_as(app: Flask, database: Database) -> OpenAs:
    """Call it for a browser signed in as a role in a scope."""

    def opened(role: Role | None, scope: Scope | None = None) -> Client:
        with database.transaction() as session:
            person = make_staff(session, role, scope) if role else make_person(session)
        client = app.test_client()
        sign_in(client, person)
        return client

    return opened


@pytest.fixture
def instructor(open_as: OpenAs, institution_id: int) -> Client:
    """The instructor of the institution."""
    return open_as(Role.INSTRUCTOR, Scope(ScopeKind.INSTITUTION, str(institution_id)))


@pytest.fixture
def stranger(open_as: OpenAs, database: Database) -> Client:
    """An instructor of another institution."""
    with database.transaction() as session:
        other = make_institution(session).id
    return open_as(Role.INSTRUCTOR, Scope(ScopeKind.INSTITUTION, str(other)))


@pytest.fixture
def draft(database: Database, institution_id: int) -> None:
    """A draft with two lessons that lacks nothing."""
    make(database, institution_id, RevisionState.DRAFT)


@pytest.fixture
def published(database: Database, institution_id: int) -> None:
    make(database, institution_id, RevisionState.PUBLISHED)


def make(database: Database, institution_id: int, state: RevisionState) -> None:
    with database.transaction() as session:
        make_course(
            session,
            slug=SLUG,
            institution_id=institution_id,
            lessons=[lesson("A01", title=both("架手机")), lesson("A02", title=both("讲一碗面"))],
            state=state,
        )


@pytest.fixture
def empty_lesson(database: Database, institution_id: int) -> None:
    """A draft with one lesson that has a place for a video."""
    with database.transaction() as session:
        make_course(
            session,
            slug=SLUG,
            institution_id=institution_id,
            lessons=[lesson("A01", video(asset_id=None))],
            state=RevisionState.DRAFT,
        )


@pytest.fixture
def tus(instructor: Client) -> Tus:
    """The instructor's uploads."""
    return Tus(instructor)
