"""The page of lists made each month: begun with the filters of the address, ended again."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from lms.db.session import Database
from lms.roster.models import ExportSchedule
from tests.factories.roster import NEIGHBOUR
from tests.functional.conftest import OpenDesk
from tests.support.statements import assert_few_statements

PAGE = "/staff/exports/schedules"
FORM = {"format": "csv", "purpose": "每月申报", "language": "zh", "day": "5"}


def schedules(database: Database) -> list[ExportSchedule]:
    with database.snapshot() as session:
        return list(session.scalars(select(ExportSchedule)))


def test_one_is_begun_shown_and_ended(open_desk: OpenDesk, database: Database) -> None:
    browser = open_desk()
    assert "何家乡" in browser.get(f"{PAGE}?town=何家乡").text
    answer = browser.post(f"{PAGE}?town=何家乡&from=2026-01-01", data=FORM)
    assert (answer.status_code, answer.location) == (302, PAGE)
    (made,) = schedules(database)
    assert (made.filters, made.day_of_month) == ({"town": "何家乡"}, 5)
    page = browser.get(PAGE).text
    assert "每月 5 日" in page
    assert_few_statements(browser, database, PAGE)
    stranger = open_desk()
    assert "每月申报" not in stranger.get(PAGE).text
    assert stranger.post(f"{PAGE}/{made.id}/end").status_code == 404
    browser.post(f"{PAGE}/{made.id}/end")
    assert "您已停掉" in browser.get(PAGE).text


@pytest.mark.parametrize(
    ("query", "changes", "status"),
    [
        ("", {"day": "29"}, 422),
        ("", {"day": "x"}, 422),
        ("", {"purpose": " "}, 422),
        ("", {"unmasked": "1"}, 422),
        (f"?county={NEIGHBOUR}", {}, 404),
    ],
)
def test_one_that_does_not_fit_is_refused(
    open_desk: OpenDesk, database: Database, query: str, changes: dict[str, str], status: int
) -> None:
    assert open_desk().post(f"{PAGE}{query}", data={**FORM, **changes}).status_code == status
    assert schedules(database) == []


def test_an_old_proof_is_asked_for_anew(open_desk: OpenDesk, database: Database) -> None:
    tired = open_desk(confirmed=timedelta(hours=1))
    assert "/confirm?next=" in tired.get(PAGE).text
    assert tired.post(PAGE, data=FORM).location.startswith("/confirm")
    assert schedules(database) == []
