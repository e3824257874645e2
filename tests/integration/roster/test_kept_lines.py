"""The lines lists are read from say what the rows they come from say, whoever wrote those."""

import random
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import insert, update
from sqlalchemy.orm import Session

from lms.accounts.models import Person
from lms.core.clock import utc_now
from lms.db.session import Database
from lms.enrollment.domain import EnrollmentStatus
from lms.enrollment.models import Enrollment
from lms.roster import queries
from lms.roster.domain.filters import Filters, Status
from lms.subsidy.models import FactList, LearnerFact
from tests.factories.accounts import COUNTY, make_person
from tests.factories.enrollment import make_class, make_enrollment
from tests.factories.roster import Small
from tests.integration.roster.conftest import EVERYTHING
from tests.support.databases import drop_trigger

LONG_AGO = date(2025, 1, 1)
Act = Callable[[Session, Small, random.Random], object]


def wrong(database: Database) -> list[int]:
    with database.snapshot() as session:
        lines = queries.wrong_lines(session, 1, queries.last_enrollment(session))
        return [*lines, *queries.wrong_people(session, 1, queries.last_person(session))]


def say_groups(session: Session, person_id: int, groups: list[str], **given: object) -> None:
    own = {"person_id": person_id, "key": "groups", "value": groups, "source": "staff"}
    at = {"valid_from": LONG_AGO, "recorded_at": utc_now()}
    session.execute(insert(LearnerFact), [{**own, **at, **given}])


def _enroll(session: Session, small: Small, dice: random.Random) -> None:
    town = dice.choice(["何家乡", None])
    person = make_person(session, name=dice.choice(["王秀英", "李·古丽"]), town=town)
    make_enrollment(session, course=small.course, person=person)


def _finish(session: Session, small: Small, _dice: random.Random) -> None:
    done = {"status": EnrollmentStatus.COMPLETED, "completed_at": utc_now()}
    session.execute(update(Enrollment).where(Enrollment.id == small.half.id).values(**done))


def _seat(session: Session, small: Small, _dice: random.Random) -> None:
    seated = {"training_class_id": make_class(session, small.course).id}
    active = Enrollment.status == EnrollmentStatus.ACTIVE
    session.execute(update(Enrollment).where(active).values(**seated))


def _regroup(session: Session, small: Small, dice: random.Random) -> None:
    groups = dice.sample(["veteran", "hardship", "registered_unemployed"], dice.randrange(4))
    for each in (small.finished, small.half):
        say_groups(session, each.person_id, groups, source=dice.choice(["staff", "declared"]))


def _rename(session: Session, small: Small, dice: random.Random) -> None:
    now = {"name": f"程{dice.randrange(99)}", "town": dice.choice(["白石镇", None])}
    session.execute(update(Person).where(Person.id == small.finished.person_id).values(**now))


ACTS: tuple[Act, ...] = (_enroll, _finish, _seat, _regroup, _rename)


@pytest.mark.parametrize("seed", [1, 2])
def test_whatever_happens_the_lines_follow(database: Database, small: Small, seed: int) -> None:
    dice = random.Random(seed)  # noqa: S311 (a test)
    for act in dice.choices(ACTS, k=15):
        with database.transaction() as session:
            act(session, small, dice)
    assert wrong(database) == []


@pytest.mark.parametrize(
    ("trigger", "table", "act"),
    [
        ("enrollment_listed_insert", "enrollment", _enroll),
        ("enrollment_listed_update", "enrollment", _finish),
        (
            "learner_fact_listed_insert",
            "learner_fact",
            lambda session, small, _dice: say_groups(session, small.half.person_id, ["veteran"]),
        ),
        ("person_listed_update", "person", _rename),
        ("person_found_update", "person", _rename),
        ("person_found_insert", "person", _enroll),
    ],
)
def test_without_its_trigger_a_line_is_left_behind_named_and_put_right(
    database: Database, small: Small, app: Flask, trigger: str, table: str, act: Act
) -> None:
    drop_trigger(database, trigger, table)
    with database.transaction() as session:
        act(session, small, random.Random(1))  # noqa: S311 (a test)
    run = app.test_cli_runner()
    assert run.invoke(args=["roster", "recount"]).exit_code == 1
    assert run.invoke(args=["roster", "recount", "--repair"]).exit_code == 0
    assert run.invoke(args=["roster", "recount"]).output == "0 different\n"


def test_people_are_listed_by_the_groups_they_belong_to_today(
    database: Database, small: Small
) -> None:
    tomorrow, yesterday = date.today() + timedelta(days=2), date.today() - timedelta(days=2)  # noqa: DTZ011 (well clear of midnight)
    half, finished = small.half.person_id, small.finished.person_id
    with database.transaction() as session:
        say_groups(session, half, ["veteran", "registered_unemployed"])
        say_groups(session, half, ["hardship"], source="declared", valid_from=yesterday)
        say_groups(session, half, ["hardship"], valid_from=tomorrow)
        say_groups(session, finished, ["veteran"], valid_to=yesterday)
        session.add(
            FactList(
                county_code=COUNTY,
                kind="registered_unemployed",
                title="x",
                as_of=yesterday,
                sha256="0" * 64,
                rows=0,
                matched=0,
                imported_by_id=half,
                imported_at=utc_now(),
                is_complete=True,
            )
        )
    with database.transaction() as session:
        say_groups(session, half, ["veteran", "registered_unemployed"])
    found = {}
    with database.snapshot() as session:
        for group in ("veteran", "hardship", "registered_unemployed"):
            filters = Filters(status=Status.ALL, group=group)
            window = queries.Window(limit=10)
            page = queries.page(session, queries.Selection(EVERYTHING, filters), window)
            found[group] = [line.name for line in page.lines]
    # The list of the unemployed names nobody, so nobody is one any more.
    assert found == {"veteran": ["占小燕"], "hardship": [], "registered_unemployed": []}
