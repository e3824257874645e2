"""What the runs under fire stand on: a database that keeps its word, a course, many learners."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from lms.app import create_app
from lms.core.ids import new_token
from lms.db.session import Database
from lms.settings import Settings
from tests.factories.accounts import make_person, make_sign_in
from tests.factories.catalog import lesson, make_course, video
from tests.factories.enrollment import make_enrollment
from tests.factories.media import make_asset
from tests.support.cluster import Server, address, connect
from tests.support.databases import create_schema, fresh_url, need_postgresql
from tests.support.postgres import durable_server
from tests.support.production import browser_headers, environment

# Longer than any run: what is claimed is never refused for being beyond the end.
VIDEO_SECONDS = 3 * 3_600
VIDEOS = 3


@dataclass(frozen=True, slots=True)
class Ground:
    """An empty database with the whole schema; on PostgreSQL with a server of its own."""

    url: str
    server: Server | None = None


@dataclass(frozen=True, slots=True)
class Learner:
    """A person on the course, and what their browser sends."""

    person_id: int
    headers: dict[str, str]


@dataclass(frozen=True, slots=True)
class Scene:
    """The people, what they watch, and what the site is started with."""

    learners: list[Learner]
    items: list[int]
    variables: dict[str, str]
    database: Database


@contextmanager
def open_ground(engine: str, **options: str) -> Iterator[Ground]:
    """Yield a database of the engine; the options are those of PostgreSQL's server."""
    if engine == "sqlite":
        with fresh_url("sqlite", create_schema) as url:
            yield Ground(url)
        return
    need_postgresql()
    with durable_server(**options) as server:
        folder = server.cluster.folder
        with connect(folder, "postgres") as connection:
            connection.execute("CREATE DATABASE site")
        url = address(folder, "site")
        create_schema(url)
        yield Ground(url, server)


@contextmanager
def open_scene(ground: Ground, folder: Path, *, learners: int) -> Iterator[Scene]:
    """Put a course and learners into the database; their sign-ins live for a month."""
    variables = environment(folder, ground.url)
    app = create_app(Settings.from_env(variables))
    database: Database = app.extensions["lms_database"]
    with database.transaction() as session:
        asset = make_asset(session, duration_ms=VIDEO_SECONDS * 1000)
        spec = {"asset_id": asset.id, "duration_ms": asset.duration_ms}
        lessons = [lesson(f"A{number:02}", video(**spec)) for number in range(VIDEOS)]
        course = make_course(session, lessons=lessons)
        people = []
        for _ in range(learners):
            person, token = make_person(session), new_token()
            make_enrollment(session, person=person, course=course)
            make_sign_in(session, person, token=token)
            people.append(Learner(person.id, browser_headers(app, token)))
        items = [item.id for item in course.items.values()]
    try:
        yield Scene(people, items, variables, database)
    finally:
        database.dispose()
