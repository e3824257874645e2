"""A presence check that the site itself brings: nothing about it is put into its answers here."""

import re

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import func, select, update

from lms.db.session import Database
from lms.progress.models import PresenceCheck, StudyClock, WatchSlice
from tests.factories.catalog import MadeCourse

# The browser is what is tried; `make faults` tries it on PostgreSQL too.
pytestmark = pytest.mark.one_engine


def ledger(database: Database) -> tuple[int, int]:
    """Return what is credited and what is held, milliseconds."""
    with database.snapshot() as session:
        sums = select(func.sum(WatchSlice.credited_ms), func.sum(WatchSlice.held_ms))
        credited, held = session.execute(sums).one()
    return int(credited or 0), int(held or 0)


def test_what_is_read_while_it_waits_is_counted_with_the_answer(
    lesson_page: Page, course: MadeCourse, database: Database
) -> None:
    lesson_page.goto(f"/learn/{course.course.slug}/A01.text")
    # Reports by the second, so that the test need not read for minutes.
    lesson_page.evaluate("Meter.beatMs = () => 1000")
    lesson_page.mouse.wheel(0, 50)
    state = lesson_page.locator("[data-state]")
    expect(state).to_have_text("正在计时……")
    with database.transaction() as session:
        session.execute(update(StudyClock).values(prompt_in_ms=0))
    dialog = lesson_page.locator("#here")
    expect(dialog).to_be_visible()
    expect(dialog).to_contain_text("您还在看吗？")
    before, _ = ledger(database)
    for _ in range(100):
        if ledger(database)[1] > 1_500:
            break
        lesson_page.wait_for_timeout(100)
    assert ledger(database)[0] == before
    assert ledger(database)[1] > 1_500
    dialog.get_by_role("button", name="我在看").click()
    expect(dialog).to_be_hidden()
    expect(state).to_have_text(re.compile("学时接着算|正在计时"))
    credited, held = ledger(database)
    assert held == 0
    assert credited > before + 1_500
    with database.snapshot() as session:
        check = session.scalars(select(PresenceCheck)).one()
    assert (check.answer, check.missed_at_ms) == ("here", None)
