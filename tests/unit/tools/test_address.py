"""Where the site listens, and the address it is known by."""

import pytest

from tools import address as tools_address


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
    assert tools_address.address() == expected


@pytest.mark.parametrize("port", ["http", "0", "70000", "-1"])
def test_what_is_no_port_is_told_in_a_sentence(monkeypatch, port):
    monkeypatch.setenv("PORT", port)
    with pytest.raises(SystemExit, match=f"“{port}” is no port"):
        tools_address.address()


@pytest.mark.parametrize(
    ("host", "url"),
    [
        ("127.0.0.1", "http://127.0.0.1:8000"),
        ("0.0.0.0", "http://127.0.0.1:8000"),
        ("::1", "http://[::1]:8000"),
    ],
)
def test_the_address_shown_is_one_that_can_be_opened(host, url):
    assert tools_address.local_url(host, 8000) == url


def test_setup_and_serving_name_the_site_alike_unless_told_otherwise(monkeypatch):
    monkeypatch.delenv("LMS_BASE_URL", raising=False)
    monkeypatch.setenv("PORT", "8411")
    assert tools_address.child_environment()["LMS_BASE_URL"] == "http://127.0.0.1:8411"
    monkeypatch.setenv("LMS_BASE_URL", "https://xiangbo.example")
    assert tools_address.child_environment()["LMS_BASE_URL"] == "https://xiangbo.example"
