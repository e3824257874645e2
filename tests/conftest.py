"""Fixtures every test may use: databases on both engines, the application, a browser."""

import gc
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from flask import Flask
from hypothesis import settings as examples
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from lms.app import create_app
from lms.db.session import Database
from lms.settings import BucketSettings, Settings
from lms.wiring import event_bus
from tests.support import browser as chromium
from tests.support import postgres, run, s3, site, summary
from tests.support import verifiers as independent
from tests.support.databases import create_schema, fresh_url, keep_statements
from tests.support.field import FIELD_DATA, field_folder
from tools.messages import compile_catalogue

ROOT = Path(__file__).resolve().parent.parent
# How long an example takes says more about the machine than about the code.
examples.register_profile("patient", deadline=None)
examples.load_profile("patient")
# So many new objects, and garbage is looked for.
_NEW_OBJECTS = 20_000
ENGINES = ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)]


def pytest_configure(config: pytest.Config) -> None:
    site.keep_addresses()
    keep_statements()
    if not hasattr(config, "workerinput"):
        run.open_run()
        compile_catalogue(ROOT)


_LONGEST = {
    *("test_field_videos.py", "test_line_lost.py", "test_twelve_kilobytes.py"),
    "test_upload_to_phone.py",
}


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    for item in items:
        for kind in {"browser", "faults"} & set(item.path.relative_to(ROOT).parts):
            item.add_marker(kind)
    # The longest of all: begun last, they would be waited for.
    items.sort(
        key=lambda item: item.path.name not in _LONGEST and not item.get_closest_marker("faults")
    )
    if not config.getoption("--every-engine"):
        left = [item for item in items if _is_left_out(item)]
        config.hook.pytest_deselected(items=left)
        items[:] = [item for item in items if not _is_left_out(item)]


def _is_left_out(item: pytest.Item) -> bool:
    """Tell whether a test of a browser's scripts would run on the second engine."""
    return item.get_closest_marker("one_engine") is not None and "postgresql" in item.name


def pytest_collection_finish() -> None:
    # Most objects there are were imported and stay; each look for garbage went through them all.
    gc.freeze()
    gc.set_threshold(_NEW_OBJECTS, 10, 10)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--every-engine", action="store_true", help="leave no engine out")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    summary.report(terminalreporter)


def pytest_unconfigure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        postgres.stop_server(run.run_folder())
        run.close_run()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    report = yield
    if report.when == "call" and report.failed and isinstance(item, pytest.Function):
        page = item.funcargs.get("page")
        if isinstance(page, Page):
            chromium.take_picture(page, item.nodeid)
    return report


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest) -> str:
    """The database engine; the test runs once on each."""
    return request.param


@pytest.fixture
def database_url(engine: str) -> Iterator[str]:
    """The address of an empty database with the whole schema."""
    with fresh_url(engine, create_schema) as url:
        yield url


@pytest.fixture
def queue() -> site.WaitingQueue:
    """The jobs the site has put off so far."""
    return site.WaitingQueue()


@pytest.fixture
def database(database_url: str, queue: site.WaitingQueue) -> Iterator[Database]:
    """An empty database with the whole schema and the site's real event handlers."""
    opened = Database(database_url, bus=event_bus(), dispatch=queue.dispatch)
    yield opened
    opened.dispose()


@pytest.fixture
def settings(tmp_path: Path, database_url: str) -> Settings:
    """Settings of a development site whose files lie in the test's own folder."""
    return site.settings_for_test(tmp_path, database_url)


@pytest.fixture
def run_jobs(database: Database, settings: Settings, queue: site.WaitingQueue) -> site.Jobs:
    """Call it to run what the site has put off."""
    return site.run_jobs_of(database, settings, queue)


@pytest.fixture
def app(settings: Settings, database: Database, queue: site.WaitingQueue) -> Flask:
    """The application on the test's database."""
    made = create_app(settings, database=database, queue=queue)
    made.test_client_class = site.Client
    site.keep_templates(made, run.run_folder() / run.TEMPLATES)
    return made


@pytest.fixture
def client(app: Flask) -> site.Client:
    """A browser without a screen that is not signed in."""
    return app.test_client()


@pytest.fixture
def live_site(app: Flask, database: Database, run_jobs: site.Jobs) -> Iterator[site.LiveSite]:
    """The application, answering on this machine."""
    with site.serving(app) as url:
        yield site.LiveSite(url, app, database, run_jobs)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium, started once a worker."""
    with sync_playwright() as playwright:
        program = chromium.chromium_program(playwright.chromium)
        if program is None:
            summary.miss("Browser", "no Chromium found; install chromium or run make test")
        opened = chromium.launch(playwright, program)
        yield opened
        opened.close()


@pytest.fixture
def new_context(
    browser: Browser, live_site: site.LiveSite
) -> Iterator[Callable[..., BrowserContext]]:
    """Call it for another window with its own cookies; options are playwright's."""
    with ExitStack() as windows:
        yield lambda **options: windows.enter_context(
            chromium.watched_context(browser, live_site.url, **options)
        )


@pytest.fixture
def page(new_context: Callable[..., BrowserContext]) -> Page:
    """A page of a phone that is not signed in; a failing test leaves a picture of it."""
    return new_context().new_page()


@pytest.fixture(scope="session")
def field_data() -> Path:
    """The folder of real and rendered field data that ships beside the checkout."""
    folder = field_folder()
    if folder is None:
        summary.miss("Field data", f"{FIELD_DATA} is not set")
    return folder


@pytest.fixture(scope="session")
def verifiers() -> Iterator[independent.Verifiers]:
    """Verifiers of badges that others wrote, started once a worker."""
    with independent.opened() as started:
        yield started


@pytest.fixture(scope="session")
def object_store() -> Iterator[s3.Store]:
    """An S3 server on loopback, started once a worker."""
    with s3.serving(run.run_folder()) as started:
        yield started


@pytest.fixture
def bucket(object_store: s3.Store) -> BucketSettings:
    """An empty bucket of the S3 server."""
    return object_store.new_bucket()
