"""The call list: who is on it, whom it names first, and that page and file are one list."""

from dataclasses import replace
from datetime import date, timedelta
from random import Random

import pytest
from sqlalchemy import select

from lms.core.access import Actor, Scope, ScopeKind
from lms.core.clock import local_day
from lms.db.session import Database, now
from lms.enrollment.models import Enrollment
from lms.roster import queries, service
from lms.roster.domain.behind import turn_of
from lms.roster.domain.filters import Filters, Reason
from lms.roster.domain.kinds import ExportKind
from lms.roster.domain.orders import ExportFormat
from lms.roster.domain.templates import shipped
from lms.roster.models import Export
from lms.settings import Settings
from tests.factories.behind import make_behind, make_learner
from tests.factories.roster import NEIGHBOUR, Small
from tests.integration.roster.conftest import EVERYTHING, OWN
from tests.integration.roster.exports import ordered, place, workbook
from tests.integration.roster.rosters import cells, wanted
from tests.support.site import Jobs

MANY = queries.CallWindow(50)


@pytest.fixture
def today(database: Database) -> date:
    with database.snapshot() as session:
        return local_day(now(session))


@pytest.fixture
def made(database: Database, small: Small, today: date) -> dict[str, Enrollment]:
    with database.transaction() as session:
        return make_behind(session, small, today)


def called(
    database: Database,
    today: date,
    filters: Filters | None = None,
    *,
    scopes: tuple[Scope, ...] = OWN,
    window: queries.CallWindow = MANY,
) -> queries.CallPage:
    with database.snapshot() as session:
        selection = queries.Selection(scopes, filters or Filters())
        return queries.call_page(session, selection, window, today=today)


def names(page: queries.CallPage) -> list[str]:
    return [each.line.name for each in page.lines]


@pytest.mark.usefixtures("made")
def test_only_who_is_behind_is_on_it_the_most_urgent_first(database: Database, today: date) -> None:
    page = called(database, today)
    assert names(page) == ["过期", "快了", "占小燕", "没声", "没学"]
    assert page.total == 5
    days = {each.line.name: each.standing.studied_on for each in page.lines}
    assert days["过期"] == today - timedelta(days=1)
    assert days["没声"] == today - timedelta(days=20)
    assert days["没学"] is None


@pytest.mark.usefixtures("made")
def test_filters_narrow_it_and_a_neighbour_stays_a_neighbours(
    database: Database, small: Small, today: date
) -> None:
    assert names(called(database, today, Filters(reason=Reason.OVER))) == ["过期"]
    assert names(called(database, today, Filters(reason=Reason.ENDING))) == ["快了"]
    silent = called(database, today, Filters(reason=Reason.SILENT))
    assert names(silent) == ["占小燕", "没声", "没学"]
    assert names(called(database, today, Filters(town="芳村镇"))) == ["占小燕"]
    assert names(called(database, today, Filters(county=NEIGHBOUR))) == []
    assert "邻县" in names(called(database, today, scopes=EVERYTHING))
    course = Scope(ScopeKind.COURSE, str(small.course.course.id))
    assert "邻县" in names(called(database, today, scopes=(course,)))
    assert names(called(database, today, scopes=(replace(course, id="0"),))) == []


@pytest.mark.usefixtures("made")
def test_pages_lead_forth_and_back_through_the_same_list(database: Database, today: date) -> None:
    forth, back, page = [], [], called(database, today, window=queries.CallWindow(2))
    while page.later:
        forth += names(page)
        page = called(database, today, window=queries.CallWindow(2, after=page.later))
        assert page.total == 5
    forth += names(page)
    while page.earlier:
        page = called(database, today, window=queries.CallWindow(2, before=page.earlier))
        back = names(page) + back
    assert forth == names(called(database, today))
    assert back == forth[:4]


def test_the_database_says_what_the_rule_says_of_anybody(
    database: Database, small: Small, today: date
) -> None:
    dice = Random(3)  # noqa: S311 (a test)

    def day(*ago: int) -> date | None:
        return dice.choice([None, *(today - timedelta(days=each) for each in ago)])

    with database.transaction() as session:
        for number in range(40):
            # Most of them at the days on which the rule turns.
            days = {"studied": day(0, 5, 6, 7, 8, 20), "ends": day(-16, -15, -14, -1, 0, 1, 9)}
            enrolled = today - timedelta(days=dice.choice([1, 6, 7, 8, 30]))
            make_learner(session, small, f"第{number}人", enrolled=enrolled, **days)
    everybody = called(database, date.max - timedelta(days=30)).lines
    assert len(everybody) == 41
    found = [
        (each.line.enrollment_id, turn_of(each.standing, each.line.enrollment_id, today))
        for each in everybody
        if each.standing.reasons(today)
    ]
    expected = sorted(found, key=lambda each: (each[1].due, each[1].since, each[0]))
    listed = [each.line.enrollment_id for each in called(database, today).lines]
    assert listed == [each for each, _ in expected]
    assert 5 < len(listed) < 41


@pytest.mark.usefixtures("made")
def test_the_file_is_the_page(
    database: Database, administrator: Actor, settings: Settings, run_jobs: Jobs, today: date
) -> None:
    order = ordered(ExportFormat.XLSX, kind=ExportKind.BEHIND)
    export_id = place(database, administrator, order)
    run_jobs()
    shown = called(database, today).lines
    told = [
        (each.line.name, each.line.phone_masked, each.standing.studied_on, each.why["zh"])
        for each in shown
    ]
    keys = [column.key for column in shipped(ExportKind.BEHIND).columns]
    found = [dict(zip(keys, row, strict=True)) for row in workbook(settings, export_id)]
    assert [row["record"] for row in found] == [str(e.line.enrollment_id) for e in shown]
    studied = [row["last_studied"] and row["last_studied"].date() for row in found]
    written = [(row["name"], row["phone"], row["note"]) for row in found]
    assert told == [(*each[:2], day, each[2]) for each, day in zip(written, studied, strict=True)]
    assert found[2]["lacking"] == "A04 读一读；本课小测"
    with database.snapshot() as session:
        assert session.scalars(select(Export.rows_total)).all() == [5]
    (over,) = cells(database, wanted(ExportKind.BEHIND, Filters(reason=Reason.OVER)))
    assert over["note"].startswith("班期 ")


@pytest.mark.usefixtures("made")
def test_each_month_it_holds_who_is_behind_then_whenever_they_enrolled(
    database: Database, administrator: Actor
) -> None:
    order = ordered(kind=ExportKind.BEHIND, filters=Filters(reason=Reason.SILENT))
    with database.transaction() as session:
        at = now(session)
        made = service.add_schedule(
            session, actor=administrator, order=order, day_of_month=1, now=at
        )
        later = at + timedelta(days=62)
        service.make_due(session, made.id, order.filters, now=later)
    with database.snapshot() as session:
        assert session.scalars(select(Export.filters)).all() == [{"reason": "silent"}]
