"""What waits on a phone: by person, unchanged, under that person's sign-in alone."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route, expect
from sqlalchemy import select

from lms.accounts.models import Person
from lms.db.session import Database
from lms.progress.models import MaterialProgress
from tests.browser.conftest import enter
from tests.factories.accounts import make_person
from tests.factories.catalog import MadeCourse
from tests.factories.enrollment import make_enrollment
from tests.support.browser import OwnBrowser
from tests.support.player import nothing_waits, until, waiting
from tests.support.site import LiveSite

# The browser is what is tried; `make faults` tries it on PostgreSQL too.
pytestmark = pytest.mark.one_engine
_API = "**/api/**"
_SENT = "这部手机里存的都交上了。"
_WAITS = re.compile(r"这部手机里还有 \d+ 秒没交")
_OFFLINE = re.compile("网络断了，可以接着学；60 秒内连上网才算学时。")
_NO_DATABASE = "Object.defineProperty(window, 'indexedDB', {value: {open() { throw 1; }}})"
_SILENT_DATABASE = "Object.defineProperty(window, 'indexedDB', {value: {open() { return {}; }}})"
_AS_IT_WAS = """() => new Promise(done => {
  const asked = indexedDB.open("xiangbo", 1);
  asked.onsuccess = () => {
    const all = asked.result.transaction("beats", "readwrite"), store = all.objectStore("beats");
    store.getAll().onsuccess = found => {
      const kept = found.target.result;
      localStorage.clear();
      localStorage.setItem("beats:" + kept[0].lease, JSON.stringify(kept.map(each => each.beat)));
      store.clear();
    };
    all.oncomplete = () => { asked.result.close(); done(); };
  };
})"""
_FILL = """person => new Promise(done => {
  const asked = indexedDB.open("xiangbo", 1);
  asked.onsuccess = () => {
    const all = asked.result.transaction("beats", "readwrite");
    for (let seq = 1; seq <= 2000; seq += 1) {
      all.objectStore("beats").put({person, lease: "old", seq, at: seq, beat: {seq, played: []}});
    }
    all.oncomplete = () => { asked.result.close(); done(); };
  };
})"""


@pytest.fixture
def own_browser(browser: Browser, tmp_path: Path) -> Iterator[OwnBrowser]:
    """A browser whose phone can lose its battery."""
    own = OwnBrowser(browser.browser_type, tmp_path / "phone")
    yield own
    own.close()


def play_unheard(page: Page) -> None:
    """Play the whole clip; from the lease on nothing reaches the site."""
    with page.expect_response("**/lease"):
        page.locator("[data-play]").click()
    page.context.route(_API, lambda route: route.abort())
    until(page, "v.ended")
    expect(page.locator("[data-state]")).to_have_text(_OFFLINE)


def seen_ms(database: Database, person: Person) -> int:
    with database.snapshot() as session:
        wanted = select(MaterialProgress).where(MaterialProgress.person_id == person.id)
        sets = session.scalars(wanted).one_or_none()
    return sets.seen_ms if sets else 0


def test_on_a_shared_phone_each_person_hands_in_their_own(
    lesson_page: Page, live_site: LiveSite, database: Database, learner: Person, course: MadeCourse
) -> None:
    page, address = lesson_page, lesson_page.url
    play_unheard(page)
    kept = waiting(page)
    with database.transaction() as session:
        other = make_person(session)
        make_enrollment(session, person=other, course=course)
    page.goto("about:blank")
    page.context.unroute(_API)
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url))
    enter(page, live_site, other)
    page.goto(address)
    with page.expect_response("**/lease"):
        page.locator("[data-play]").click()
    until(page, "v.ended")
    expect(page.locator("[data-state]")).to_have_text("这一步学完了。")
    assert waiting(page) == kept
    assert not [url for url in sent if kept[0]["lease"] in url]
    assert seen_ms(database, learner) == 0
    enter(page, live_site, learner)
    page.goto(address)
    expect(page.locator("[data-state]")).to_contain_text(_SENT)
    nothing_waits(page)
    assert seen_ms(database, learner) > 2_000


@pytest.mark.parametrize("fault", [_NO_DATABASE, _SILENT_DATABASE], ids=["none", "silent"])
def test_a_phone_without_a_database_keeps_them_all_the_same(
    lesson_page: Page, database: Database, learner: Person, fault: str
) -> None:
    lesson_page.add_init_script(fault)
    lesson_page.reload()
    play_unheard(lesson_page)
    names = "Object.keys(localStorage).filter(key => key.startsWith('beat:'))"
    assert lesson_page.evaluate(names)[0].startswith(f"beat:{learner.id}:")
    lesson_page.reload()
    expect(lesson_page.locator("[data-state]")).to_have_text(_WAITS)
    lesson_page.context.unroute(_API)
    lesson_page.evaluate("dispatchEvent(new Event('online'))")
    expect(lesson_page.locator("[data-state]")).to_contain_text(_SENT)
    assert lesson_page.evaluate(names) == []
    assert seen_ms(database, learner) > 2_000


def _end_sign_in(route: Route) -> None:
    # Not before the first beat is on its way: the clip itself comes to its owner alone.
    route.request.frame.page.context.clear_cookies()
    route.continue_()


def test_a_sign_in_that_ended_loses_nothing(
    lesson_page: Page, live_site: LiveSite, database: Database, learner: Person
) -> None:
    page = lesson_page
    page.context.route("**/beats", _end_sign_in)
    with page.expect_response("**/beats") as answer:
        page.locator("[data-play]").click()
        until(page, "v.ended")
    assert answer.value.status in (400, 401)
    page.context.unroute("**/beats")
    assert len(waiting(page)) == 1
    enter(page, live_site, learner)
    page.reload()
    expect(page.locator("[data-state]")).to_contain_text(_SENT)
    nothing_waits(page)
    assert seen_ms(database, learner) > 2_000


def test_what_an_older_page_kept_without_a_name_is_handed_in(
    lesson_page: Page, database: Database, learner: Person
) -> None:
    play_unheard(lesson_page)
    lesson_page.evaluate(_AS_IT_WAS)
    lesson_page.context.unroute(_API)
    lesson_page.reload()
    expect(lesson_page.locator("[data-state]")).to_contain_text(_SENT)
    nothing_waits(lesson_page)
    assert seen_ms(database, learner) > 2_000


def test_a_full_phone_says_so_and_collects_no_more(lesson_page: Page, learner: Person) -> None:
    until(lesson_page, "v.readyState >= 0")
    lesson_page.context.route(_API, lambda route: route.abort())
    lesson_page.evaluate(_FILL, str(learner.id))
    lesson_page.reload()
    # Before the line is back: what is handed in meanwhile would be refused and leave the phone.
    lesson_page.context.route("**/beats", lambda route: route.abort())
    lesson_page.evaluate("Outbox.flush = () => Promise.resolve({refused: []})")
    lesson_page.context.unroute(_API)
    # How much there is, the page knows once it was read.
    until(lesson_page, "Outbox.isFull()")
    lesson_page.locator("[data-play]").click()
    until(lesson_page, "v.ended")
    expect(lesson_page.locator("[data-state]")).to_have_text(
        "这部手机里存满了，现在学的存不下。请先连上网。"
    )
    assert len(waiting(lesson_page)) == 2_000


def test_a_killed_browser_loses_only_what_was_not_reported(
    own_browser: OwnBrowser,
    live_site: LiveSite,
    database: Database,
    learner: Person,
    course: MadeCourse,
) -> None:
    def opened() -> Page:
        page = own_browser.open(live_site.url)
        enter(page, live_site, learner)
        page.goto(f"/learn/{course.course.slug}/A01.video")
        return page

    page = opened()
    play_unheard(page)
    assert len(waiting(page)) == 1
    own_browser.kill()
    page = opened()
    expect(page.locator("[data-state]")).to_contain_text(_SENT)
    assert seen_ms(database, learner) > 2_000
