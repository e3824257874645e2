"""The demo's command: what it says, and where it refuses."""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from lms.accounts.domain.identity import masked_number
from lms.accounts.models import Person
from lms.app import create_app
from lms.core.clock import local_day, utc_now
from lms.db.session import Database
from lms.demo.domain import id_number_of
from lms.demo.service.people import STAFF
from lms.settings import Settings
from lms.wiring import event_bus
from tests.factories.catalog import lesson, make_course, reading
from tests.support.databases import create_schema, fresh_url
from tests.support.run import run_folder
from tests.support.site import Client, WaitingQueue, settings_for_test


@pytest.fixture
def database_url(request: pytest.FixtureRequest, engine: str) -> Iterator[str]:
    """An empty database, or one the command filled; that is done once a run and day."""
    if "planted" not in request.fixturenames:
        with fresh_url(engine, create_schema) as url:
            yield url
        return
    day = f"{local_day(utc_now()):%Y%m%d}"
    said = said_of(engine)
    with fresh_url(engine, lambda url: plant(url, said), template=f"planted_{day}") as url:
        yield url


def said_of(engine: str) -> Path:
    """Return where what the command said is kept for the tests of the run."""
    return run_folder() / f"planted-{engine}.txt"


def plant(url: str, said: Path) -> None:
    """Let the command make demo people around a course of one reading."""
    create_schema(url)
    folder = said.with_suffix("")
    folder.mkdir(exist_ok=True)
    queue = WaitingQueue()
    database = Database(url, bus=event_bus(), dispatch=queue.dispatch)
    with database.transaction() as session:
        make_course(session, lessons=[lesson("A01", reading())])
    app = create_app(settings_for_test(folder, url), database=database, queue=queue)
    command = ["demo", "seed", "--learners", "5", "--password", "a-long-password"]
    done = app.test_cli_runner().invoke(args=command)
    database.dispose()
    assert done.exit_code == 0
    said.write_text(done.output, encoding="utf-8")


@pytest.fixture
def planted(engine: str, database: Database) -> str:
    """What the command said about a course of one reading."""
    return said_of(engine).read_text(encoding="utf-8")


def test_it_says_who_there_is_and_how_to_sign_in(planted: str) -> None:
    assert "5 demo learners." in planted
    assert "3 enrollments made now, 1 of them completed." in planted
    assert "13 classes made now" in planted
    assert "Password of everybody: a-long-password" in planted
    assert "administrators of the whole platform 13800097001, 13800097002." in planted
    for member in STAFF:
        assert member.phone in planted
    for phone in ("13800000001", "13800095101", "13800095301", "13800095601"):
        assert phone in planted


def test_everybody_signs_in_with_the_password(planted: str, app: Flask) -> None:
    assert planted
    everybody = [member.phone for member in STAFF]
    for phone in (*everybody, "13800000001", "13800000005", "13800095101", "13800095601"):
        client: Client = app.test_client()
        answer = client.post(
            "/api/v1/session", json={"phone": phone, "password": "a-long-password"}
        )
        assert (phone, answer.status_code) == (phone, 200)


def test_the_administrator_of_the_neighbour_county_is_of_that_county(
    planted: str, app: Flask
) -> None:
    assert planted
    client: Client = app.test_client()
    answer = client.post(
        "/api/v1/session", json={"phone": "13800099003", "password": "a-long-password"}
    )
    (role,) = answer.json["person"]["roles"]
    assert role["role"] == "administrator"
    assert "330881" in str(role["scope"])


def browser(app: Flask, phone: str) -> Client:
    """Return a browser in which the person signed in with the password of everybody."""
    client: Client = app.test_client()
    client.post("/sign-in", data={"phone": phone, "password": "a-long-password"})
    return client


def page(client: Client, path: str, status: int = 200) -> str:
    answer = client.get(path, headers={"Accept-Language": "en"})
    assert (path, answer.status_code) == (path, status)
    return str(answer.get_data(as_text=True))


def test_administrators_of_the_platform_load_rules_and_those_of_a_county_read_them(
    planted: str, app: Flask
) -> None:
    assert planted
    form = 'name="file" type="file"'
    for phone in ("13800097001", "13800097002"):
        assert form in page(browser(app, phone), "/staff/policies")
    for phone in ("13800099001", "13800099003"):
        shown = page(browser(app, phone), "/staff/policies")
        assert form not in shown
        assert "Administrators of the whole platform load new versions." in shown


def test_the_desk_of_a_county_lists_its_classes_and_nobody_elses(planted: str, app: Flask) -> None:
    assert planted
    shown = page(browser(app, "13800099001"), "/staff/classes")
    assert shown.count("何家乡共富工坊") >= 2
    assert "大陈乡文化礼堂" not in shown
    assert "6 / 6" in shown
    everything = page(browser(app, "13800097001"), "/staff/classes")
    assert "何家乡共富工坊" in everything
    assert "大陈乡文化礼堂" in everything
    taught = page(browser(app, "13800090003"), "/staff/classes")
    assert "大陈乡文化礼堂" in taught
    assert "何家乡共富工坊" not in taught


def test_lists_show_the_masks_of_numbers_and_never_a_number(planted: str, app: Flask) -> None:
    assert planted
    client = browser(app, "13800099001")
    number = id_number_of(1, "330822", 1)
    people = page(client, "/staff/people")
    led = client.post("/staff/people", data={"q": number})
    found = page(client, led.location)
    # The number leads to its own, and the page says its end alone.
    assert masked_number(number)[-4:] in found
    assert number not in found
    assert "13800000001" not in found
    assert "****0049" in people
    for other in range(1, 6):
        assert id_number_of(other, "330822", 1) not in people


def test_the_first_learner_finds_their_class_and_its_next_session(planted: str, app: Flask) -> None:
    assert planted
    client = browser(app, "13800000001")
    home = page(client, "/me")
    assert "Next in person" in home
    assert "培训楼 3 号直播间" in home
    own = re.search(r'href="(/me/classes/\d+)"', home)
    assert own
    shown = page(client, own[1])
    # Whoever joined later was not missing before.
    assert shown.count("not written down") == 2
    assert "counts 4.0 units" in shown
    assert "not there" not in shown


def test_without_a_course_it_says_what_to_do(app: Flask) -> None:
    done = app.test_cli_runner().invoke(args=["demo", "seed", "--learners", "3"])
    assert done.exit_code == 0
    assert "load one, then seed again" in done.output


def test_it_is_refused_in_production(
    settings: Settings, database: Database, queue: WaitingQueue
) -> None:
    production = replace(settings, production=True, base_url="https://example.test")
    app = create_app(production, database=database, queue=queue)
    done = app.test_cli_runner().invoke(args=["demo", "seed"])
    assert done.exit_code == 1
    assert "not made in production" in done.output
    with database.snapshot() as session:
        assert session.scalars(select(Person)).all() == []


def test_the_password_is_written_down_where_make_run_reads_it(
    app: Flask, settings: Settings
) -> None:
    command = ["demo", "seed", "--learners", "3", "--password", "a-long-password"]
    assert app.test_cli_runner().invoke(args=command).exit_code == 0
    kept = settings.data_dir / "demo.password"
    assert kept.read_text(encoding="utf-8") == "a-long-password\n"
    assert kept.stat().st_mode & 0o077 == 0
