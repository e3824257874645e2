"""Where the site listens and what it tells people when it starts."""

import pytest

from tests.support.site import settings_for_test
from tools import serve, setup


@pytest.mark.parametrize(
    ("bind", "port", "expected"),
    [
        ("", "", ("127.0.0.1", 8000)),
        ("0.0.0.0", "", ("0.0.0.0", 8000)),
        ("10.0.0.5:8080", "", ("10.0.0.5", 8080)),
        ("10.0.0.5:8080", "9000", ("10.0.0.5", 9000)),
        ("::1", "", ("::1", 8000)),
        ("[::1]:8080", "", ("::1", 8080)),
        ("localhost", "8001", ("localhost", 8001)),
    ],
)
def test_it_listens_where_it_is_told(monkeypatch, bind, port, expected):
    monkeypatch.setenv("LMS_BIND", bind)
    monkeypatch.setenv("PORT", port)
    assert serve.address() == expected


@pytest.mark.parametrize("port", ["http", "0", "70000", "-1"])
def test_what_is_no_port_is_told_in_a_sentence(monkeypatch, port):
    monkeypatch.setenv("PORT", port)
    with pytest.raises(SystemExit, match=f"“{port}” is no port"):
        serve.address()


@pytest.mark.parametrize(
    ("host", "url"),
    [
        ("127.0.0.1", "http://127.0.0.1:8000"),
        ("0.0.0.0", "http://127.0.0.1:8000"),
        ("::1", "http://[::1]:8000"),
    ],
)
def test_the_address_shown_is_one_that_can_be_opened(host, url):
    assert serve.local_url(host, 8000) == url


def test_it_tells_how_to_sign_in_as_each_role(tmp_path):
    site = settings_for_test(tmp_path, "sqlite://")
    setup.demo_password(site)
    said = serve.welcome(site, "http://127.0.0.1:8000")
    for expected in ("13800000001", "13800090001", "13800099001", "http://127.0.0.1:8000/sign-in"):
        assert expected in said
    assert setup.demo_password(site) in said


def test_where_there_are_no_demo_people_none_are_offered(tmp_path):
    said = serve.welcome(settings_for_test(tmp_path, "sqlite://"), "http://127.0.0.1:8000")
    assert "138000" not in said
    assert "http://127.0.0.1:8000" in said
