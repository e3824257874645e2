"""What a browser is called."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.accounts.domain.devices import is_browser_number, read_device, stored_device, visit_of
from lms.core.ids import new_token

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
    visit = visit_of(header, number="n" * 32, replaces=None)
    assert len(visit.device.code) <= 120
    assert stored_device(visit.device.code) == visit.device
    assert len(visit.device_hash) == 64


def test_what_we_draw_is_a_number_and_each_is_another():
    drawn = [new_token() for _ in range(50)]
    assert all(is_browser_number(each) for each in drawn)
    hashes = {visit_of("", number=each, replaces=None).browser_hash for each in drawn}
    assert len(hashes) == 50
    assert {len(each) for each in hashes} == {64}
    assert not hashes & set(drawn)


@pytest.mark.parametrize(
    "other", ["", "a" * 31, "a" * 33, "a" * 31 + "\n", "a" * 32 + "\n", "é" * 32]
)
def test_anything_else_is_none(other):
    assert not is_browser_number(other)
