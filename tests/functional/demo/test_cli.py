"""The demo's command: what it says, and where it refuses."""

from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import select

from lms.accounts.models import Person
from lms.app import create_app
from lms.db.session import Database
from lms.settings import Settings
from tests.factories.catalog import lesson, make_course, reading
from tests.support.site import Client, WaitingQueue


@pytest.fixture
def planted(app: Flask, database: Database) -> str:
    """What the command said about a course of one reading."""
    with database.transaction() as session:
        make_course(session, lessons=[lesson("A01", reading())])
    done = app.test_cli_runner().invoke(
        args=["demo", "seed", "--learners", "5", "--password", "a-long-password"]
    )
    assert done.exit_code == 0
    return done.output


def test_it_says_who_there_is_and_how_to_sign_in(planted: str) -> None:
    assert "5 demo learners." in planted
    assert "3 enrollments made now, 1 of them completed." in planted
    assert "Password of everybody: a-long-password" in planted


def test_everybody_signs_in_with_the_password(planted: str, app: Flask) -> None:
    assert planted
    for phone in ("13800000001", "13800099001", "13800098001", "13800000005"):
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
    planted: str, settings: Settings
) -> None:
    assert planted
    kept = settings.data_dir / "demo.password"
    assert kept.read_text(encoding="utf-8") == "a-long-password\n"
    assert kept.stat().st_mode & 0o077 == 0
