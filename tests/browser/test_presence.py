"""The presence check: asked over the lesson, answered by tap or key, never lost on the way."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.factories.catalog import MadeCourse
from tests.support.browser import barriers
from tests.support.player import Asking, question, tap

# The browser is what is tried; `make faults` tries it on PostgreSQL too.
pytestmark = pytest.mark.one_engine
_TITLE = re.compile("您还在看吗？ · ")
_VOICE = """(() => {
  window.spoken = [];
  window.SpeechSynthesisUtterance = function (words) { this.words = words; };
  Object.defineProperty(window, "speechSynthesis", {value: {
    cancel() {}, speak(it) { window.spoken.push([it.lang, it.words]); }}});
})()"""


def dialog(page: Page) -> Locator:
    return page.locator("#here")


def asked(page: Page, prompt: dict[str, object]) -> Asking:
    """Press play at a site that asks at once."""
    site = Asking(page, prompt)
    page.locator("[data-play]").click()
    expect(dialog(page)).to_be_visible()
    return site


def test_a_tap_answers_and_the_lesson_goes_on(lesson_page: Page) -> None:
    site = asked(lesson_page, tap())
    expect(dialog(lesson_page)).to_contain_text("您还在看吗？")
    expect(dialog(lesson_page)).to_contain_text("点绿色按钮，学时接着算。")
    expect(lesson_page).to_have_title(_TITLE)
    assert barriers(lesson_page) == []
    dialog(lesson_page).get_by_role("button", name="我在看").click()
    expect(dialog(lesson_page)).to_be_hidden()
    expect(lesson_page).not_to_have_title(_TITLE)
    expect(lesson_page.locator("[data-state]")).to_have_text(
        re.compile("好的，学时接着算。|这一步学完了。")
    )
    assert site.answers == [{"answer": "here"}]


def test_a_key_meant_for_the_video_answers_nothing(lesson_page: Page) -> None:
    site = asked(lesson_page, tap())
    assert lesson_page.evaluate("document.activeElement.id") == "hq"
    for key in ("Space", "Enter", "Escape", "Escape", "9"):
        lesson_page.keyboard.press(key)
    expect(dialog(lesson_page)).to_be_visible()
    assert site.answers == []
    assert lesson_page.evaluate("document.activeElement.closest('dialog').id") == "here"
    lesson_page.keyboard.press("Tab")
    lesson_page.keyboard.press("Enter")
    expect(dialog(lesson_page)).to_be_hidden()
    assert site.answers == [{"answer": "here"}]


@pytest.mark.parametrize(
    ("verdict", "words"),
    [("true", "答对了，学时接着算。"), ("false", "没答对，不要紧，学时接着算。")],
)
def test_a_question_is_answered_with_a_digit(lesson_page: Page, verdict: str, words: str) -> None:
    lesson_page.route("**/beats", lambda route: route.abort())
    site = asked(lesson_page, question())
    site.reply["right"] = verdict == "true"
    expect(dialog(lesson_page)).to_contain_text("面什么时候下锅？")
    expect(dialog(lesson_page)).to_contain_text("选错不扣学时")
    assert barriers(lesson_page) == []
    lesson_page.keyboard.press("2")
    expect(lesson_page.locator("[data-state]")).to_have_text(words)
    assert site.answers == [{"answer": "b"}]


def test_more_time_is_asked_for_once(lesson_page: Page) -> None:
    site = asked(lesson_page, tap(seconds_left=20))
    site.reply["prompt"] = tap(seconds_left=78, more_time=False)
    more = dialog(lesson_page).get_by_role("button", name="再给我 60 秒")
    more.click()
    expect(more).to_be_hidden()
    expect(dialog(lesson_page).locator("[data-time] text")).to_have_text(re.compile("7[678]"))
    assert site.answers == [{"more_time": True}]
    site.reply["prompt"] = None
    dialog(lesson_page).get_by_role("button", name="我在看").click()
    expect(dialog(lesson_page)).to_be_hidden()


def test_a_miss_is_told_calmly_and_one_tap_goes_on(lesson_page: Page) -> None:
    site = asked(lesson_page, tap(seconds_left=1))
    expect(dialog(lesson_page)).to_contain_text("刚才没等到您")
    expect(dialog(lesson_page).locator("[data-time]")).to_be_hidden()
    expect(dialog(lesson_page).get_by_role("button", name="再给我")).to_be_hidden()
    assert not lesson_page.evaluate("document.querySelector('video').paused")
    expect(lesson_page.locator("[data-state]")).to_have_text("还没有回答，现在放的不算。")
    site.reply |= {"missed": True}
    lesson_page.route("**/beats", lambda route: route.abort())
    dialog(lesson_page).get_by_role("button", name="我在看，接着算").click()
    expect(lesson_page.locator("[data-state]")).to_have_text("从这里接着算。没算的可以补看。")


def test_what_is_left_is_told_at_marks_and_shown_each_second(lesson_page: Page) -> None:
    lesson_page.route("**/beats", lambda route: route.abort())
    asked(lesson_page, tap(seconds_left=30.9))
    said = dialog(lesson_page).locator("p[data-left]")
    assert said.inner_text() == ""
    expect(said).to_have_text("还有 30 秒")
    expect(dialog(lesson_page).locator("[data-time] text")).to_have_text("28")
    expect(said).to_have_text("还有 30 秒")


def test_an_answer_over_a_dead_line_is_sent_until_it_is_heard(lesson_page: Page) -> None:
    site = asked(lesson_page, tap())
    site.is_away = True
    dialog(lesson_page).get_by_role("button", name="我在看").click()
    expect(dialog(lesson_page)).to_contain_text("您点的已经记下，连上网自动交。")
    site.is_away = False
    expect(dialog(lesson_page)).to_be_hidden()
    assert site.answers == [{"answer": "here"}]


def test_a_check_that_is_not_mine_goes_away(lesson_page: Page) -> None:
    lesson_page.route("**/beats", lambda route: route.abort())
    site = asked(lesson_page, tap())
    site.status, site.reply = 404, {"detail": "找不到。"}
    dialog(lesson_page).get_by_role("button", name="我在看").click()
    expect(dialog(lesson_page)).to_be_hidden()


def test_what_another_device_answered_closes_by_itself(lesson_page: Page) -> None:
    site = asked(lesson_page, tap())
    site.prompt = None
    expect(dialog(lesson_page)).to_be_hidden()
    assert site.answers == []


def test_reading_and_quiz_ask_as_well(lesson_page: Page, course: MadeCourse) -> None:
    Asking(lesson_page, tap())
    lesson_page.goto(f"/learn/{course.course.slug}/A01.text")
    dialog(lesson_page).get_by_role("button", name="我在看").click()
    expect(dialog(lesson_page)).to_be_hidden()
    Asking(lesson_page, question(id="18"))
    lesson_page.goto(f"/learn/{course.course.slug}/A01.quiz")
    lesson_page.get_by_role("button", name="开始做题").click()
    expect(dialog(lesson_page)).to_contain_text("面什么时候下锅？")
    assert barriers(lesson_page) == []
    dialog(lesson_page).get_by_role("button", name="冷水就下").click()
    expect(dialog(lesson_page)).to_be_hidden()


def test_it_is_read_aloud_for_who_asked_for_it(lesson_page: Page) -> None:
    lesson_page.add_init_script(_VOICE)
    lesson_page.reload()
    asked(lesson_page, question())
    assert lesson_page.evaluate("spoken") == []
    dialog(lesson_page).get_by_role("button", name="念出来").click()
    words = "您还在看吗？。面什么时候下锅？。水开了再下。冷水就下"
    assert lesson_page.evaluate("spoken") == [["zh-CN", words]]
    lesson_page.reload()
    lesson_page.locator("[data-play]").click()
    expect(dialog(lesson_page)).to_be_visible()
    assert lesson_page.evaluate("spoken") == [["zh-CN", words]]


def test_a_browser_without_a_voice_offers_none(lesson_page: Page) -> None:
    lesson_page.add_init_script("delete window.SpeechSynthesisUtterance")
    lesson_page.reload()
    asked(lesson_page, tap())
    expect(dialog(lesson_page).get_by_role("button", name="念出来")).to_be_hidden()
