"""Videos through a real nginx, set up by the example of docs/serving.md as it stands there."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import update

from lms.accounts.models import SignIn
from lms.core.clock import utc_now
from tests.support import nginx, run, summary
from tests.support.production import serving
from tests.support.viewers import Cinema, Viewer, ask, open_cinema

SIZE = 6_000_000
MIB = 1024 * 1024


@dataclass(frozen=True)
class Front:
    """The site behind nginx, and the port nginx listens on."""

    cinema: Cinema
    port: int

    def get(self, path, viewer=None, **headers):
        """Ask through nginx."""
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        return ask(self.port, path, {**(viewer.headers if viewer else {}), **sent})


@pytest.fixture(scope="module")
def front(tmp_path_factory) -> Iterator[Front]:
    if nginx.program() is None:
        summary.miss("nginx", "no nginx found; install nginx-light or run make test")
    folder = tmp_path_factory.mktemp("front")
    with (
        open_cinema(folder / "site", size=SIZE) as cinema,
        serving("wsgi:app", cinema.variables | {"LMS_ACCEL_REDIRECT": nginx.PREFIX}) as site,
        nginx.serving(
            # Another worker of the run may serve the other half of these tests.
            run.run_folder() / f"nginx-{uuid4().hex[:8]}",
            site_port=site.port,
            media_dir=cinema.media_dir,
        ) as port,
    ):
        yield Front(cinema, port)


@pytest.fixture
def viewer(front) -> Viewer:
    return front.cinema.new_viewer()


@pytest.mark.parametrize(
    ("asked", "start", "stop"),
    [
        (f"bytes=0-{MIB - 1}", 0, MIB),
        (f"bytes=1000000-{1_000_000 + 4 * MIB - 1}", 1_000_000, 1_000_000 + 4 * MIB),
        ("bytes=5999000-", 5_999_000, SIZE),
        ("bytes=-100", SIZE - 100, SIZE),
    ],
)
def test_a_range_comes_whole_and_byte_for_byte(front, viewer, asked, start, stop):
    answer = front.get(front.cinema.address(viewer), viewer, Range=asked)
    assert answer.status == 206
    expected = hashlib.md5(front.cinema.content[start:stop]).hexdigest()  # noqa: S324
    assert hashlib.md5(answer.body).hexdigest() == expected  # noqa: S324
    assert answer.headers["Content-Range"] == f"bytes {start}-{stop - 1}/{SIZE}"


def test_the_answer_says_what_it_is_and_that_it_is_private(front, viewer):
    answer = front.get(front.cinema.address(viewer), viewer)
    assert (answer.status, answer.body) == (200, front.cinema.content)
    for name, value in (
        ("Content-Type", "video/mp4"),
        ("Cache-Control", "private, max-age=21600"),
        # A phone that others use as well: what one person's browser keeps is not shown to the next.
        ("Vary", "Cookie"),
        ("X-Content-Type-Options", "nosniff"),
        ("Cross-Origin-Resource-Policy", "same-origin"),
        ("Accept-Ranges", "bytes"),
    ):
        assert answer.headers.get_all(name) == [value], name
    assert "X-Accel-Redirect" not in answer.headers


def test_a_public_poster_is_kept_for_a_year(front):
    asset = front.cinema.asset
    answer = front.get(f"/posters/{asset.id}/{asset.version}.webp")
    assert (answer.status, answer.body) == (200, b"RIFF0000WEBP")
    assert answer.headers["Content-Type"] == "image/webp"
    assert answer.headers.get_all("Cache-Control") == ["public, max-age=31536000, immutable"]


def test_what_the_browser_has_is_not_sent_again(front, viewer):
    address = front.cinema.address(viewer)
    tag = front.get(address, viewer).headers["ETag"]
    again = front.get(address, viewer, If_None_Match=tag)
    assert (again.status, again.body) == (304, b"")
    goes_on = front.get(address, viewer, Range="bytes=10-19", If_Range=tag)
    assert (goes_on.status, goes_on.body) == (206, front.cinema.content[10:20])
    other = front.get(address, viewer, Range="bytes=10-19", If_Range='"other"')
    assert (other.status, len(other.body)) == (200, SIZE)
    # Tagged by time and size: a new ticket for the same file finds the browser's copy good.
    fresh = front.cinema.address(viewer, age=timedelta(minutes=1))
    assert front.get(fresh, viewer, If_None_Match=tag).status == 304


def test_an_address_that_was_copied_is_refused_while_its_owner_watches(front, viewer):
    address = front.cinema.address(viewer)
    assert front.get(address, viewer).status == 200
    for thief in (front.cinema.new_viewer(), None):
        refused = front.get(address, thief, Accept="application/json", Range="bytes=0-9")
        assert refused.status == 403
        assert b"ticket_not_yours" in refused.body
    assert front.get(address, viewer).status == 200


def test_a_ticket_that_has_expired_or_was_made_up_is_refused(front, viewer):
    old = front.cinema.address(viewer, age=timedelta(hours=6, seconds=1))
    answer = front.get(old, viewer, Accept="application/json")
    assert (answer.status, b"ticket_expired" in answer.body) == (403, True)
    forged = front.cinema.address(viewer).replace("/480p", "x/480p")
    answer = front.get(forged, viewer, Accept="application/json")
    assert (answer.status, b"ticket_invalid" in answer.body) == (403, True)
    assert "no-store" in answer.headers["Cache-Control"]


def test_a_sign_in_that_ended_watches_no_more(front, viewer):
    """With a ticket nginx has not met yet; one it has goes on for ten seconds."""
    with front.cinema.database.transaction() as session:
        session.execute(
            update(SignIn).where(SignIn.id == viewer.actor.sign_in_id).values(revoked_at=utc_now())
        )
    assert front.get(front.cinema.address(viewer), viewer).status == 403


def test_files_have_no_address_without_a_ticket(front, viewer):
    place = front.cinema.place
    name = "/480p.mp4"
    ticket = front.cinema.address(viewer).removesuffix(name)
    for path in (
        f"{nginx.PREFIX}/{place}",
        f"{nginx.PREFIX}/../_media/{place}",
        f"/{nginx.PREFIX}/{place}",
        f"/media/{place}",
        "/_ticket",
        "/_ticket?x=/480p.mp4",
        f"{nginx.PREFIX}/../../site.sqlite3",
        f"{nginx.PREFIX}..%2Fsite.sqlite3",
        f"{nginx.PREFIX}../site.sqlite3",
        f"{ticket}/..%2F..%2Fsite.sqlite3",
        f"{ticket}/../../site.sqlite3",
        f"{ticket}/..%2f..%2f_media%2f{place.replace('/', '%2f')}",
        f"{ticket}/%2e%2e{nginx.PREFIX}/{place}",
        f"{ticket}/720p.mp4.lock",
        f"{ticket}/zzz.mp4",
    ):
        answer = front.get(path, viewer)
        assert answer.status in (400, 403, 404), (path, answer.status)
        assert front.cinema.content[:20] not in answer.body
        assert b"SQLite format" not in answer.body


def test_a_file_of_the_set_that_is_not_there_is_not_found(front, viewer):
    assert front.get(front.cinema.address(viewer, "240p.mp4"), viewer).status == 404


def test_pages_and_captions_come_from_the_application(front, viewer):
    page = front.get("/", viewer)
    assert page.status == 200
    assert "Content-Security-Policy" in page.headers
    assert front.get(front.cinema.address(viewer, "zh.vtt"), viewer).status == 404


@pytest.mark.parametrize(
    ("path", "is_taken"),
    [
        ("/api/v1/uploads", True),
        ("/studio/courses/a/lessons/A01/videos/video", True),
        ("/sign-in", False),
    ],
)
def test_large_bodies_pass_only_where_videos_are_sent(front, viewer, path, is_taken):
    headers = {**viewer.headers, "Content-Type": "application/offset+octet-stream"}
    answer = ask(front.port, path, headers, method="POST", body=b"x" * 3_000_000)
    # What the application says to it is its own affair.
    assert (answer.status != 413) is is_taken
