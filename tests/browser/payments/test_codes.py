"""A villager uses a voucher at the checkout, on the phone and from the card."""

from playwright.sync_api import Page, expect

from lms.payments.domain.vouchers import spelled
from tests.factories.accounts import make_person
from tests.factories.shop import Shop
from tests.factories.vouchers import make_batch
from tests.support.browser import barriers


def code_of(shop: Shop, **terms: object) -> str:
    with shop.database.transaction() as session:
        return spelled(make_batch(session, make_person(session), **terms).codes[0])


def test_a_code_is_typed_and_the_rest_is_paid(page: Page, shop: Shop) -> None:
    code = code_of(shop)
    page.goto(shop.checkout)
    field = page.get_by_label("培训券或优惠券")
    field.fill("ABCD-EFGH-2345")
    page.get_by_role("button", name="使用").click()
    expect(page.get_by_text("没有这个券码")).to_be_visible()
    assert barriers(page) == []
    field.fill(code.lower().replace("-", " "))
    page.get_by_role("button", name="使用").click()
    expect(page.get_by_text(code)).to_be_visible()
    assert barriers(page) == []
    page.get_by_role("button", name="下单 19 元").click()
    page.get_by_role("link", name="去付 19 元").click()
    page.get_by_role("button", name="付款 Pay", exact=True).click()
    expect(page.get_by_text("名额是您的了。")).to_be_visible()
    expect(page.get_by_text(code)).to_be_visible()
    assert barriers(page) == []


def test_the_card_leads_to_a_course_that_costs_nothing_any_more(page: Page, shop: Shop) -> None:
    page.goto(f"/vouchers/{code_of(shop, worth_fen=2_900)}")
    page.get_by_role("link", name="不用这张").click()
    expect(page.get_by_role("button", name="下单 29 元")).to_be_visible()
    page.go_back()
    page.get_by_role("button", name="不用付钱，直接参加").click()
    expect(page.get_by_text("名额是您的了。")).to_be_visible()
    page.get_by_role("link", name="开始学").click()
    expect(page).to_have_url(f"{shop.site.url}/learn/{shop.course.course.slug}/A01.text")


def test_whoever_goes_to_the_office_gets_a_number_to_name(page: Page, shop: Shop) -> None:
    page.goto(shop.checkout)
    page.get_by_text("到培训办公室付").click()
    page.get_by_role("button", name="下单 29 元").click()
    expect(page.locator("p.big-in")).to_have_text(shop.order().number)
    assert barriers(page) == []
    shop_order = shop.order()
    assert (shop_order.provider, shop_order.payer) == ("office", "learner")
