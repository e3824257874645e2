"""What the counties' lists of programmes bring to a judgement."""

from datetime import date

from sqlalchemy import func, select

from lms.catalog.models import CatalogueListing, Programme
from lms.catalog.service.institutions import Listing, add_listing, end_listing
from lms.db.session import Database, now
from lms.jobs.models import Job
from tests.factories.accounts import make_county
from tests.factories.catalog import make_institution
from tests.factories.subsidy import Subsidised
from tests.integration.subsidy.test_class_facts import facts, someone


def test_a_county_lists_a_programme_of_an_institution_for_some_days(
    database: Database, own: Subsidised
) -> None:
    """She trains from 1 May; until her county has entered a list nobody can say."""
    county, institution = own.person.county_code, own.course.course.institution_id
    with database.transaction() as session:
        make_county(session, "330881")
        other = make_institution(session, code="OTHER-01").id
    assert facts(database, own).programme.listed is None
    add(database, "330881", institution, date(2026, 1, 1))
    assert facts(database, own).programme.listed is None
    add(database, county, other, date(2026, 1, 1))
    assert facts(database, own).programme.listed is False
    add(database, county, institution, date(2026, 4, 1), ends_on=date(2026, 4, 30))
    assert facts(database, own).programme.listed is False
    row = add(database, county, institution, date(2026, 5, 1))
    assert facts(database, own).programme.listed is True
    end(database, row, date(2026, 5, 1))
    assert facts(database, own).programme.listed is True


def test_a_listing_lets_a_job_mark_whom_it_may_touch(database: Database, own: Subsidised) -> None:
    """The first row of a county says of every programme whether it is listed."""
    county, institution = own.person.county_code, own.course.course.institution_id
    row = add(database, county, institution, date(2026, 1, 1))
    end(database, row, date(2026, 12, 31))
    add(database, county, institution, date(2027, 1, 1))
    with database.snapshot() as session:
        jobs = session.scalars(select(Job).where(Job.kind == "subsidy.mark_touched")).all()
        programmes = sorted(len(job.args["programmes"]) for job in jobs)
        known = session.scalar(select(func.count()).select_from(Programme))
    assert programmes == [1, 1, known]


def add(
    database: Database, county: str, institution: int, first: date, ends_on: date | None = None
) -> int:
    with database.transaction() as session:
        listing = Listing(county, "2026 年目录", "anchor-l5", institution, first, ends_on)
        actor = someone(session)
        return add_listing(session, actor=actor, listing=listing, now=now(session)).id


def end(database: Database, row: int, day: date) -> None:
    with database.transaction() as session:
        end_listing(
            session,
            actor=someone(session),
            row=session.get_one(CatalogueListing, row),
            ends_on=day,
            now=now(session),
        )
