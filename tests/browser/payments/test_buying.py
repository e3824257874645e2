"""A villager buys a course by each way of paying, and gets the money back at the desk's hand."""

import pytest
from playwright.sync_api import Browser, Page, expect

from lms.core.access import Role, Scope, ScopeKind
from lms.db.session import Database
from tests.browser.conftest import enter
from tests.factories.accounts import make_grant, make_person
from tests.factories.shop import Shop
from tests.support.browser import barriers, watched_context


def order_it(page: Page, shop: Shop) -> None:
    """Go from the course to the till's page."""
    page.goto(f"/courses/{shop.course.course.slug}")
    page.get_by_role("link", name="报名 29 元").click()
    assert barriers(page) == []
    page.get_by_role("button", name="下单 29 元").click()
    assert barriers(page) == []
    page.get_by_role("link", name="去付 29 元").click()
    expect(page).to_have_url(shop.order().page_address)


@pytest.mark.parametrize("method", ["银行卡", "支付宝", "微信支付"])
def test_buying_leads_to_the_first_lesson(page: Page, shop: Shop, method: str) -> None:
    order_it(page, shop)
    page.get_by_label(method).check()
    page.get_by_role("button", name="付款 Pay", exact=True).click()
    # The page looks again by itself until Stripe has told the site.
    expect(page.get_by_text("名额是您的了。")).to_be_visible()
    assert barriers(page) == []
    page.get_by_role("link", name="开始学").click()
    expect(page).to_have_url(f"{shop.site.url}/learn/{shop.course.course.slug}/A01.text")


def test_a_bank_that_takes_its_time_and_one_that_says_no(page: Page, shop: Shop) -> None:
    order_it(page, shop)
    page.get_by_role("button", name="银行拒绝，返回").click()
    expect(page.get_by_role("link", name="去付 29 元")).to_be_visible()
    expect(page.get_by_text("正在等")).to_have_count(0)
    page.get_by_role("link", name="去付 29 元").click()
    page.get_by_role("button", name="付款，银行稍后答复").click()
    expect(page.get_by_text("您付过了，银行还在处理。")).to_be_visible()
    assert shop.seats() == []
    shop.till.till.settle(shop.order().page_ref)
    expect(page.get_by_text("名额是您的了。")).to_be_visible()


def test_the_desk_gives_the_money_back(
    page: Page, browser: Browser, shop: Shop, database: Database
) -> None:
    shop.order_it()
    shop.pay()
    with database.transaction() as session:
        clerk = make_person(session, name="周敏")
        make_grant(session, clerk, Role.ADMINISTRATOR, Scope(ScopeKind.COUNTY, clerk.county_code))
    with watched_context(browser, shop.site.url) as context:
        desk = context.new_page()
        enter(desk, shop.site, clerk, confirmed=True)
        desk.goto("/staff/orders")
        assert barriers(desk) == []
        desk.get_by_role("link", name=shop.order().number).click()
        desk.get_by_label("为什么").fill("学员退课")
        assert barriers(desk) == []
        desk.get_by_role("button", name="确定退款").click()
        expect(desk.get_by_text("已经申请退款")).to_be_visible()
        desk.goto("/staff/orders/finance")
        expect(desk.get_by_role("button", name="下载 XLSX")).to_be_visible()
        assert barriers(desk) == []
    shop.site.run_jobs()
    shop.told()
    page.goto(f"/me/orders/{shop.order().number}")
    expect(page.get_by_text("钱全退了")).to_be_visible()
    expect(page.get_by_text("学员退课")).to_be_visible()
    assert barriers(page) == []


def test_the_receipt_goes_on_paper(page: Page, shop: Shop) -> None:
    shop.order_it()
    shop.pay()
    page.goto(f"/me/orders/{shop.order().number}")
    page.get_by_role("link", name="看收据").click()
    expect(page.get_by_text("人民币贰拾玖元整")).to_be_visible()
    assert barriers(page) == []
    page.evaluate("window.print = () => { document.title = 'printed' }")
    page.get_by_role("button", name="打印").click()
    expect(page).to_have_title("printed")
    page.emulate_media(media="print")
    expect(page.get_by_role("button", name="打印")).to_be_hidden()
