"""What the site tells people when it starts."""

import socket
from dataclasses import replace

from lms.settings import Settings, StripeSettings
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


def test_it_tells_where_demo_payments_are_made(tmp_path):
    site = settings_for_test(tmp_path, "sqlite://")
    assert "http://127.0.0.1:8421" in serve.welcome(site, "http://x", "http://127.0.0.1:8421")
    assert "payments" not in serve.welcome(site, "http://x")


def test_a_till_of_our_own_is_for_development_without_an_account(tmp_path):
    site = settings_for_test(tmp_path, "sqlite://")
    account = StripeSettings("sk_test_12345678", ("whsec_123456789012",), ("card",))
    assert serve.needs_till(site)
    assert not serve.needs_till(replace(site, stripe=account))
    assert not serve.needs_till(replace(site, production=True))


def test_what_site_and_till_know_of_each_other_is_taken(tmp_path):
    told = {"LMS_DATA_DIR": str(tmp_path), **serve.till_environment(8421)}
    account = Settings.from_env(told).stripe
    assert account is not None
    assert account.api_base == "http://127.0.0.1:8421"
    assert not account.is_live


def test_the_till_goes_elsewhere_where_its_port_is_taken():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert serve.till_port(port - serve.TILL_ABOVE) != port
