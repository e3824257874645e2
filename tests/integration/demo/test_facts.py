"""What a training office knows of every demo learner, and the school in the demo catalogue."""

from datetime import date

from sqlalchemy import func, select

from lms.accounts.models import Particulars, Person
from lms.catalog.models import Institution, Programme
from lms.catalog.service.registry import institution_for, programme_for
from lms.core.clock import local_day
from lms.db.session import Database, now
from lms.demo.domain import identity_of
from lms.demo.service import Wish, seed
from lms.subsidy import queries
from lms.subsidy.domain.results import Verdict
from lms.subsidy.gateway import shelf
from lms.subsidy.models import LearnerFact
from tests.factories.catalog import make_course
from tests.factories.subsidy import make_subsidised_course
from tests.integration.demo.conftest import Plant


def list_people(database: Database, learners: int = 6) -> None:
    seed(database, Wish(learners, 2, 1, "hash"), lambda *_: None)


def test_those_beyond_the_first_have_three_facts_whether_with_history_or_not(
    database: Database,
) -> None:
    list_people(database, learners=36)
    with database.snapshot() as session:
        keys = session.execute(
            select(LearnerFact.person_id, func.count()).group_by(LearnerFact.person_id)
        ).all()
        sexes = set(session.scalars(select(LearnerFact.value).where(LearnerFact.key == "sex")))
    # Of the first thirty, cards tell.
    assert [row[1] for row in keys] == [3] * 6
    assert sexes <= {"F", "M"}


def test_a_second_run_writes_nothing_down_twice(database: Database) -> None:
    list_people(database, learners=36)
    list_people(database, learners=38)
    with database.snapshot() as session:
        assert session.scalar(select(func.count()).select_from(LearnerFact)) == 8 * 3
        # Every sixth leaves the page for lists empty.
        assert session.scalar(select(func.count()).select_from(Particulars)) == 38 - 6


def test_the_default_school_stands_in_the_demo_catalogue(database: Database) -> None:
    with database.transaction() as session:
        school = institution_for(session, "xiangbo")
        programme = programme_for(session, "anchor-l5")
        make_course(session, institution_id=school.id, programme_id=programme.id)
    list_people(database)
    with database.snapshot() as session:
        assert session.get_one(Institution, school.id).code == "QZ-LSS-01"
        assert "demo-intro" in set(session.scalars(select(Programme.slug)))


def test_the_first_learner_sees_what_the_database_decides(database: Database, plant: Plant) -> None:
    with database.transaction() as session:
        make_subsidised_course(session)
    plant(learners=6, enrollments=2)
    with database.snapshot() as session:
        person = session.scalars(select(Person).where(Person.phone == "13800000001")).one()
        today = local_day(now(session))
        meters = queries.meters(session, person.id, shelf=shelf(), today=today)
    first = {row.result.id: row.result for row in meters[0].rows}
    assert [meter.programme.slug for meter in meters] == ["anchor-l5", "demo-intro"]
    assert {first[key].verdict for key in ("REALNAME", "AGE")} == {Verdict.PASS}
    assert first["HOURS"].verdict is Verdict.FAIL
    assert float(first["HOURS"].params["hours"]) > 0
    assert first["QUIZ"].code == "not_tried"
    assert first["GROUP"].verdict is Verdict.UNKNOWN


def test_people_are_of_an_age_between_1966_and_2005_and_of_both_sexes() -> None:
    all_of_them = [identity_of(number, 1) for number in range(1, 2_000)]
    assert min(each.birth_date for each in all_of_them) >= date(1966, 1, 1)
    assert max(each.birth_date for each in all_of_them) <= date(2005, 12, 31)
    assert {each.sex for each in all_of_them} == {"F", "M"}
    older = [each for each in all_of_them if each.birth_date.year < 1976]
    assert 60 <= len(older) <= 100
