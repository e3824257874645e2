"""A real Chromium that may talk to the site under test and to nobody else."""

import os
import shutil
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import (
    Browser,
    BrowserContext,
    BrowserType,
    Page,
    Playwright,
    Route,
    expect,
)
from playwright.sync_api import Error as PlaywrightError

ROOT = Path(__file__).resolve().parents[2]
PICTURES = ROOT / "test-results"
PHONE = {"width": 360, "height": 740}
# How soon a page changes says more about the machine than about the page; what holds costs no wait.
_PATIENCE_MS = 90_000
# The first draws no window of its own around the page, which costs as much as the page.
_NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
_QUIET = (
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
)
_AXE = Axe()


def chromium_program(kind: BrowserType) -> str | None:
    """Return the browser's program: the machine's, else the one playwright fetched, else none."""
    own = Path(kind.executable_path)
    found = (os.environ.get("CHROMIUM"), *map(shutil.which, _NAMES))
    return next(filter(None, found), str(own) if own.exists() else None)


def launch(playwright: Playwright, program: str) -> Browser:
    """Start the browser, also as root, and wait as long as a busy machine needs."""
    expect.set_options(timeout=_PATIENCE_MS)
    return playwright.chromium.launch(executable_path=program, args=_arguments())


def _arguments() -> list[str]:
    return [*_QUIET, *(["--no-sandbox"] if os.geteuid() == 0 else [])]


class OwnBrowser:
    """A browser of one test, with a memory on disk, that may be killed like an empty battery."""

    def __init__(self, kind: BrowserType, folder: Path) -> None:
        self._kind = kind
        self._folder = folder
        self._context: BrowserContext | None = None

    def open(self, site: str) -> Page:
        """Start it, or start it again after ``kill``, and return a new page."""
        self._context = self._kind.launch_persistent_context(
            self._folder,
            executable_path=chromium_program(self._kind),
            args=_arguments(),
            base_url=site,
            locale="zh-CN",
            viewport=PHONE,
        )
        return self._context.new_page()

    def kill(self) -> None:
        """End the process without a word of warning."""
        running = self._processes()
        assert running, "no browser runs with this memory"
        for process in running:
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
        # Nothing may be left to close.
        with suppress(PlaywrightError):
            self.close()
        self._context = None

    def _processes(self) -> list[int]:
        """Return what runs with this memory: the browser, and the shell that started it."""
        own = f"--user-data-dir={self._folder}".encode()
        found = []
        for entry in Path("/proc").glob("[0-9]*"):
            # What ended meanwhile has nothing to read any more.
            with suppress(OSError):
                if own in (entry / "cmdline").read_bytes().split(b"\0"):
                    found.append(int(entry.name))
        return found

    def close(self) -> None:
        """Close what is open."""
        if self._context is not None:
            self._context.close()
            self._context = None


@dataclass(slots=True)
class Watched:
    """What went wrong in the browser while a test looked at the page."""

    outside: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


@contextmanager
def watched_context(
    browser: Browser, site: str, *also: str, **options: object
) -> Iterator[BrowserContext]:
    """Open a phone-sized window; fail where a page reached outside or a script threw.

    ``also`` are the other servers that belong to the site.
    """
    inside = {urlsplit(url).netloc for url in (site, *also)}
    seen = Watched()
    wanted = {"viewport": PHONE, "locale": "zh-CN", "base_url": site, **options}
    context = browser.new_context(**wanted)

    def keep_inside(route: Route) -> None:
        if urlsplit(route.request.url).netloc in inside:
            route.fallback()
        else:
            seen.outside.append(route.request.url)
            route.abort()

    context.set_default_timeout(_PATIENCE_MS)
    context.route("**/*", keep_inside)
    context.on("weberror", lambda error: seen.errors.append(str(error.error)))
    try:
        yield context
    finally:
        context.close()
    assert not seen.outside, f"pages asked other hosts: {seen.outside}"
    assert not seen.errors, f"scripts threw: {seen.errors}"


def take_picture(page: Page, test: str) -> None:
    """Keep what the page looked like when a test failed."""
    PICTURES.mkdir(exist_ok=True)
    name = "".join(letter if letter.isalnum() else "-" for letter in test)[:120]
    # A test may have closed the window it failed in.
    if page.is_closed():
        return
    page.screenshot(path=PICTURES / f"{name}.png", full_page=True)


def barriers(page: Page) -> list[str]:
    """Return what axe finds that keeps people out, one line each; an empty list is the aim.

    A page is looked at once its style sheets have come: half of them give other colours.
    """
    page.wait_for_load_state("load")
    faults = _AXE.run(page).response["violations"]
    return [f"{fault['id']}: {fault['help']} {_places(fault)}" for fault in faults]


def _places(fault: dict[str, Any]) -> str:
    return ", ".join(str(node["target"][0]) for node in fault["nodes"])
