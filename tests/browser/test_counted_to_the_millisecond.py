"""Two witnesses: what the browser played and what the ledger holds are the same milliseconds."""

from time import monotonic
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from lms.db.session import Database
from lms.progress.models import WatchSlice
from tests.support.player import TRIES, nothing_waits, until
from tests.support.witness import WITNESS, Watching, agree, size


@pytest.fixture
def watching(lesson_page: Page) -> Watching:
    lesson_page.add_init_script(WITNESS)
    begun = monotonic()
    lesson_page.reload()
    return Watching(lesson_page, begun)


def test_at_both_speeds_with_seeks_the_ledger_holds_what_was_played(
    watching: Watching, database: Database
) -> None:
    page = watching.page
    page.locator("[data-play]").click()
    until(page, "v.currentTime > 0.7 && !v.paused")
    watching.do("pause()")
    watching.do("playbackRate = 2")
    watching.do("play()")
    until(page, "v.currentTime > 1.6")
    watching.do("currentTime = 0.3")
    until(page, "!v.seeking && v.currentTime > 0.8")
    watching.do("playbackRate = 1")
    watching.do("currentTime = 2.2")
    until(page, "v.ended")
    claimed, credited = agree(watching, database, cuts=2)
    assert 0 < credited <= size(claimed) < 3_000


def test_with_the_line_cut_and_back_the_ledger_holds_what_was_played(
    watching: Watching, database: Database
) -> None:
    page = watching.page
    page.locator("[data-play]").click()
    until(page, "!v.paused && v.buffered.length && v.buffered.end(0) > 2.9")
    page.context.set_offline(offline=True)
    until(page, "v.currentTime > 0.9")
    watching.do("playbackRate = 2")
    until(page, "v.currentTime > 1.7")
    watching.do("currentTime = 1.1")
    until(page, "!v.seeking && v.currentTime > 1.5")
    watching.do("pause()")
    expect(page.locator("[data-state]")).to_contain_text("网络断了")
    with database.snapshot() as session:
        assert session.scalars(select(WatchSlice)).all() == []
    page.context.set_offline(offline=False)
    nothing_waits(page)
    watching.do("playbackRate = 1")
    watching.do("play()")
    until(page, "v.ended")
    claimed, credited = agree(watching, database, cuts=1)
    assert len(claimed) == 1
    assert claimed[0][0] == 0
    assert 0 < credited <= size(claimed) <= 3_000


def test_where_no_answer_comes_back_nothing_is_lost_or_counted_twice(
    watching: Watching, database: Database
) -> None:
    page = watching.page
    heard: list[int] = []

    def swallow(route: Any) -> None:
        """Let the site hear each report and the phone hear no answer, twice."""
        route.fetch()
        heard.append(route.request.post_data_json["seq"])
        route.abort()
        if len(heard) == 2:
            page.context.unroute("**/beats")

    page.context.route("**/beats", swallow)
    page.locator("[data-play]").click()
    until(page, "v.currentTime > 1 && !v.paused")
    watching.do("pause()")
    for _ in range(TRIES):
        if len(heard) == 2:
            break
        page.wait_for_timeout(50)
    watching.do("play()")
    until(page, "v.ended")
    claimed, credited = agree(watching, database, cuts=0)
    assert heard[0] == heard[1]
    assert credited == size(claimed)


@pytest.mark.parametrize("engine", ["sqlite"])
def test_a_seek_that_is_told_after_it_plays_on_loses_nothing(
    watching: Watching, database: Database
) -> None:
    page = watching.page
    page.locator("[data-play]").click()
    until(page, "v.currentTime > 1 && !v.paused")
    watching.do("dispatchEvent(new Event('seeked'))")
    until(page, "v.ended")
    claimed, credited = agree(watching, database, cuts=0)
    assert [begin for begin, _ in claimed] == [0]
    assert credited == size(claimed)
