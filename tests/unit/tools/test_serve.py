"""What the site tells people when it starts."""

from tests.support.site import settings_for_test
from tools import serve, setup


def test_it_tells_how_to_sign_in_as_each_role(tmp_path):
    site = settings_for_test(tmp_path, "sqlite://")
    setup.demo_password(site)
    said = serve.welcome(site, "http://127.0.0.1:8000")
    people = ("13800000001", "13800090001", "13800099001", "13800097001")
    for expected in (*people, "http://127.0.0.1:8000/sign-in"):
        assert expected in said
    assert setup.demo_password(site) in said


def test_where_there_are_no_demo_people_none_are_offered(tmp_path):
    said = serve.welcome(settings_for_test(tmp_path, "sqlite://"), "http://127.0.0.1:8000")
    assert "138000" not in said
    assert "http://127.0.0.1:8000" in said
