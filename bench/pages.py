"""What one page costs: statements after the sign-in look-up, and bytes until the first tap."""

from __future__ import annotations

import re
from time import perf_counter
from urllib.parse import urljoin

from flask import Flask
from flask.testing import FlaskClient

from bench.figures import Figure, amount
from bench.world import LESSON, Browser, World
from tests.support.production import HOST
from tests.support.statements import LIMIT, asked

_BYTES = 40_000
_COLD_SECONDS = 1.0
# What a browser loads by itself when it shows a page: styles, icon, scripts, pictures, captions.
_LINKED = re.compile(
    r'<link[^>]+href="([^"]+)"|<(?:script|img)[^>]+src="([^"]+)"|\bposter="([^"]+)"'
    r'|<track[^>]+src="([^"]+)"[^>]*\bdefault'
)
_IN_STYLES = re.compile(r"url\(['\"]?([^)'\"]+)['\"]?\)")


def of_pages(app: Flask, world: World) -> list[Figure]:
    """Return statements of the busiest pages, bytes of the lesson page, and its first showing."""
    learner = world.learners[0]
    lesson = f"/learn/{world.course.slug}/{LESSON}.video"
    cold = _seconds(app, learner, lesson)
    warm = min(_seconds(app, learner, lesson) for _ in range(10))
    pages = {
        "lesson": (learner, lesson),
        "home": (learner, "/"),
        "course": (learner, f"/courses/{world.course.slug}"),
        "menu": (learner, "/courses"),
        "subsidy": (learner, "/me/subsidy"),
        "completions": (world.administrator, "/staff/completions"),
    }
    counted = [
        amount(f"{name}_statements", _statements(app, *page), "statements", LIMIT)
        for name, page in pages.items()
    ]
    return [
        *counted,
        amount("lesson_bytes", _weight(app, learner, lesson), "bytes", _BYTES),
        amount("lesson_cold", round(cold * 1000, 1), "ms", _COLD_SECONDS * 1000),
        amount("lesson_warm", round(warm * 1000, 1), "ms", _COLD_SECONDS * 1000),
    ]


def page_bytes(app: Flask, browser: Browser, path: str) -> int:
    """Return the length of the page before compression."""
    return len(_get(app, browser, path, encoding="identity"))


def _statements(app: Flask, browser: Browser, path: str) -> int:
    """Return how many statements a page takes that was shown before, without the look-up."""
    _get(app, browser, path)
    with asked(app.extensions["lms_database"]) as said:
        _get(app, browser, path)
    return len(said)


def _weight(app: Flask, browser: Browser, path: str) -> int:
    """Return the compressed bytes of the page and of all it loads before anything is tapped."""
    page = _get(app, browser, path, encoding="identity").decode()
    wanted = {name for found in _LINKED.findall(page) for name in found if name}
    for name in sorted(wanted):
        if ".css" in name:
            styles = _get(app, browser, name, encoding="identity").decode()
            wanted |= {urljoin(name, inner) for inner in _IN_STYLES.findall(styles)}
    return sum(len(_get(app, browser, name)) for name in (path, *wanted))


def _seconds(app: Flask, browser: Browser, path: str) -> float:
    begun = perf_counter()
    _get(app, browser, path)
    return perf_counter() - begun


def _get(app: Flask, browser: Browser, path: str, *, encoding: str = "br") -> bytes:
    headers = dict(line.split(": ", 1) for line in browser.headers.splitlines())
    headers["Accept-Encoding"] = encoding
    client: FlaskClient = app.test_client(use_cookies=False)
    with client.get(path, headers=headers, base_url=f"http://{HOST}") as answer:
        if answer.status_code != 200:  # noqa: PLR2004 (HTTP)
            raise RuntimeError(f"{path} answered {answer.status}")
        return answer.get_data()
