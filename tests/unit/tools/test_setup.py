"""A start does what is not done yet, and nothing twice."""

from dataclasses import replace

import pytest

from tests.support.site import settings_for_test
from tools import setup


@pytest.fixture
def house(tmp_path, monkeypatch):
    """A site with one course, whose commands are written down instead of run."""
    course = tmp_path / "course_content" / "stars" / "course.yaml"
    course.parent.mkdir(parents=True)
    course.write_text("slug: stars", encoding="utf-8")
    database = tmp_path / "var" / "xiangbo.sqlite3"
    site = settings_for_test(tmp_path / "var", f"sqlite:///{database}")
    done = []

    def flask(arguments):
        database.touch()
        done.append(" ".join(arguments[:2]))

    monkeypatch.setattr(setup, "ROOT", tmp_path)
    monkeypatch.setattr(setup, "COURSES", tmp_path / "course_content")
    monkeypatch.setattr(setup, "read_settings", lambda: site)
    monkeypatch.setattr(setup, "flask", flask)
    return tmp_path, done


ALL = ["db upgrade", "content load", "demo seed"]


def test_the_first_start_does_everything_and_the_second_nothing(house):
    _, done = house
    setup.main()
    assert done == ALL
    setup.main()
    assert done == ALL


def test_a_course_that_changed_is_loaded_again_and_nothing_else(house):
    folder, done = house
    setup.main()
    (folder / "course_content" / "stars" / "final.yaml").write_text("[]", encoding="utf-8")
    setup.main()
    assert done == [*ALL, "content load"]


def test_a_database_that_was_removed_is_made_again_with_all_in_it(house):
    folder, done = house
    setup.main()
    (folder / "var" / "xiangbo.sqlite3").rename(folder / "var" / "kept.sqlite3")
    setup.main()
    assert done == ALL * 2


def test_a_database_server_is_looked_into_at_every_start(house, monkeypatch):
    folder, done = house
    site = settings_for_test(folder / "var", "postgresql+psycopg://site@/site")
    monkeypatch.setattr(setup, "read_settings", lambda: site)
    setup.main()
    setup.main()
    assert done == ALL * 2


def test_production_gets_no_demo_people(house, monkeypatch):
    site = replace(setup.read_settings(), production=True)
    monkeypatch.setattr(setup, "read_settings", lambda: site)
    setup.main()
    assert house[1] == ALL[:2]
    assert not (site.data_dir / setup.DEMO_PASSWORD).exists()


def test_a_step_that_fails_is_tried_again_at_the_next_start(house, monkeypatch):
    _, done = house
    works = setup.flask

    def fails(_arguments):
        raise SystemExit(1)

    monkeypatch.setattr(setup, "flask", fails)
    with pytest.raises(SystemExit):
        setup.main()
    monkeypatch.setattr(setup, "flask", works)
    setup.main()
    assert done == ALL


def test_the_demo_password_is_kept_and_readable_by_its_owner_alone(house):
    site = setup.read_settings()
    setup.main()
    first = setup.demo_password(site)
    assert setup.demo_password(site) == first
    assert len(first) == len("abcd-efgh-2345")
    assert (site.data_dir / setup.DEMO_PASSWORD).stat().st_mode & 0o077 == 0
