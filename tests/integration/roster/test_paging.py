"""The pages of a list: where the cursor leads, and how many lines a page tells of."""

from datetime import UTC, date, datetime

import pytest

from lms.db.session import Database
from lms.enrollment.domain import EnrollmentStatus
from lms.roster import queries
from lms.roster.domain.filters import Filters, Place
from lms.roster.queries import merging, paging
from tests.factories.accounts import make_county, make_person
from tests.factories.catalog import make_course
from tests.factories.enrollment import make_enrollment
from tests.factories.roster import NEIGHBOUR, Small
from tests.integration.roster.conftest import OWN, names


def test_the_cursor_leads_forth_and_back_without_gap_or_repeat(
    database: Database, small: Small
) -> None:
    with database.transaction() as session:
        for number in range(5):
            make_enrollment(
                session,
                course=small.course,
                person=make_person(session, name=f"第{number}人"),
                status=EnrollmentStatus.COMPLETED,
            )
    selection = queries.Selection(OWN, Filters())
    with database.snapshot() as session:
        first = queries.page(session, selection, queries.Window(limit=2))
        second = queries.page(session, selection, queries.Window(limit=2, after=first.older))
        third = queries.page(session, selection, queries.Window(limit=2, after=second.older))
        back = queries.page(session, selection, queries.Window(limit=2, before=third.newer))
        start = queries.page(session, selection, queries.Window(limit=2, before=second.newer))
        beyond = queries.page(
            session,
            selection,
            queries.Window(limit=2, after=Place(datetime(2020, 1, 1, tzinfo=UTC), 1)),
        )
    assert [names(list(part.lines)) for part in (first, second, third)] == [
        ["第4人", "第3人"],
        ["第2人", "第1人"],
        ["第0人", "程建军"],
    ]
    assert (first.newer, third.older) == (None, None)
    assert back == second
    assert start == first
    assert (beyond.lines, beyond.newer, beyond.older, beyond.total) == ((), None, None, 6)


@pytest.mark.parametrize(("many", "walked"), [(200, 3_000), (0, 3_000), (0, 4)])
def test_pages_over_many_courses_are_one_list_forth_and_back(
    database: Database, monkeypatch: pytest.MonkeyPatch, many: int, walked: int
) -> None:
    """Whether the newest of all are walked through first, and whether a page fits there."""
    monkeypatch.setattr(merging, "MANY_CELLS", many)
    monkeypatch.setattr(merging, "WALKED", walked)
    with database.transaction() as session:
        courses = [make_course(session) for _ in range(5)]
        # The newest lines lie in one course, those of two others between older ones.
        for number, place in enumerate((0, 3, 3, 1, 4, 4, 4, 2, 0, 2, 3, 4, 0, 1, 1, 1, 1)):
            make_enrollment(
                session,
                course=courses[place],
                person=make_person(session, name=f"第{number:02}人"),
                status=EnrollmentStatus.COMPLETED,
                completed_at=datetime(2026, 5, 1 + number, tzinfo=UTC),
            )
        make_county(session, NEIGHBOUR)
        for number in range(9):  # newer ones of another county
            make_enrollment(
                session,
                course=courses[0],
                county_code=NEIGHBOUR,
                status=EnrollmentStatus.COMPLETED,
                completed_at=datetime(2026, 6, 1 + number, tzinfo=UTC),
            )
    selection = queries.Selection(OWN, Filters())
    with database.snapshot() as session:
        pages = [queries.page(session, selection, queries.Window(limit=2))]
        while pages[-1].older:
            window = queries.Window(limit=2, after=pages[-1].older)
            pages.append(queries.page(session, selection, window))
        back = [pages[-1]]
        while back[-1].newer:
            window = queries.Window(limit=2, before=back[-1].newer)
            back.append(queries.page(session, selection, window))
    found = [name for page in pages for name in names(list(page.lines))]
    assert found == [f"第{number:02}人" for number in reversed(range(17))]
    assert [page.lines for page in back[::-1]] == [page.lines for page in pages]


@pytest.mark.parametrize("many", [200, 0])
def test_a_page_over_cells_shows_and_counts_what_fits_alone(
    database: Database, monkeypatch: pytest.MonkeyPatch, many: int
) -> None:
    monkeypatch.setattr(merging, "MANY_CELLS", many)
    with database.transaction() as session:
        courses = [make_course(session) for _ in range(2)]
        for number in range(12):
            town = "芳村镇" if number % 2 else "何家乡"
            make_enrollment(
                session,
                course=courses[number % 3 % 2],
                person=make_person(session, name=f"第{number:02}人", town=town),
                status=EnrollmentStatus.COMPLETED,
                completed_at=datetime(2026, 5, 1 + number, tzinfo=UTC),
            )
    days = {"first_day": date(2026, 5, 4), "last_day": date(2026, 5, 9)}
    expected = {
        Filters(town="芳村镇"): ["第11人", "第09人", "第07人", "第05人", "第03人", "第01人"],
        Filters(**days): ["第08人", "第07人", "第06人", "第05人", "第04人", "第03人"],
        Filters(town="芳村镇", **days): ["第07人", "第05人", "第03人"],
    }
    for filters, found in expected.items():
        with database.snapshot() as session:
            page = queries.page(session, queries.Selection(OWN, filters), queries.Window(limit=2))
        assert (names(list(page.lines)), page.total) == (found[:2], len(found))


@pytest.mark.parametrize(("counted", "told"), [(5_000, 4), (2, 3)])
def test_every_page_of_a_search_tells_how_many_it_found(
    database: Database, small: Small, monkeypatch: pytest.MonkeyPatch, counted: int, told: int
) -> None:
    monkeypatch.setattr(paging, "COUNTED", counted)
    with database.transaction() as session:
        for number, name in enumerate(("徐丽", "徐丽", "汪丽", "余芳", "徐丽")):
            make_enrollment(
                session,
                course=small.course,
                person=make_person(session, name=name, town=f"第{number}镇"),
                status=EnrollmentStatus.COMPLETED,
                completed_at=datetime(2026, 7, 1 + number, tzinfo=UTC),
            )
    selection = queries.Selection(OWN, Filters(q="丽"))
    with database.snapshot() as session:
        newest = queries.page(session, selection, queries.Window(limit=3))
        older = queries.page(session, selection, queries.Window(limit=3, after=newest.older))
        back = queries.page(session, selection, queries.Window(limit=3, before=older.newer))
        steps = [[line.town for line in page.lines] for page in (newest, older, back)]
    assert steps == [["第4镇", "第2镇", "第1镇"], ["第0镇"], ["第4镇", "第2镇", "第1镇"]]
    assert {newest.total, older.total, back.total} == {told}
