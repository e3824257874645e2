"""Whose word is taken for where a request comes from."""

from dataclasses import replace

import pytest

from lms.app import create_app
from lms.web.client import address_prefix

FORGED = "198.51.100.9, 203.0.113.7"


@pytest.mark.parametrize(
    ("proxies", "network"), [(0, "127.0.0.0/24"), (1, "203.0.113.0/24"), (2, "198.51.100.0/24")]
)
def test_only_as_many_proxies_are_believed_as_the_settings_say(
    settings, database, queue, proxies, network
):
    made = create_app(replace(settings, trusted_proxies=proxies), database=database, queue=queue)
    seen = []
    made.before_request(lambda: seen.append(address_prefix()))
    made.test_client().get("/terms", headers={"X-Forwarded-For": FORGED})
    assert seen == [network]
