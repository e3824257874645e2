"""Which network an address belongs to."""

import pytest

from lms.web.client import network_of


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.7", "203.0.113.0/24"),
        ("203.0.113.250", "203.0.113.0/24"),
        ("::ffff:203.0.113.7", "203.0.113.0/24"),
        ("2001:db8:1:2::7", "2001:db8:1::/56"),
        ("2001:db8:1:ff::7", "2001:db8:1::/56"),
        ("", "unknown"),
        ("evil, 127.0.0.1", "unknown"),
    ],
)
def test_a_household_counts_as_one(address, network):
    assert network_of(address) == network
