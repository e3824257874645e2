"""A quiz on a phone: answers are kept first and sent, whatever the line does."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from lms.assessment.models import Attempt
from lms.assessment.queries import sheet
from tests.factories.accounts import carry
from tests.factories.assessment import Taker, make_attempt, make_taker, right_letters
from tests.support.browser import barriers
from tests.support.site import LiveSite

# The browser is what is tried; `make faults` tries it on PostgreSQL too.
pytestmark = pytest.mark.one_engine
NewContext = Callable[..., BrowserContext]
SAVED = re.compile(r"答案已存好 \d\d:\d\d")


class Quiz:
    """A learner's phone with an open attempt in it."""

    def __init__(self, site: LiveSite, new_context: NewContext, **terms: object) -> None:
        self.site = site
        self.new_context = new_context
        with site.database.transaction() as session:
            self.taker: Taker = make_taker(session, **terms)
            self.attempt = make_attempt(session, self.taker)
            self.right = right_letters(session, self.attempt)
        self.singles = [
            place for place, letters in enumerate(self.right.values(), 1) if len(letters) == 1
        ]
        self.path = f"/attempts/{self.attempt.id}"

    def phone(self, **options: object) -> Page:
        """Open a window in which the learner is signed in."""
        context = self.new_context(**options)
        with self.site.app.test_client() as client:
            carry(client, self.taker.token)
            value = client.get_cookie("session").value
        context.add_cookies([{"name": "session", "value": value, "url": self.site.url}])
        return context.new_page()

    def stored(self) -> dict[int, str]:
        """Return what the site has: the letters chosen, by the question's place."""
        with self.site.database.snapshot() as session:
            shown = sheet(session, person_id=self.taker.actor.person_id, attempt_id=self.attempt.id)
        return {q.position: "".join(q.answer) for q in shown.questions if q.answer}

    def state(self) -> str:
        with self.site.database.snapshot() as session:
            return session.get_one(Attempt, self.attempt.id).state


@pytest.fixture
def quiz(live_site: LiveSite, new_context: NewContext) -> Quiz:
    return Quiz(live_site, new_context)


def choose(page: Page, letter: str) -> None:
    page.locator(f"fieldset:not([hidden]) label:has(input[value={letter}])").click()


def go_on(page: Page) -> None:
    page.locator(".act [data-next]").click()


def status(page: Page):
    return page.locator("[data-status]")


def kept(page: Page) -> list[str]:
    return page.evaluate("Object.keys(localStorage).filter(k => k.startsWith('quiz-'))")


def expect_nothing_kept(page: Page) -> None:
    """Wait for the result page's script: it runs a moment after the page can be seen."""
    for _ in range(100):
        if kept(page) == []:
            return
        page.wait_for_timeout(100)
    assert kept(page) == []


def test_a_choice_is_saved_at_once_and_the_next_question_needs_no_new_page(quiz):
    page = quiz.phone()
    page.goto(f"{quiz.path}/1")
    choose(page, "B")
    expect(status(page)).to_have_text(SAVED)
    assert quiz.stored() == {1: "B"}
    loads = page.evaluate("performance.getEntriesByType('navigation').length")
    go_on(page)
    expect(page).to_have_url(re.compile(r"/2$"))
    expect(page.locator("[data-place]")).to_have_text("第 2 题 共 5 题")
    expect(page.locator("[data-place]")).to_be_focused()
    expect(page.locator("fieldset:not([hidden])")).to_have_count(1)
    assert page.evaluate("performance.getEntriesByType('navigation').length") == loads
    page.locator("[data-back]").click()
    expect(page.locator("fieldset:not([hidden]) input[value=B]")).to_be_checked()
    expect(page.locator("[data-back]")).to_be_disabled()


def test_an_answer_given_before_the_script_has_come_is_saved_too(quiz):
    page, held = quiz.phone(), []
    page.route("**/assessment/quiz.js*", lambda route: held.insert(0, route))
    with page.expect_request("**/assessment/quiz.js*"):
        page.goto(f"{quiz.path}/1", wait_until="commit")
    choose(page, "B")
    assert quiz.stored() == {}
    held[0].continue_()
    expect(status(page)).to_have_text(SAVED)
    assert quiz.stored() == {1: "B"}


def test_an_older_page_brings_no_older_answer_back(quiz):
    page, place = quiz.phone(), quiz.singles[0]
    page.goto(f"{quiz.path}/{place}")
    choose(page, "B")
    expect(status(page)).to_have_text(SAVED)
    page.goto("/")
    other = quiz.phone()
    other.goto(f"{quiz.path}/{place}")
    choose(other, "C")
    expect(status(other)).to_have_text(SAVED)
    page.go_back()
    expect(page.locator("fieldset:not([hidden]) input[value=C]")).to_be_checked()
    assert quiz.stored() == {place: "C"}


def test_offline_the_learner_answers_on_and_nothing_is_lost(quiz):
    page = quiz.phone()
    page.goto(f"{quiz.path}/1")
    page.context.set_offline(True)
    choose(page, "A")
    expect(page.locator("[data-net]")).to_be_visible()
    expect(page.locator("[data-net]")).to_contain_text("答案存在这台手机上")
    go_on(page)
    choose(page, "B")
    go_on(page)
    choose(page, "C")
    choose(page, "D")
    expect(status(page)).to_contain_text("题存在手机里")
    assert quiz.stored() == {}
    page.context.set_offline(False)
    expect(status(page)).to_have_text(SAVED)
    expect(page.locator("[data-net]")).to_be_hidden()
    got = quiz.stored()
    assert (got[1], got[2]) == ("A", "B")
    assert got[3] in ("D", "CD")


def test_a_reload_while_the_site_is_away_brings_the_answers_back_and_sends_them(quiz):
    page = quiz.phone()
    page.route("**/responses/*", lambda route: route.abort())
    page.goto(f"{quiz.path}/1")
    choose(page, "C")
    expect(status(page)).to_have_text("1 题存在手机里")
    page.reload()
    expect(page.locator("fieldset:not([hidden]) input[value=C]")).to_be_checked()
    page.unroute("**/responses/*")
    page.reload()
    expect(status(page)).to_have_text(SAVED)
    assert quiz.stored() == {1: "C"}


def test_the_hand_in_waits_for_the_answers_and_wipes_them_from_the_phone(quiz):
    page = quiz.phone()
    page.goto(f"{quiz.path}/5")
    page.route("**/responses/*", lambda route: route.abort())
    choose(page, "A")
    go_on(page)
    expect(page.locator("[data-net]")).to_be_visible()
    expect(page).to_have_url(re.compile(r"/5$"))
    page.unroute("**/responses/*")
    go_on(page)
    expect(page).to_have_url(re.compile(r"/check$"))
    expect(page.get_by_role("heading", level=1)).to_have_text("还有 4 题没答")
    assert quiz.stored() == {5: "A"}
    assert len(kept(page)) == 1
    page.get_by_role("button", name="就这样交卷").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("这次没过")
    expect_nothing_kept(page)
    assert quiz.state() == "submitted"


def test_what_waits_on_a_shared_phone_is_kept_apart_by_person(quiz):
    page = quiz.phone()
    page.route("**/responses/*", lambda route: route.abort())
    page.goto(f"{quiz.path}/1")
    choose(page, "A")
    expect(status(page)).to_have_text("1 题存在手机里")
    assert kept(page) == [f"quiz-{quiz.taker.actor.person_id}-{quiz.attempt.id}"]


def test_a_newer_answer_from_another_phone_wins_and_is_shown(quiz):
    first, second = quiz.phone(), quiz.phone()
    place = quiz.singles[0]
    first.goto(f"{quiz.path}/{place}")
    second.goto(f"{quiz.path}/{place}")
    for letter in "ABD":
        choose(second, letter)
    expect(status(second)).to_have_text(SAVED)
    choose(first, "C")
    expect(first.locator("fieldset:not([hidden]) input[value=D]")).to_be_checked()
    choose(first, "C")
    expect(status(first)).to_have_text(SAVED)
    assert quiz.stored() == {place: "C"}


def test_an_attempt_handed_in_on_another_phone_leads_to_its_result(quiz):
    first, second = quiz.phone(), quiz.phone()
    first.goto(f"{quiz.path}/1")
    second.goto(f"{quiz.path}/check")
    second.get_by_role("button", name="就这样交卷").click()
    expect(second.get_by_role("heading", level=1)).to_be_visible()
    choose(first, "A")
    expect(first).to_have_url(re.compile(rf"{quiz.path}$"))
    expect_nothing_kept(first)


def test_when_time_is_up_the_page_hands_in_what_was_answered(live_site, new_context):
    quiz = Quiz(live_site, new_context, time_limit_s=6)
    page = quiz.phone()
    page.goto(f"{quiz.path}/1")
    expect(page.get_by_role("timer")).to_contain_text("还剩 0:0")
    choose(page, "A")
    expect(page).to_have_url(re.compile(rf"{quiz.path}$"))
    assert quiz.stored() == {1: "A"}
    assert quiz.state() == "submitted"


def test_without_javascript_every_step_works(quiz):
    page = quiz.phone(java_script_enabled=False)
    page.goto(f"{quiz.path}/1")
    choose(page, "B")
    go_on(page)
    expect(page).to_have_url(re.compile(r"/2$"))
    page.locator("summary").click()
    page.get_by_role("button", name="5").click()
    choose(page, "A")
    go_on(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("还有 3 题没答")
    assert quiz.stored() == {1: "B", 5: "A"}
    page.get_by_role("button", name="就这样交卷").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("这次没过")


@pytest.mark.parametrize("width", [360, 1280])
def test_nobody_is_kept_out(live_site, new_context, width):
    quiz = Quiz(live_site, new_context, time_limit_s=1200)
    page = quiz.phone(viewport={"width": width, "height": 740})
    for path in ("/1", "/check"):
        page.goto(quiz.path + path)
        assert barriers(page) == []
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.goto(f"{quiz.path}/1")
    page.locator("summary").click()
    page.evaluate("document.querySelector('[data-net]').hidden = false")
    assert barriers(page) == []
    page.goto(f"{quiz.path}/check")
    page.get_by_role("button", name="就这样交卷").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("这次没过")
    assert barriers(page) == []
