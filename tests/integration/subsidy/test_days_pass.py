"""A day passes and decides anew: midnight in China, New Year; events come before it."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from lms.db.session import Database
from lms.subsidy import service
from lms.subsidy.domain.dated import FactKey
from lms.subsidy.gateway import shelf
from lms.subsidy.models import EligibilityDecision, EligibilityDue
from tests.factories.subsidy import Subsidised, make_fact, make_known, make_subsidised

# The last second of the day before, and the first of 1 June and of the new year, in China.
JUNE, NEW_YEAR = datetime(2026, 5, 31, 16, tzinfo=UTC), datetime(2026, 12, 31, 16, tzinfo=UTC)
MAY = datetime(2026, 5, 20, 4, tzinfo=UTC)


def just_before(at: datetime) -> datetime:
    return at.replace(hour=15, minute=59, second=59)


@pytest.fixture
def own(database: Database) -> Subsidised:
    with database.transaction() as session:
        made = make_subsidised(session)
        make_known(session, made.person)
        return made


def decide(database: Database, at: datetime) -> service.Round:
    with database.transaction() as session:
        return service.decide_due(session, shelf=shelf(), now=at, limit=10)


def everybody(database: Database, own: Subsidised, at: datetime) -> service.Round:
    with database.transaction() as session:
        return service.decide_people(session, people=[own.person.id], shelf=shelf(), now=at)


def marked(database: Database) -> dict[str, datetime]:
    with database.snapshot() as session:
        rows = session.execute(select(EligibilityDue.programme_id, EligibilityDue.since))
        return {row[0]: row[1] for row in rows}


def consent(database: Database, own: Subsidised) -> list[str]:
    """What CONSENT was found to be, decision after decision."""
    with database.snapshot() as session:
        rows = session.scalars(
            select(EligibilityDecision)
            .where(EligibilityDecision.programme_id == own.programme.id)
            .order_by(EligibilityDecision.number)
        ).all()
    return [
        result["verdict"] for row in rows for result in row.results if result["id"] == "CONSENT"
    ]


def settled(database: Database, own: Subsidised, key: FactKey, since: str, at: datetime) -> None:
    """Write a fact of a day to come down, and let it be decided before that day."""
    with database.transaction() as session:
        make_fact(session, own.person, key, value=True, since=since)
        for row in session.scalars(select(EligibilityDue)):
            session.delete(row)
    everybody(database, own, at)


@pytest.mark.parametrize(("since", "at"), [("2026-06-01", JUNE), ("2027-01-01", NEW_YEAR)])
def test_a_fact_of_a_day_to_come_decides_from_midnight_in_china_on(
    database: Database, own: Subsidised, since: str, at: datetime
) -> None:
    settled(database, own, FactKey.CONSENT, since, MAY)
    assert marked(database) == {own.programme.id: at}
    assert decide(database, just_before(at)) == service.Round()
    assert consent(database, own) == ["unknown"]
    assert decide(database, at) == service.Round(1, 1)
    assert consent(database, own) == ["unknown", "pass"]
    assert marked(database) == {}


def test_days_alone_make_no_new_decision(database: Database, own: Subsidised) -> None:
    assert everybody(database, own, MAY) == service.Round(2, 2)
    assert everybody(database, own, JUNE) == service.Round(2, 0)
    assert everybody(database, own, NEW_YEAR) == service.Round(2, 0)


def test_an_event_comes_before_the_day_and_the_day_stays_known(
    database: Database, own: Subsidised
) -> None:
    settled(database, own, FactKey.CONSENT, "2026-06-01", MAY)
    noon = MAY.replace(hour=6)
    with database.transaction() as session:
        service.mark_due(session, person_id=own.person.id, since=noon)
    assert marked(database)[own.programme.id] == noon
    assert decide(database, noon).judged == 2
    assert marked(database) == {own.programme.id: JUNE}


def test_a_mark_of_a_day_to_come_never_puts_off_what_is_due(
    database: Database, own: Subsidised
) -> None:
    settled(database, own, FactKey.CONSENT, "2026-06-01", MAY)
    with database.transaction() as session:
        service.mark_due(session, person_id=own.person.id, since=MAY)
    everybody(database, own, MAY)
    assert marked(database)[own.programme.id] == MAY
