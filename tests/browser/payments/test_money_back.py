"""All of the money goes back at the desk, and badge, check page and subsidy follow from it."""

from dataclasses import replace

from playwright.sync_api import Browser, Page, expect
from sqlalchemy import update

from lms.accounts.models import Person, SignIn
from lms.enrollment.models import Enrollment
from lms.settings import Settings
from lms.subsidy import tasks
from lms.subsidy.domain.claim_states import ClaimAct
from tests.browser.conftest import enter
from tests.factories.accounts import sent_code
from tests.factories.bought import Claimed, make_claimed, make_priced_course
from tests.factories.claims import make_reviewer, move
from tests.factories.credentials import Graduate
from tests.factories.shop import Shop
from tests.support.browser import barriers, watched_context


def paid_claim(shop: Shop, settings: Settings) -> tuple[Claimed, Person]:
    """Let the learner buy, complete, and be paid the subsidy; return who first looked, too."""
    shop.order_it()
    shop.pay()
    with shop.database.transaction() as session:
        seat = session.get_one(Enrollment, shop.order().enrollment_id)
        two = make_reviewer(session, name="周敏"), make_reviewer(session, name="鲁晓东")
    own = make_claimed(
        shop.database, settings, bought=Graduate(shop.person, shop.course, seat), two=two
    )
    first, second = (each.person_id for each in two)
    with shop.database.transaction() as session:
        move(session, own.claim_id, ClaimAct.PUBLICISE, first)
        move(session, own.claim_id, ClaimAct.APPROVE, second)
        for act in (ClaimAct.PLAN, ClaimAct.SEND):
            move(session, own.claim_id, act, first)
        move(session, own.claim_id, ClaimAct.PAY, first, fen=60_000)
        clerk = session.get_one(Person, first)
    shop.site.run_jobs()
    return own, clerk


def ask(desk: Page) -> None:
    desk.get_by_label("为什么").fill("学员退课")
    desk.get_by_role("button", name="确定退款").click()


def give_back(desk: Page, shop: Shop, clerk: Person) -> None:
    """Give all of it back; the site asks first who it is that wants to."""
    with shop.database.transaction() as session:
        session.execute(update(SignIn).values(confirmed_at=None))
    desk.goto(f"/staff/orders/{shop.order().number}")
    ask(desk)
    desk.get_by_role("button", name="发验证码").click()
    desk.locator("#code").fill(sent_code(shop.database, clerk.phone or ""))
    desk.get_by_role("button", name="是我").click()
    ask(desk)
    expect(desk.get_by_text("已经申请退款")).to_be_visible()


def look_anew(shop: Shop) -> None:
    """Let the site do by itself what it does once the money went back."""
    shop.site.run_jobs()
    shop.told()
    tasks.decide_what_is_due(shop.database, None)
    tasks.look_at_claims_again(shop.database, None)
    shop.site.run_jobs()


def test_it_reaches_the_badge_the_check_page_and_the_claim(
    page: Page, browser: Browser, shop: Shop, settings: Settings
) -> None:
    with shop.database.transaction() as session:
        shop = replace(shop, course=make_priced_course(session))
    own, clerk = paid_claim(shop, settings)
    with watched_context(browser, shop.site.url) as context:
        desk = context.new_page()
        enter(desk, shop.site, clerk, confirmed=True)
        give_back(desk, shop, clerk)
        look_anew(shop)
        desk.goto("/staff/claims?stage=changed")
        desk.get_by_role("link", name=shop.person.name).click()
        expect(desk.get_by_text("情况有变，要有人看")).to_be_visible()
        expect(desk.get_by_text("课程付款已退。")).to_be_visible()
        expect(desk.get_by_text("这个人已经没有课算数了")).to_be_visible()
        assert barriers(desk) == []
    check_what_the_learner_sees(page, shop)
    page.goto(f"/credentials/{own.badge_id}")
    expect(page.get_by_role("heading", name="这枚徽章已经作废")).to_be_visible()
    expect(page.get_by_text("这门课的钱全退了。")).to_be_visible()


def check_what_the_learner_sees(page: Page, shop: Shop) -> None:
    page.goto(f"/me/orders/{shop.order().number}")
    expect(page.get_by_text("已退款")).to_be_visible()
    expect(page.get_by_text("不能拿来申请补贴")).to_be_visible()
    page.goto("/me/badges")
    expect(page.get_by_text("这门课的钱全退了。")).to_be_visible()
    page.goto("/me/subsidy")
    # What they studied counts for nothing: no condition is left to be met.
    expect(page.get_by_role("heading", level=1)).to_have_text("还没有要核对的补贴")
    page.get_by_role("link", name="看看").click()
    expect(page.get_by_text("人社局有人在核实。没核实完，发给您的钱先不动。")).to_be_visible()
    expect(page.get_by_text("学费退了。")).to_be_visible()
    assert barriers(page) == []
