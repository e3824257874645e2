"""How fast videos are sent, beside nginx alone, and what pages notice of a hundred slow phones."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from statistics import median

from flask import Flask

from bench.figures import Figure, amount, speed
from bench.servers import ROOT, measure
from bench.world import LESSON, Browser, World
from lms.core.access import Actor
from lms.core.clock import utc_now
from lms.db.session import Database
from lms.media import queries, service
from lms.media.domain.ranges import SLICE_BYTES
from lms.media.domain.tickets import Right
from lms.settings import Settings
from tests.support import nginx
from tests.support.production import HOST, free_port, serving

_NAME = "480p.mp4"
_CONNECTIONS = 8
_ROUNDS = 9
_SECONDS = 1
_PHONES = 100
_PHONE_BYTES = 60_000
_PACE = 20.0
_PAGE_ROUNDS = 3
_PAGE_SECONDS = 4.0
_P95_MS = 100.0
_RANGE = f"Range: bytes=0-{SLICE_BYTES - 1}\r\n"


def of_media(
    app: Flask, world: World, variables: Mapping[str, str], folder: Path
) -> Iterator[Figure]:
    """Yield the rates of 1 MiB ranges, and what pages wait while slow phones load."""
    watcher = world.learners[0]
    address, place = _address(app, world, watcher)
    with serving("wsgi:app", variables) as alone:
        if nginx.program() is None:
            print("no nginx found: its figures are left out", file=sys.stderr)
        else:
            media_dir = Path(variables["LMS_DATA_DIR"]) / "media"
            with _behind(variables, media_dir, folder) as (checked, bare):
                yield from _rates(
                    {
                        "media_nginx": (checked, address),
                        "media_app": (alone.port, address),
                        "media_nginx_alone": (bare, f"/{place}"),
                    },
                    watcher,
                )
        yield from _page_waits(world, alone.port, address)


def _address(app: Flask, world: World, watcher: Browser) -> tuple[str, str]:
    """Return the address of the video with a ticket, and its place below the media folder."""
    database: Database = app.extensions["lms_database"]
    settings: Settings = app.extensions["lms_settings"]
    with database.snapshot() as session:
        found = queries.playable(session, world.video.asset_id or "")
    if found is None:
        raise RuntimeError("the video is not ready")
    actor = Actor(watcher.person_id, "", (), watcher.sign_in_id)
    ticket = service.issue_ticket(
        settings.secret_key, found, actor, right=Right.WATCH, at=utc_now()
    )
    place = f"assets/{found.asset_id[:2]}/{found.asset_id}/{found.version}/{_NAME}"
    return f"/media/{ticket}/{_NAME}", place


@contextmanager
def _behind(
    variables: Mapping[str, str], media_dir: Path, folder: Path
) -> Iterator[tuple[int, int]]:
    """Serve the site through nginx; yield its port and that of nginx without any check."""
    bare = free_port()
    more = f"server {{ listen {HOST}:{bare}; sendfile on; tcp_nopush on; root {media_dir}; }}"
    place = folder / "nginx"
    with (
        serving("wsgi:app", {**variables, "LMS_ACCEL_REDIRECT": nginx.PREFIX}) as site,
        nginx.serving(place, site_port=site.port, media_dir=media_dir, more=more) as port,
    ):
        yield port, bare


def _rates(lanes: dict[str, tuple[int, str]], watcher: Browser) -> list[Figure]:
    """Return ranges a second of each lane and their ratio to nginx alone within each round."""
    ask = _by_wrk if shutil.which("wrk") else _by_own_load
    found: dict[str, list[float]] = {name: [] for name in lanes}
    for _ in range(_ROUNDS):
        for name, (port, path) in lanes.items():
            found[name].append(ask(port, path, watcher.headers + _RANGE))
    bare = found["media_nginx_alone"]

    def ratio(name: str) -> float:
        return median(one / other for one, other in zip(found[name], bare, strict=True))

    return [
        speed("media_nginx", median(found["media_nginx"]), ratio("media_nginx"), wanted=0.9),
        speed("media_app", median(found["media_app"]), ratio("media_app"), wanted=0.2),
        Figure("media_nginx_alone", round(median(bare), 1), "requests/s", 1.0),
    ]


def _by_wrk(port: int, path: str, headers: str) -> float:
    command = ["wrk", "-t1", f"-c{_CONNECTIONS}", f"-d{_SECONDS}s"]
    for line in headers.splitlines():
        command += ["-H", line]
    command.append(f"http://{HOST}:{port}{path}")
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    rate = re.search(r"Requests/sec:\s+([\d.]+)", said)
    # Each answer is its range and a head; a page that says no would be far shorter.
    sent = re.search(r"(\d+) requests in [\d.]+s, ([\d.]+)(GB|MB)", said)
    if rate is None or sent is None or "Non-2xx" in said or not _is_whole(sent):
        raise RuntimeError(f"{path} was not served:\n{said}")
    return float(rate[1])


def _is_whole(sent: re.Match[str]) -> bool:
    held = float(sent[2]) * {"MB": 1024**2, "GB": 1024**3}[sent[3]]
    return held >= 0.95 * int(sent[1]) * SLICE_BYTES


def _by_own_load(port: int, path: str, headers: str) -> float:
    """Ask by our own load generator, which takes more of the machine than wrk does."""
    lane = {
        "port": port,
        "method": "GET",
        "targets": [[path, headers]] * _CONNECTIONS,
        "bodies": [],
        "connections": _CONNECTIONS,
        "wanted": "206",
    }
    plan = {"lanes": {"media": lane}, "rounds": 1, "seconds": _SECONDS, "warm_seconds": 0.2}
    found = json.loads(measure(json.dumps(plan)))["media"]
    if found["failures"]:
        raise RuntimeError(f"{path} was not served: {found['failures'][0]}")
    return float(found["rates"][0])


def _page_waits(world: World, port: int, address: str) -> list[Figure]:
    """Return how long the slowest twentieth of pages waits, alone and while slow phones load."""
    without: list[float] = []
    among: list[float] = []
    # In turns, so that a busy moment of the machine meets both.
    for _ in range(_PAGE_ROUNDS):
        without.append(_page_wait(world, port))
        with _slow_phones(port, address, world.learners[0]):
            among.append(_page_wait(world, port))
    return [
        Figure(
            "page_p95_without_phones", round(median(without), 1), "ms", median(without) / _P95_MS
        ),
        amount(f"page_p95_with_{_PHONES}_phones", round(median(among), 1), "ms", _P95_MS),
    ]


def _page_wait(world: World, port: int) -> float:
    path = f"/learn/{world.course.slug}/{LESSON}.video"
    readers = world.learners[1 : _CONNECTIONS + 1]
    lane = {
        "port": port,
        "method": "GET",
        "targets": [[path, each.headers] for each in readers],
        "bodies": [],
        "connections": _CONNECTIONS,
        "pace": _PACE,
    }
    plan = {"lanes": {"pages": lane}, "rounds": 1, "seconds": _PAGE_SECONDS, "warm_seconds": 1}
    found = json.loads(measure(json.dumps(plan)))["pages"]
    if found["failures"]:
        raise RuntimeError(f"pages failed: {found['failures'][0]}")
    return float(found["waits_ms"][1])


@contextmanager
def _slow_phones(port: int, address: str, watcher: Browser) -> Iterator[None]:
    plan = {
        "port": port,
        "path": address,
        "headers": watcher.headers,
        "phones": _PHONES,
        "bytes_per_second": _PHONE_BYTES,
    }
    phones = subprocess.Popen(
        [sys.executable, "-m", "bench.phones"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )
    with phones:
        if phones.stdin is None or phones.stdout is None:
            raise RuntimeError("no pipes")
        print(json.dumps(plan), file=phones.stdin, flush=True)
        if phones.stdout.readline().strip() != "ready":
            raise RuntimeError("the slow phones did not start")
        yield
        phones.stdin.close()
        told = json.loads(phones.stdout.readline())
    if told["failures"]:
        raise RuntimeError(f"a slow phone was refused: {told['failures'][0]}")
