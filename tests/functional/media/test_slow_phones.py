"""Phones that take their time, on the server as it is run: nobody else waits for them."""

import socket
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from lms.media.domain.ranges import SEGMENT_BYTES
from lms.media.views.sending import MOST_SENDING
from tests.support.production import HOST, Served, serving
from tests.support.viewers import Cinema, ask, open_cinema

SIZE = 12_000_000
PROCESSES, THREADS = 2, 64
# More than there are threads in all: each would hold one if it were let.
PHONES = PROCESSES * THREADS + 40


@pytest.fixture(scope="module")
def cinema(tmp_path_factory) -> Iterator[Cinema]:
    with open_cinema(tmp_path_factory.mktemp("slow") / "site", size=SIZE) as opened:
        yield opened


@pytest.fixture(scope="module")
def site(cinema) -> Iterator[Served]:
    with serving("wsgi:app", cinema.variables) as served:
        yield served


def hang(site, path, headers):
    """Ask for a part and read its first line alone; return the connection and the status."""
    phone = socket.socket()
    # So small that what is sent does not vanish in this machine's memory.
    phone.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    phone.settimeout(30)
    phone.connect((HOST, site.port))
    lines = [f"GET {path} HTTP/1.1", f"Host: {HOST}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    phone.sendall("\r\n".join([*lines, "", ""]).encode())
    line = b""
    while not line.endswith(b"\r\n"):
        line += phone.recv(1)
    return phone, int(line.split()[1])


def hanging(phones, site, cinema, viewer, asked):
    """Let all phones hang on the same part; return how many were sent something, by status."""
    headers = {**viewer.headers, **({"Range": asked} if asked else {})}
    path, counts = cinema.address(viewer), {}
    for _ in range(PHONES):
        phone, status = hang(site, path, headers)
        phones.enter_context(phone)
        counts[status] = counts.get(status, 0) + 1
    return counts


@pytest.mark.parametrize("asked", ["bytes=0-", f"bytes=0-{SEGMENT_BYTES - 1}", None])
def test_a_page_is_answered_while_more_phones_hang_than_there_are_threads(cinema, site, asked):
    viewer = cinema.new_viewer()
    with ExitStack() as phones:
        counts = hanging(phones, site, cinema, viewer, asked)
        for _ in range(10):
            assert ask(site.port, "/", viewer.headers).status == 200
    assert set(counts) <= {200, 206, 503}
    # None is refused as long as there is room for it.
    assert counts.get(200, 0) + counts.get(206, 0) >= 8


def test_a_phone_that_is_not_alone_gets_its_whole_segment(cinema, site):
    viewer = cinema.new_viewer()
    address, asked = cinema.address(viewer), f"bytes=1000000-{1_000_000 + SEGMENT_BYTES - 1}"
    with ExitStack() as phones:
        for _ in range(MOST_SENDING // 2):
            phone, status = hang(site, address, {**viewer.headers, "Range": "bytes=0-"})
            phones.enter_context(phone)
            assert status == 206
        answer = ask(site.port, address, {**viewer.headers, "Range": asked})
    assert answer.status == 206
    assert answer.body == cinema.content[1_000_000 : 1_000_000 + SEGMENT_BYTES]


def test_a_player_that_asks_on_among_many_gets_every_byte_in_small_parts(cinema, site):
    viewer = cinema.new_viewer()
    address = cinema.address(viewer)
    got = b""
    with ExitStack() as phones:
        hanging(phones, site, cinema, viewer, f"bytes=0-{SEGMENT_BYTES - 1}")
        while len(got) < 1_000_000:
            answer = ask(site.port, address, {**viewer.headers, "Range": f"bytes={len(got)}-"})
            assert answer.status == 206
            got += answer.body
    assert got == cinema.content[: len(got)]


def test_phones_that_left_give_their_places_back(cinema, site):
    viewer = cinema.new_viewer()
    address, asked = cinema.address(viewer), {"Range": f"bytes=0-{SEGMENT_BYTES - 1}"}
    with ExitStack() as phones:
        hanging(phones, site, cinema, viewer, asked["Range"])
    for _ in range(2 * PHONES):
        answer = ask(site.port, address, {**viewer.headers, **asked})
        if answer.status == 206:
            break
    assert len(answer.body) == SEGMENT_BYTES
