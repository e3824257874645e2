"""The completion rows: who is in them, with which hours, and where the cursor leads."""

from datetime import UTC, date, datetime

import pytest

from lms.accounts.models import Person
from lms.catalog.tree import revision_tree
from lms.core.access import Scope, ScopeKind
from lms.db.session import Database
from lms.enrollment.domain import EnrollmentStatus
from lms.progress.queries import totals_of
from lms.roster import queries
from lms.roster.domain.filters import Filters, Place, Status
from lms.roster.domain.lines import Line
from lms.roster.queries import merging, paging
from tests.factories.accounts import COUNTY, make_county, make_person
from tests.factories.catalog import make_course
from tests.factories.enrollment import make_enrollment
from tests.factories.roster import MINUTE, NEIGHBOUR, Small
from tests.integration.roster.conftest import EVERYTHING, OWN


def lines(
    database: Database, filters: Filters | None = None, scopes: tuple[Scope, ...] = OWN
) -> list[Line]:
    selection = queries.Selection(scopes, filters or Filters())
    with database.snapshot() as session:
        return list(queries.stream(session, selection, chunk=2))


def names(found: list[Line]) -> list[str]:
    return [line.name for line in found]


@pytest.mark.usefixtures("small")
def test_a_finished_learner_shows_hours_floored_to_a_tenth_and_the_best_final_test(
    database: Database,
) -> None:
    (line,) = lines(database)
    assert (line.name, line.phone_masked, line.town) == ("程建军", "139****2217", "何家乡")
    assert line.verified_ms == 94 * MINUTE
    assert line.hours == 2.0  # 94 minutes are 2.088…
    assert line.final_percent == 90
    assert line.lacking == ()
    assert line.completed_on == date(2026, 5, 20)


@pytest.mark.usefixtures("small")
def test_an_unfinished_learner_shows_the_items_that_are_missing_in_order(
    database: Database,
) -> None:
    (line,) = lines(database, Filters(status=Status.ACTIVE))
    assert line.name == "占小燕"
    assert line.hours == 1.0
    assert [(lack.label, [item["zh"] for item in lack.items]) for lack in line.lacking] == [
        ("A04", ["读一读"]),
        ("", ["本课小测"]),
    ]


def test_the_hours_are_those_the_learners_own_pages_add_up(
    database: Database, small: Small
) -> None:
    with database.snapshot() as session:
        totals, _ = totals_of(session, small.finished.person_id)
        tree = revision_tree(session, small.finished.revision_id)
        own = sum(
            totals.of_item(i.material_id, (tree.course_id, i.lesson_key, i.key)).verified_ms
            for i in tree.items()
        )
    assert [line.verified_ms for line in lines(database)] == [own]


def test_progress_with_materials_of_another_course_counts_nothing_here(
    database: Database, small: Small
) -> None:
    with database.transaction() as session:
        person = session.get_one(Person, small.half.person_id)
        make_enrollment(
            session,
            course=make_course(session),
            person=person,
            status=EnrollmentStatus.COMPLETED,
            credited={"A01/text": 5 * MINUTE},
        )
    (line,) = lines(database, Filters(status=Status.ACTIVE))
    assert line.verified_ms == 45 * MINUTE


@pytest.mark.parametrize(
    ("scope", "expected"),
    [
        (Scope(ScopeKind.PLATFORM), ["毛丽娟", "程建军"]),
        (Scope(ScopeKind.COUNTY, COUNTY), ["程建军"]),
        (Scope(ScopeKind.COUNTY, NEIGHBOUR), ["毛丽娟"]),
        (Scope(ScopeKind.COUNTY, "999999"), []),
        (Scope(ScopeKind.COURSE, "999"), []),
        (Scope(ScopeKind.COURSE, "x"), []),
        (Scope(ScopeKind.CLASS, "1"), []),
    ],
)
@pytest.mark.usefixtures("small")
def test_rows_start_from_the_scope(database: Database, scope: Scope, expected: list[str]) -> None:
    assert names(lines(database, scopes=(scope,))) == expected


def test_course_and_institution_scopes_reach_their_own_courses_in_every_county(
    database: Database, small: Small
) -> None:
    with database.transaction() as session:
        other = make_course(session)
        make_enrollment(session, course=other, status=EnrollmentStatus.COMPLETED)
    course = small.course.course
    by_course = (Scope(ScopeKind.COURSE, str(course.id)),)
    by_institution = (Scope(ScopeKind.INSTITUTION, str(course.institution_id)),)
    assert names(lines(database, scopes=by_course)) == ["毛丽娟", "程建军"]
    assert names(lines(database, scopes=by_institution)) == ["毛丽娟", "程建军"]
    assert lines(database, scopes=()) == []


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        (Filters(status=Status.ALL), ["毛丽娟", "林秀芳", "占小燕", "程建军"]),
        (Filters(status=Status.WITHDRAWN), ["林秀芳"]),
        (Filters(status=Status.CANCELLED), []),
        (Filters(status=Status.ALL, town="芳村镇"), ["占小燕"]),
        (Filters(status=Status.ALL, county=NEIGHBOUR), ["毛丽娟"]),
        (Filters(status=Status.ALL, q="建"), ["程建军"]),
        (Filters(status=Status.ALL, q="2217"), ["程建军"]),
        (Filters(status=Status.ALL, q="221"), []),
        (Filters(status=Status.ALL, q="%"), []),
        (Filters(status=Status.ALL, q="_"), []),
        (Filters(course="nothing-here"), []),
        (Filters(institution="nothing-here"), []),
    ],
)
@pytest.mark.usefixtures("small")
def test_filters_narrow_the_list(database: Database, filters: Filters, expected: list[str]) -> None:
    assert names(lines(database, filters, EVERYTHING)) == expected


def test_days_are_days_in_shanghai_and_both_ends_belong_to_the_list(
    database: Database, small: Small
) -> None:
    with database.transaction() as session:
        for name, moment in (
            ("早", datetime(2026, 5, 9, 15, 59, 59, tzinfo=UTC)),  # 9 May, 23:59:59 there
            ("中", datetime(2026, 5, 9, 16, 0, tzinfo=UTC)),  # 10 May, 00:00 there
            ("晚", datetime(2026, 5, 10, 15, 59, 59, tzinfo=UTC)),
            ("后", datetime(2026, 5, 10, 16, 0, tzinfo=UTC)),
        ):
            make_enrollment(
                session,
                course=small.course,
                person=make_person(session, name=name),
                status=EnrollmentStatus.COMPLETED,
                completed_at=moment,
            )
    day = date(2026, 5, 10)
    assert names(lines(database, Filters(first_day=day, last_day=day))) == ["晚", "中"]
    assert names(lines(database, Filters(last_day=date(2026, 5, 9)))) == ["早"]
    # Whoever has not finished is found by the day of enrolling.
    enrolled = Filters(status=Status.ACTIVE, first_day=date(2026, 5, 1), last_day=date(2026, 5, 1))
    assert names(lines(database, enrolled)) == ["占小燕"]


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


@pytest.mark.usefixtures("small")
def test_counting_stops_where_it_is_told_to(database: Database) -> None:
    selection = queries.Selection(EVERYTHING, Filters(status=Status.ALL))
    with database.snapshot() as session:
        assert queries.count(session, selection) == 4
        assert queries.count(session, selection, at_most=3) == 3


@pytest.mark.usefixtures("small")
def test_towns_are_found_by_steps_through_the_index(database: Database) -> None:
    with database.transaction() as session:
        for town in ("何家乡", None, "白石镇", "何家乡"):
            make_person(session, town=town)
        found = queries.towns(session, COUNTY)
        nobody = queries.towns(session, "999999")
    assert sorted(found) == sorted(["何家乡", "芳村镇", "白石镇"])
    assert nobody == []
