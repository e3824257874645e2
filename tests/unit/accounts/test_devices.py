"""What a browser is called."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.accounts.domain.devices import read_device, stored_device, visit_of

WECHAT = (
    "Mozilla/5.0 (Linux; Android 10; M2004J19C) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 "
    "Chrome/78.0.3904.62 XWEB/2891 MMWEBSDK/200 Mobile Safari/537.36 MicroMessenger/8.0.2"
)
EDGE = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/120.0 Safari/537.36 Edg/120.0"
)
IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 15_0 like Mac OS X) AppleWebKit/605.1.15 "
    "(KHTML, like Gecko) Version/15.0 Mobile/15E148 Safari/604.1"
)


@pytest.mark.parametrize(
    ("header", "code"),
    [
        (WECHAT, "android wechat"),
        (EDGE, "windows edge"),
        (IPHONE, "iphone safari"),
        ("", "other other"),
        ("curl/8.1", "other other"),
    ],
)
def test_a_phone_is_named_as_its_owner_would(header, code):
    assert read_device(header).code == code


@given(st.text(max_size=700))
def test_any_header_gives_a_short_name_that_can_be_read_back(header):
    visit = visit_of(header, replaces=None)
    assert len(visit.device.code) <= 120
    assert stored_device(visit.device.code) == visit.device
    assert len(visit.device_hash) == 64
