"""What is due is decided once, written down only where something changed, and kept for ever."""

import threading
from dataclasses import replace

import pytest
from sqlalchemy import delete, insert, select, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from lms.catalog.tree import revision_tree
from lms.core.access import Actor
from lms.core.errors import Conflict, InvalidInput
from lms.db.session import Database, now
from lms.enrollment import service as enrollments
from lms.progress import service as progress
from lms.settings import Settings
from lms.subsidy import service, tasks
from lms.subsidy.domain.dated import FactKey
from lms.subsidy.gateway import Shelf, shelf
from lms.subsidy.models import EligibilityDecision, EligibilityDue, LearnerFact, PolicyVersion
from tests.factories.accounts import make_person
from tests.factories.enrollment import make_enrollment
from tests.factories.subsidy import (
    Subsidised,
    make_fact,
    make_subsidised_course,
    make_watched,
)


def decide(database: Database, policies: Shelf | None = None) -> service.Round:
    with database.transaction() as session:
        return service.decide_due(
            session, shelf=policies or shelf(), now=now(session), limit=service.BATCH
        )


def kept(database: Database) -> list[EligibilityDecision]:
    with database.snapshot() as session:
        rows = select(EligibilityDecision).order_by(EligibilityDecision.id)
        return list(session.scalars(rows))


def due(database: Database) -> int:
    with database.snapshot() as session:
        return len(session.scalars(select(EligibilityDue)).all())


def test_a_decision_keeps_version_facts_and_every_clause(
    database: Database, own: Subsidised
) -> None:
    assert decide(database) == service.Round(judged=2, written=2)
    first = kept(database)[0]
    assert (first.number, first.outcome, first.amount_fen) == (1, "not_eligible", 60_000)
    assert first.facts["learner"]["birth_date"] == "1988-05-20"
    assert first.facts["training"] == {"start": "2026-05-01", "end": None}
    assert {"id": "AGE", "verdict": "pass", "code": "fits"}.items() <= next(
        each for each in first.results if each["id"] == "AGE"
    ).items()
    with database.snapshot() as session:
        version = session.get_one(PolicyVersion, first.policy_version_id)
    assert (version.policy_id, version.version) == ("qz-demo", "2.0")
    assert version.content["amount_cny"] == {"5": 600, "4": 900, "3": 1200}
    assert due(database) == 0


def test_a_second_round_writes_only_where_facts_changed(
    database: Database, own: Subsidised
) -> None:
    decide(database)
    assert decide(database) == service.Round()
    with database.transaction() as session:
        service.mark_due(session, person_id=own.person.id, since=now(session))
    assert decide(database) == service.Round(judged=2, written=0)
    with database.transaction() as session:
        make_watched(session, own, "A01/video", minutes=1)
        make_fact(session, own.person, FactKey.CONSENT, value=True)
    assert decide(database) == service.Round(judged=2, written=2)
    assert [row.number for row in kept(database)] == [1, 1, 2, 2]


def test_facts_that_come_back_are_a_decision_of_their_own(
    database: Database, own: Subsidised
) -> None:
    for value in (True, False, True):
        with database.transaction() as session:
            make_fact(session, own.person, FactKey.CONSENT, value=value)
        decide(database)
    numbers = [row.number for row in kept(database) if row.programme_id == own.programme.id]
    assert numbers == [1, 2, 3]


def test_joining_completing_and_being_graded_mark_what_is_due(database: Database) -> None:
    with database.transaction() as session:
        course = make_subsidised_course(session)
        person = make_person(session)
        actor = Actor(person.id, person.name, (), 0)
        tree = revision_tree(session, course.revision.id)
        enrollment = enrollments.enroll(session, actor=actor, course=tree, now=now(session))
    assert due(database) == 2
    decide(database)
    assert due(database) == 0
    with database.transaction() as session:
        progress.complete_item(
            session, enrollment_id=enrollment, lesson_key="A01", item_key="video", now=now(session)
        )
    assert due(database) == 2


def test_a_course_without_a_programme_marks_nothing(database: Database) -> None:
    with database.transaction() as session:
        row = make_enrollment(session)
        service.mark_due(session, person_id=row.person_id, since=now(session))
    assert due(database) == 0


def test_a_mark_made_while_deciding_stands_for_the_next_round(
    database: Database, own: Subsidised
) -> None:
    with database.transaction() as session:
        service.decide_due(session, shelf=shelf(), now=now(session), limit=10)
        service.mark_due(session, person_id=own.person.id, since=now(session))
    assert due(database) == 2


@pytest.mark.parametrize("engine", [pytest.param("postgresql", marks=pytest.mark.postgres)])
def test_what_is_being_changed_just_now_waits_for_the_next_round(
    database: Database, own: Subsidised
) -> None:
    with database.transaction() as changing:
        make_fact(changing, own.person, FactKey.CONSENT, value=True)
        assert decide(database) == service.Round()
    assert decide(database) == service.Round(judged=2, written=2)
    assert kept(database)[0].facts["learner"]["consent"] is True


def test_the_worker_decides_by_itself_and_outlives_a_policy_at_fault(
    database: Database, own: Subsidised, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    tasks.decide_what_is_due(database, settings)
    assert len(kept(database)) == 2
    changed = tuple(replace(each, content=each.content + " ") for each in shelf().policies)
    other = replace(shelf(), policies=changed)
    monkeypatch.setattr(tasks, "shelf", lambda: other)
    with database.transaction() as session:
        service.mark_due(session, person_id=own.person.id, since=now(session))
    tasks.decide_what_is_due(database, settings)
    assert (len(kept(database)), due(database)) == (2, 2)


def test_two_rounds_at_once_make_one_decision(database: Database, own: Subsidised) -> None:
    start = threading.Barrier(2)

    def work() -> None:
        start.wait()
        with database.transaction() as session:
            service.decide_people(session, people=[own.person.id], shelf=shelf(), now=now(session))

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [row.number for row in kept(database)] == [1, 1]


def test_the_database_keeps_one_decision_a_number_and_one_content_a_version(
    database: Database, own: Subsidised
) -> None:
    decide(database)
    for table in (EligibilityDecision.__table__, PolicyVersion.__table__):
        with database.snapshot() as session:
            row = dict(session.execute(select(table)).mappings().first() or {})
        del row["id"]
        with pytest.raises(IntegrityError), database.transaction() as session:
            session.connection().execute(insert(table), [row])


def test_a_version_whose_content_changed_is_refused_with_a_sentence(
    database: Database, own: Subsidised
) -> None:
    decide(database)
    changed = tuple(
        replace(policy, content=policy.content.replace("600", "6000"))
        for policy in shelf().policies
    )
    with database.transaction() as session:
        service.mark_due(session, person_id=own.person.id, since=now(session))
    with pytest.raises(Conflict) as caught:
        decide(database, replace(shelf(), policies=changed))
    assert caught.value.message.params == {"policy": "qz-demo 2.0"}
    assert due(database) == 2


@pytest.mark.parametrize("table", ["learner_fact", "policy_version", "eligibility_decision"])
@pytest.mark.parametrize("verb", ["UPDATE {} SET id = id", "DELETE FROM {}"])
def test_the_database_refuses_to_change_what_was_written_down(
    database: Database, own: Subsidised, table: str, verb: str
) -> None:
    decide(database)
    with pytest.raises(DBAPIError, match="never change"), database.transaction() as session:
        session.execute(text(verb.format(table)))


@pytest.mark.parametrize(
    ("key", "value"),
    [
        (FactKey.SEX, "W"),
        (FactKey.BIRTH_DATE, "soon"),
        (FactKey.CONSENT, "yes"),
        (FactKey.GROUPS, ["mothers"]),
        (FactKey.TIES, [{"kind": "neighbour", "code": "330822"}]),
        (FactKey.TIES, [{"code": "330822"}]),
    ],
)
def test_a_value_that_does_not_fit_is_not_written_down(
    database: Database, own: Subsidised, key: FactKey, value: object
) -> None:
    with pytest.raises(InvalidInput), database.transaction() as session:
        make_fact(session, own.person, key, value)
    with database.snapshot() as session:
        assert len(session.scalars(select(LearnerFact)).all()) == 3  # those of the fixture


def test_everybody_is_decided_where_nothing_was_marked(database: Database, own: Subsidised) -> None:
    with database.transaction() as session:
        session.execute(delete(EligibilityDue))
        done = service.decide_people(
            session, people=[own.person.id], shelf=shelf(), now=now(session)
        )
    assert done == service.Round(judged=2, written=2)
