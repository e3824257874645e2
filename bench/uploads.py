"""How fast files arrive, beside a bare program on the same server that writes them to a file."""

from __future__ import annotations

import time
from collections.abc import Callable
from http.client import HTTPConnection
from pathlib import Path
from statistics import median
from urllib.parse import urlsplit

from bench.figures import Figure
from lms.app import create_app
from lms.core.access import Role, Scope, ScopeKind
from lms.core.ids import new_token
from lms.db.session import Database, now
from lms.settings import Settings
from tests.factories.accounts import make_sign_in, make_staff
from tests.support.databases import create_schema
from tests.support.production import HOST, browser_headers, environment, serving

_MB = 1_000_000
# What the studio's page sends at a time, and a file of a quarter of an hour.
_CHUNK = b"\x00\x00\x00\x20ftypisom".ljust(8 * _MB, b"\x5a")
_CHUNKS = 16
_ROUNDS = 5
_WANTED = 0.7
_CHUNK_TYPE = "application/offset+octet-stream"


def of_uploads(folder: Path) -> list[Figure]:
    """Return the rate at which an upload arrives and its ratio to the bare program's."""
    url = f"sqlite:///{folder / 'uploads.sqlite3'}"
    create_schema(url)
    variables = environment(folder, url)
    headers = _instructor(variables)
    received = folder / "received"
    received.mkdir()
    with (
        serving("wsgi:app", variables) as site,
        serving(f"bench.receiver:make({str(received)!r})", variables) as bare,
    ):
        rounds = [
            (_rate(_to_site(site.port, headers)), _rate(_to_bare(bare.port, str(number))))
            for number in range(_ROUNDS + 1)
        ][1:]
    shares = [one / other for one, other in rounds]
    rates = [one for one, _ in rounds]
    return [
        Figure("upload", round(median(rates), 1), "MB/s", median(shares), _WANTED, at_least=True),
        Figure("upload_bare_write", round(median(other for _, other in rounds), 1), "MB/s", 1.0),
    ]


def _instructor(variables: dict[str, str]) -> dict[str, str]:
    app = create_app(Settings.from_env(variables))
    database: Database = app.extensions["lms_database"]
    token = new_token()
    with database.transaction() as session:
        person = make_staff(session, Role.INSTRUCTOR, Scope(ScopeKind.PLATFORM))
        make_sign_in(session, person, token=token, second_factor_at=now(session))
    database.dispose()
    return {**browser_headers(app, token), "Tus-Resumable": "1.0.0"}


def _rate(send: Callable[[int], None]) -> float:
    """Return the megabytes a second at which a file of many chunks is taken."""
    began = time.perf_counter()
    for number in range(_CHUNKS):
        send(number)
    return _CHUNKS * len(_CHUNK) / _MB / (time.perf_counter() - began)


def _to_site(port: int, headers: dict[str, str]) -> Callable[[int], None]:
    connection = HTTPConnection(HOST, port, timeout=60)
    length = {"Upload-Length": str(_CHUNKS * len(_CHUNK))}
    location = _ask(connection, "POST", "/api/v1/uploads", {**headers, **length})
    address = urlsplit(location).path

    def send(number: int) -> None:
        at = {"Upload-Offset": str(number * len(_CHUNK)), "Content-Type": _CHUNK_TYPE}
        _ask(connection, "PATCH", address, {**headers, **at}, _CHUNK)

    return send


def _to_bare(port: int, name: str) -> Callable[[int], None]:
    connection = HTTPConnection(HOST, port, timeout=60)

    def send(_number: int) -> None:
        _ask(connection, "PUT", f"/{name}", {}, _CHUNK)

    return send


def _ask(
    connection: HTTPConnection,
    method: str,
    path: str,
    headers: dict[str, str],
    body: bytes | None = None,
) -> str:
    connection.request(method, path, body, headers)
    answer = connection.getresponse()
    said = answer.read()
    if answer.status not in (200, 201, 204):
        raise RuntimeError(f"{path} answered {answer.status}: {said[:200]!r}")
    return answer.getheader("Location", "")
