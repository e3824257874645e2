"""The completion rows: who is in them, and with which hours."""

from datetime import UTC, date, datetime

import pytest

from lms.accounts.models import Person
from lms.catalog.tree import revision_tree
from lms.core.access import Scope, ScopeKind
from lms.db.session import Database
from lms.enrollment.domain import EnrollmentStatus
from lms.progress.queries import totals_of
from lms.roster import queries
from lms.roster.domain.filters import Filters, Status
from lms.roster.domain.lines import Line
from tests.factories.accounts import COUNTY, make_person
from tests.factories.catalog import make_course
from tests.factories.enrollment import make_enrollment
from tests.factories.roster import MINUTE, NEIGHBOUR, Small
from tests.integration.roster.conftest import EVERYTHING, OWN, names


def lines(
    database: Database, filters: Filters | None = None, scopes: tuple[Scope, ...] = OWN
) -> list[Line]:
    selection = queries.Selection(scopes, filters or Filters())
    with database.snapshot() as session:
        return list(queries.stream(session, selection, chunk=2))


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
