"""Stripe slow, at fault or gone: the order stays, nothing is charged twice, people can go on."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from lms.payments import gateway
from tests.factories.shop import Shop

AWAY = "支付公司这会儿没应答"


def test_a_stripe_at_fault_leaves_the_order_and_a_way_to_try_again(shop: Shop) -> None:
    shop.till.till.faults.failing = 1
    where = shop.order_it()
    page = shop.client.get(where).text
    assert AWAY in page
    assert f'action="{where}/pay"' in page
    assert shop.order().page_ref is None
    assert shop.client.post(f"{where}/pay").location == where
    assert shop.order().page_address in shop.client.get(where).text.replace("&amp;", "&")


def test_an_answer_that_was_lost_is_asked_for_again_and_is_one_page(shop: Shop) -> None:
    shop.till.till.faults.losing = 1
    where = shop.order_it()
    assert shop.order().page_ref is None
    shop.client.post(f"{where}/pay")
    assert len(shop.till.client().v1.checkout.sessions.list().data) == 1
    shop.pay()
    assert shop.seats() == ["active"]


def test_a_stripe_that_is_gone_is_said_and_comes_back(shop: Shop) -> None:
    shop.till.server.stop()
    where = shop.order_it()
    assert AWAY in shop.client.get(where).text
    shop.till.server.start()
    shop.client.post(f"{where}/pay")
    shop.pay()
    assert shop.seats() == ["active"]


def test_a_slow_stripe_is_not_waited_for_long(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gateway, "_PATIENCE", (0.2, 0.2))
    gateway.stripe_of.cache_clear()
    shop.till.till.faults.slow_seconds = 2.0
    where = shop.order_it()
    assert AWAY in shop.client.get(where).text
    shop.till.till.faults.slow_seconds = 0.0
    gateway.stripe_of.cache_clear()


def test_few_wait_for_a_slow_stripe_and_the_others_go_on(shop: Shop) -> None:
    taken = [gateway._ROOM.acquire(blocking=False) for _ in range(8)]  # noqa: SLF001 (all of it)
    try:
        assert all(taken)
        where = shop.order_it()
        with ThreadPoolExecutor(4) as pool:
            pages = list(pool.map(lambda _: shop.client.get(where).status_code, range(4)))
        assert pages == [200] * 4
        assert shop.order().page_ref is None
    finally:
        for _ in taken:
            gateway._ROOM.release()  # noqa: SLF001 (given back)
    shop.client.post(f"{where}/pay")
    assert shop.order().page_ref is not None


def test_what_stripe_does_not_accept_is_said_and_not_asked_for_again_by_itself(shop: Shop) -> None:
    extensions = shop.site.app.extensions
    settings = extensions["lms_settings"]
    other = replace(settings.stripe, secret_key="sk_live_of_another")
    extensions["lms_settings"] = replace(settings, stripe=other)
    where = shop.order_it()
    assert "支付公司没有接受" in shop.client.get(where).text
    assert shop.order().page_ref is None
