"""People with a video to watch on a served site, and requests as a player makes them."""

import http.client
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from flask import Flask

from lms.app import create_app
from lms.core.access import Actor
from lms.core.clock import utc_now
from lms.core.ids import new_token
from lms.db.session import Database
from lms.media import queries, service
from lms.media.domain.tickets import Right
from lms.media.gateway.storage import LocalStorage
from lms.media.models import Asset
from lms.settings import Settings
from tests.factories.accounts import make_person, make_sign_in
from tests.factories.media import make_asset
from tests.support.databases import create_schema
from tests.support.production import HOST, browser_headers, environment

NAME = "480p.mp4"


@dataclass(frozen=True, slots=True)
class Viewer:
    """A signed-in person; ``headers`` are what their browser sends."""

    actor: Actor
    headers: dict[str, str]


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back, and that over which connection nothing is read any more."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(slots=True)
class Cinema:
    """A site with one long video."""

    app: Flask
    variables: dict[str, str]
    asset: Asset
    content: bytes = field(repr=False, default=b"")

    @property
    def media_dir(self) -> Path:
        """Return where the videos lie."""
        return self._settings.media_dir

    @property
    def place(self) -> str:
        """Return where the video lies below that."""
        return f"assets/{self.asset.id[:2]}/{self.asset.id}/{self.asset.version}/{NAME}"

    @property
    def database(self) -> Database:
        """Return the site's database."""
        found: Database = self.app.extensions["lms_database"]
        return found

    @property
    def _settings(self) -> Settings:
        found: Settings = self.app.extensions["lms_settings"]
        return found

    def new_viewer(self) -> Viewer:
        """Sign a new person in."""
        with self.database.transaction() as session:
            person, token = make_person(session), new_token()
            row = make_sign_in(session, person, token=token)
            actor = Actor(person.id, person.name, (), row.id)
        return Viewer(actor, browser_headers(self.app, token))

    def address(self, viewer: Viewer, name: str = NAME, *, age: timedelta = timedelta()) -> str:
        """Return the address of a file with a ticket that was issued ``age`` ago."""
        with self.database.snapshot() as session:
            facts = queries.asset_facts(session, [self.asset.id])[self.asset.id]
        ticket = service.issue_ticket(
            self._settings.secret_key,
            facts,
            viewer.actor,
            right=Right.WATCH,
            at=utc_now() - age,
        )
        return f"/media/{ticket}/{name}"


@contextmanager
def open_cinema(folder: Path, *, size: int) -> Iterator[Cinema]:
    """Yield a site of its own whose video has ``size`` bytes."""
    folder.mkdir(parents=True, exist_ok=True)
    url = f"sqlite:///{folder / 'site.sqlite3'}"
    create_schema(url)
    variables = environment(folder, url) | {"LMS_TRUSTED_PROXIES": "1"}
    app = create_app(Settings.from_env(variables))
    database: Database = app.extensions["lms_database"]
    with database.transaction() as session:
        asset = make_asset(session)
    content = os.urandom(size)
    path = LocalStorage(folder / "media").served(asset.id, asset.version or "", NAME)
    path.parent.mkdir(parents=True)
    path.write_bytes(content)
    path.with_name("poster.webp").write_bytes(b"RIFF0000WEBP")
    try:
        yield Cinema(app, variables, asset, content)
    finally:
        database.dispose()


def ask(port: int, path: str, headers: Mapping[str, str], *, method: str = "GET", body=None):
    """Send one request exactly as it is and return the whole answer."""
    connection = http.client.HTTPConnection(HOST, port, timeout=30)
    try:
        connection.request(method, path, body=body, headers=dict(headers))
        answer = connection.getresponse()
        return Answer(answer.status, answer.headers, answer.read())
    finally:
        connection.close()
