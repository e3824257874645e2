"""Clients that others wrote send a video in pieces, break off, and go on where they were."""

import base64
import hashlib
import io
from http import HTTPStatus
from pathlib import Path

import pytest
from playwright.sync_api import Page
from sqlalchemy import select
from tusclient.client import TusClient
from tusclient.exceptions import TusCommunicationError

from lms.accounts.models import Person
from lms.core.access import Role, Scope, ScopeKind
from lms.core.ids import new_token
from lms.media.models import Asset, Upload
from tests.browser.conftest import enter
from tests.factories.accounts import make_sign_in, make_staff
from tests.functional.studio.tus import bytes_like_video
from tests.support.production import browser_headers
from tests.support.site import LiveSite

SIZE = 3_000_000
DATA = bytes_like_video(SIZE)
KIB = 1024

# What a page does with tus-js-client: break off behind the first megabyte, then go on.
_IN_A_PAGE = """
async ({endpoint, token, content, size}) => {
  const blocks = Uint8Array.from(atob(content), c => c.charCodeAt(0));
  const file = new File([blocks], "课 1.mp4", {lastModified: 17, type: "video/mp4"});
  const options = {
    endpoint, chunkSize: 300 * 1024, retryDelays: [0, 100],
    headers: {"X-CSRF-Token": token}, metadata: {filename: file.name, lastModified: "17"},
  };
  const first = await new Promise((done, failed) => {
    const upload = new tus.Upload(file, {...options, onError: failed,
      onChunkComplete: (_chunk, accepted) => {
        if (accepted > 1e6) { upload.abort().then(() => done({at: accepted, url: upload.url})); }
      }, onSuccess: () => failed(new Error("too fast"))});
    upload.start();
  });
  const known = await new tus.Upload(file, options).findPreviousUploads();
  const sent = [];
  await new Promise((done, failed) => {
    const upload = new tus.Upload(file, {...options, onError: failed, onSuccess: done,
      onAfterResponse: (request, answer) => {
        if (request.getMethod() === "PATCH") { sent.push(+request.getHeader("Upload-Offset")); }
      }});
    upload.resumeFromPreviousUpload(known[0]);
    upload.start();
  });
  return {first, sent, known: known.length};
}
"""


@pytest.fixture
def engine() -> str:
    """One engine is enough where clients are what is tried."""
    return "sqlite"


@pytest.fixture
def instructor(live_site: LiveSite) -> Person:
    with live_site.database.transaction() as session:
        return make_staff(session, Role.INSTRUCTOR, Scope(ScopeKind.PLATFORM))


@pytest.fixture
def headers(live_site: LiveSite, instructor: Person) -> dict[str, str]:
    """What a program sends that was given the instructor's sign-in."""
    token = new_token()
    with live_site.database.transaction() as session:
        make_sign_in(session, instructor, token=token)
    return browser_headers(live_site.app, token)


@pytest.fixture
def content(tmp_path: Path) -> Path:
    path = tmp_path / "第一课.mp4"
    path.write_bytes(DATA)
    return path


@pytest.fixture
def client(live_site: LiveSite, headers: dict[str, str]) -> TusClient:
    return TusClient(f"{live_site.url}/api/v1/uploads", headers=headers)


def arrived(site: LiveSite) -> tuple[str, str]:
    """Return the name of the only upload that is whole, and the hash of its file."""
    folder = site.app.extensions["lms_settings"].media_dir / "uploads"
    with site.database.snapshot() as session:
        whole = select(Asset).join(Upload).where(Upload.finished_at.is_not(None))
        asset = session.scalars(whole).one()
    return asset.filename, hashlib.sha256((folder / asset.id).read_bytes()).hexdigest()


HASH = hashlib.sha256(DATA).hexdigest()


def test_tuspy_sends_a_file_with_checksums(
    client: TusClient, content: Path, live_site: LiveSite
) -> None:
    about = {"filename": "第一课.mp4"}
    with content.open("rb") as file:
        client.uploader(
            file_stream=file, chunk_size=400 * KIB, metadata=about, upload_checksum=True
        ).upload()
    assert arrived(live_site) == ("第一课.mp4", HASH)


def test_tuspy_goes_on_in_another_process(
    client: TusClient, content: Path, live_site: LiveSite
) -> None:
    about = {"filename": "第一课.mp4"}
    with content.open("rb") as file:
        first = client.uploader(file_stream=file, chunk_size=400 * KIB, metadata=about)
        first.upload_chunk()
        first.upload_chunk()
    with content.open("rb") as file:
        again = client.uploader(file_stream=file, chunk_size=400 * KIB, url=first.url)
        assert again.offset == 800 * KIB
        again.upload()
    assert arrived(live_site) == ("第一课.mp4", HASH)


def test_tuspy_hears_of_a_file_that_is_no_video(client: TusClient, live_site: LiveSite) -> None:
    with (
        io.BytesIO(b"#EXTM3U\n/etc/passwd\n" * 1_000) as file,
        pytest.raises(TusCommunicationError) as raised,
    ):
        client.uploader(file_stream=file, metadata={"filename": "lesson.mp4"}).upload()
    assert raised.value.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    with live_site.database.snapshot() as session:
        assert session.scalars(select(Asset)).all() == []


@pytest.fixture
def studio_page(page: Page, live_site: LiveSite, instructor: Person) -> Page:
    enter(page, live_site, instructor)
    page.goto("/studio")
    page.add_script_tag(url="/static/vendor/tus.min.js")
    return page


def test_tus_js_client_breaks_off_and_goes_on(studio_page: Page, live_site: LiveSite) -> None:
    token = studio_page.request.get("/api/v1/session").json()["csrf_token"]
    told = studio_page.evaluate(
        _IN_A_PAGE,
        {
            "endpoint": "/api/v1/uploads",
            "token": token,
            "content": base64.b64encode(DATA).decode(),
            "size": SIZE,
        },
    )
    assert told["known"] == 1
    assert told["sent"][0] == told["first"]["at"] > 1_000_000
    assert arrived(live_site) == ("课 1.mp4", HASH)
