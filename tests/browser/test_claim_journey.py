"""From the finished course to the money: one who learned, two who look, and everybody's list."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from lms.accounts.gateway import keys_of
from lms.accounts.models import Person
from lms.catalog.models import Course
from lms.catalog.service.registry import programme_for
from lms.core.access import Role, Scope, ScopeKind
from lms.core.clock import local_day, utc_now
from lms.db.session import Database
from lms.settings import Settings
from lms.subsidy.domain.dated import FactKey
from tests.browser.conftest import enter
from tests.browser.test_learner_journey import answer_all
from tests.factories.accounts import COUNTY, make_person, make_staff
from tests.factories.catalog import MadeCourse, make_institution
from tests.factories.claims import make_known_payee, make_rules
from tests.factories.notices import plain_calendars
from tests.factories.subsidy import make_fact
from tests.support.browser import barriers
from tests.support.clock import move_days
from tests.support.site import LiveSite

NAME = "詹秀英"
RULES = """
- id: qz-demo
  version: "3.0"
  from: 2026-04-01
  to: null
  status: demo
  selects_by: training.start
  clauses:
    - {{id: REALNAME}}
    - {{id: CONSENT}}
    - {{id: PAYEE}}
    - {{id: ATTENDANCE, min_percent: 100}}
    - {{id: QUIZ, min_score: 60, max_attempts: 3}}
    - {{id: INTEGRITY}}
    - {{id: ONCE, key: [occupation, work_type]}}
    - {{id: CAP_YEAR, max: {a_year}}}
  catalogue:
    - {{programme: anchor-l5, institution: QZ-LSS-01, from: 2024-08-01, to: null}}
  instalments: {instalments}
  amount_cny: {{5: {yuan}}}
"""


@dataclass
class County:
    """The learner, and the two who look at what she hands in."""

    learner: Person
    first: Person
    second: Person


@pytest.fixture
def county(
    live_site: LiveSite,
    database: Database,
    settings: Settings,
    course: MadeCourse,
    monkeypatch: pytest.MonkeyPatch,
) -> County:
    """Rules that ask for the course, and a learner of whom all else is known."""
    years = tuple(plain_calendars().by_year.values())
    monkeypatch.setattr(
        import_module("lms.subsidy.views.notice_desk"), "calendar_files", lambda: years
    )
    here = Scope(ScopeKind.COUNTY, COUNTY)
    with database.transaction() as session:
        make_rules(session, text=RULES)
        row = session.get_one(Course, course.course.id)
        row.programme_id = programme_for(session, "anchor-l5").id
        row.institution_id = make_institution(session, code="QZ-LSS-01").id
        learner = make_person(session, name=NAME)
        make_known_payee(session, learner, keys_of(settings))
        make_fact(session, learner, FactKey.PAST_SUBSIDIES, [])
        return County(
            learner,
            make_staff(session, Role.ADMINISTRATOR, here, name="周敏"),
            make_staff(session, Role.ADMINISTRATOR, here, name="鲁晓东"),
        )


def study(page: Page, site: LiveSite, course: MadeCourse) -> None:
    """She takes the course to its end: the video, the lesson's quiz and the final test."""
    slug = course.course.slug
    page.goto(f"{site.url}/courses/{slug}")
    page.get_by_role("button", name="免费报名").click()
    page.locator("[data-play]").click()
    expect(page.locator("[data-state]")).to_have_text("这一步学完了。")
    for address in (f"/learn/{slug}/A01.quiz", f"/learn/{slug}"):
        page.goto(site.url + address)
        page.get_by_role("button", name="开始做题").click()
        answer_all(page)
        expect(page.get_by_role("heading", level=1)).to_contain_text("通过")


def claim(page: Page, site: LiveSite) -> str:
    """She claims it in five steps; return the claim's number."""
    page.goto(f"{site.url}/me/subsidy")
    assert barriers(page) == []
    page.get_by_role("button", name="申请补贴").click()
    for _ in range(3):
        expect(page.locator("ol.steps")).to_be_visible()
        assert barriers(page) == []
        page.get_by_role("button", name="下一步").click()
    page.get_by_label("我看过了，我承诺").check()
    page.get_by_role("button", name="我承诺，下一步").click()
    assert barriers(page) == []
    page.get_by_role("button", name="交上去").click()
    expect(page.locator("main")).to_contain_text("BT-")
    found = re.search(r"BT-\d\d-\d\d-\d{4}", page.locator("main").inner_text())
    assert found is not None
    return found.group()


def look(page: Page, site: LiveSite, who: Person, number: str) -> None:
    """One of the county opens the claim from the queue and passes it."""
    enter(page, site, who, confirmed=True)
    page.goto(f"{site.url}/staff/claims?stage=all")
    page.get_by_role("link", name=re.compile(number)).or_(
        page.get_by_role("link", name=re.compile(NAME))
    ).first.click()
    assert barriers(page) == []
    page.locator("input[type=radio][value=pass]").check(force=True)
    page.get_by_role("button", name=re.compile("提交意见|写下")).click()


def publish(page: Page, site: LiveSite) -> str:
    """The list is seen as it will hang out, then it hangs out; return its number."""
    page.goto(f"{site.url}/staff/notices/new?county={COUNTY}")
    page.locator("#contact").fill("常山县人社局 0570-5010000")
    page.get_by_role("button", name="预览全部").click()
    assert NAME not in page.locator("table, .list").first.inner_text()
    assert barriers(page) == []
    page.get_by_role("button", name="发布").click()
    expect(page).to_have_url(re.compile(r"/staff/notices/GS-[\d-]+$"))
    return page.url.rsplit("/", 1)[1]


def approve(page: Page, site: LiveSite, notice: str) -> None:
    page.goto(f"{site.url}/staff/notices/{notice}/approve")
    page.get_by_role("button", name=re.compile("批准")).click()
    expect(page.locator("main")).to_contain_text("已批准")


def pay(page: Page, site: LiveSite, county: County) -> None:
    """One puts the batch together, another lets it go; then the bank says that it paid."""
    enter(page, site, county.first, confirmed=True)
    page.goto(f"{site.url}/staff/payments/prepare?county={COUNTY}")
    page.get_by_role("button", name="全部 1 笔").click()
    assert barriers(page) == []
    page.locator("form[method=post] button.main").click()
    expect(page).to_have_url(re.compile(r"/staff/payments/\d+$"))
    batch = page.url
    enter(page, site, county.second, confirmed=True)
    page.goto(batch)
    page.get_by_role("button", name="放行").click()
    expect(page.locator("#day")).to_be_visible()
    page.locator("#day").fill(local_day(utc_now()).isoformat())
    page.locator("form", has=page.locator("#day")).get_by_role("button").click()
    assert barriers(page) == []
    page.locator("form[method=post] button.main").click()


def told(page: Page, site: LiveSite) -> str:
    """What her phone says of the claim."""
    page.goto(f"{site.url}/me/subsidy")
    page.get_by_role("link", name=re.compile("进度|BT-")).first.click()
    assert barriers(page) == []
    return page.locator("main").inner_text()


def hangs_out(page: Page, site: LiveSite, notice: str, learner: Person) -> bool:
    """Tell whether everybody sees the row; nobody ever sees who it is."""
    page.goto(f"{site.url}/notices/{notice}")
    said = page.content()
    assert NAME not in said
    assert learner.phone is not None
    assert learner.phone not in said
    return "詹*英" in said


def test_from_the_finished_course_to_the_money(
    page: Page,
    new_context: Callable[..., BrowserContext],
    live_site: LiveSite,
    county: County,
    course: MadeCourse,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    phone, visitor = new_context().new_page(), new_context().new_page()
    enter(phone, live_site, county.learner, confirmed=True)
    study(phone, live_site, course)
    live_site.run_jobs()
    number = claim(phone, live_site)
    assert "初审" in told(phone, live_site)

    look(page, live_site, county.first, number)
    look(page, live_site, county.second, number)
    enter(page, live_site, county.first, confirmed=True)
    notice = publish(page, live_site)
    assert "正在公示" in told(phone, live_site)
    assert hangs_out(visitor, live_site, notice, county.learner)

    with monkeypatch.context() as later:
        move_days(later, 10)
        enter(page, live_site, county.second, confirmed=True)
        approve(page, live_site, notice)
        assert not hangs_out(visitor, live_site, notice, county.learner)
    pay(page, live_site, county)
    said = told(phone, live_site)
    assert "钱发了" in said
    assert "600 元" in said
    phone.goto(f"{live_site.url}/me/inbox")
    assert number in phone.locator("main").inner_text()
