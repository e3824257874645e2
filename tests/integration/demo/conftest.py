"""A site as `make run` makes it: demo people with a history, and counties at work."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from lms.accounts.gateway import Keys, SealedFolder, keys_of
from lms.core.clock import local_day, utc_now
from lms.db.session import Database
from lms.demo.service import Settled, Wish, seed, settle
from lms.settings import Settings
from lms.subsidy.gateway.papers import PAPERS
from lms.wiring import event_bus
from tests.factories.catalog import make_course
from tests.factories.subsidy import make_subsidised_course
from tests.support import site
from tests.support.databases import create_schema, fresh_url

Plant = Callable[..., Settled]
_ENGINES = ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)]


@pytest.fixture
def keys(settings: Settings) -> Keys:
    return keys_of(settings)


@pytest.fixture
def plant(database: Database, keys: Keys, tmp_path: Path) -> Plant:
    """Make so many learners, and what their counties work at."""

    def planted(learners: int = 30, enrollments: int | None = None) -> Settled:
        wanted = max(0, learners - 3) if enrollments is None else enrollments
        return _plant(database, keys, tmp_path, (learners, wanted))

    return planted


@pytest.fixture(scope="module", params=_ENGINES)
def demo(
    request: pytest.FixtureRequest, demo_keys: Keys, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Database]:
    """The whole demo: a course for each of two programmes, one that costs money; only read it."""

    def prepare(url: str) -> None:
        create_schema(url)
        with opened(url) as database:
            with database.transaction() as session:
                make_subsidised_course(session)
                make_subsidised_course(session, programme="store-l5")
                make_course(session, price_fen=2_900)
            _plant(database, demo_keys, tmp_path_factory.mktemp("papers"), (30, 27))

    # It is of its day: what is to come tomorrow would be over after midnight.
    day = f"{local_day(utc_now()):%Y%m%d}"
    with fresh_url(request.param, prepare, template=f"demo_{day}") as url, opened(url) as demo:
        yield demo


@contextmanager
def opened(url: str) -> Iterator[Database]:
    database = Database(url, bus=event_bus(), dispatch=site.WaitingQueue().dispatch)
    yield database
    database.dispose()


@pytest.fixture(scope="module")
def demo_keys(tmp_path_factory: pytest.TempPathFactory) -> Keys:
    """The keys the whole demo is sealed with."""
    return keys_of(site.settings_for_test(tmp_path_factory.mktemp("demo"), "sqlite://"))


def _plant(database: Database, keys: Keys, folder: Path, wanted: tuple[int, int]) -> Settled:
    wish = Wish(*wanted, seed=1, password_hash="hash")
    seed(database, wish, lambda _made, _total: None)
    return settle(database, wish, keys, SealedFolder(folder, keys.vault, PAPERS))
