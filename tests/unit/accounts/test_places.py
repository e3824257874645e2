"""Where people land."""

from urllib.parse import urljoin, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.accounts.domain.places import landing, safe_next
from lms.core.access import Role

SITE = "https://xiangbo.example/sign-in"


@pytest.mark.parametrize(
    "place", ["/", "/courses", "/learn/live/A01.video?from=3#t", "/staff/completions?q=%E6%9E%97"]
)
def test_pages_of_this_site_are_fine(place):
    assert safe_next(place) == place


@pytest.mark.parametrize(
    "place",
    [
        "",
        None,
        "https://evil.example/",
        "//evil.example",
        "///evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "/\t/evil.example",
        "/%0d%0aSet-Cookie:x\r\n",
        "javascript:alert(1)",
        " /courses",
        "courses",
        "/a//evil.example",
        "/x" * 300,
        "/sign-out",
        "/api/v1/session",
        "/[",
        "//[",
        "/\u0085/evil.example",
    ],
)
def test_other_sites_tricks_and_dead_ends_are_refused(place):
    found = safe_next(place)
    assert found is None or urlsplit(urljoin(SITE, found)).netloc == "xiangbo.example"
    if place != "/[":
        assert found is None


@given(st.text(alphabet="/\\.:@%?#ahtps\t\n \x00", max_size=20))
def test_a_browser_never_leaves_the_site_by_it(text):
    place = safe_next(text)
    if place is not None:
        assert urlsplit(urljoin(SITE, place)).netloc == "xiangbo.example"
        assert not place.startswith(("//", "/\\"))


@pytest.mark.parametrize(
    ("roles", "desk"),
    [
        ([], "/"),
        ([Role.LEARNER], "/"),
        ([Role.MENTOR], "/"),
        ([Role.INSTRUCTOR], "/studio"),
        ([Role.SUPERVISOR], "/supervision"),
        ([Role.INSTRUCTOR, Role.ADMINISTRATOR], "/staff/figures"),
    ],
)
def test_everyone_lands_where_their_work_is(roles, desk):
    assert landing(roles, None) == desk
    assert landing(roles, "//evil.example") == desk
    assert landing(roles, "/courses") == "/courses"
