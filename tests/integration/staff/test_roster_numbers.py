"""A roster brings the numbers that were missing: kept as said, with the checks of typing one."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from lms.accounts import queries
from lms.accounts.models import Consent, Person
from lms.accounts.service import consents, identities
from lms.core.clock import local_day, utc_now
from lms.core.errors import Conflict
from lms.db.session import now
from lms.subsidy.models import LearnerFact
from tests.factories.accounts import make_person
from tests.factories.identity import agree, make_identity, make_number
from tests.factories.rosters import card, line, roster
from tests.support.statements import asked


def known(database, number, **overrides):
    with database.transaction() as session:
        phone = f"139{number:08d}"
        return make_person(session, name=f"学员{number}", phone=phone, **overrides)


def faults(office, *rows):
    found = office.look(*office.send(roster(*rows)))
    return {row: fault.code for row, fault in found.faults.items()}


def agreed(database, person):
    with database.snapshot() as session:
        rows = session.scalars(
            select(Consent).where(Consent.person_id == person.id).order_by(Consent.id)
        )
        return [(each.subject, each.way, each.recorded_by_id) for each in rows]


def test_a_missing_number_is_kept_as_said_on_the_word_of_the_paper(office, database):
    person = known(database, 1)
    done = office.take_in(roster(line(1), line(2)))
    assert (done.new, done.numbered) == (1, 1)
    with database.snapshot() as session:
        row = queries.identity_of(session, person.id)
        facts = session.scalars(select(LearnerFact).where(LearnerFact.person_id == person.id))
        told = {each.key: (each.value, each.source) for each in facts}
        assert queries.checks_of(session, person.id) == []
    assert (row.state, row.entered_by_id) == ("declared", office.actor.person_id)
    opened = office.keys.vault.open(row.number, place=identities.place(person.id))
    assert opened == card(1)
    assert told["sex"] == ("F", "import")
    assert agreed(database, person) == [("sensitive", "paper", office.actor.person_id)]
    # The next list finds the person by it and changes nothing.
    again = office.take_in(roster(line(1, name="学员1")))
    assert (again.new, again.numbered) == (0, 0)


def test_who_agreed_here_is_not_written_down_as_agreeing_on_paper(office, database):
    person = known(database, 1)
    with database.transaction() as session:
        agree(session, person, "sensitive")
    office.take_in(roster(line(1)))
    assert agreed(database, person) == [("sensitive", "own", None)]


def test_another_number_than_the_one_kept_is_a_fault_and_changes_nothing(office, database):
    person = known(database, 1)
    with database.transaction() as session:
        make_identity(session, person, office.keys, number=card(600))
    assert faults(office, line(1)) == {2: "row_somebody_else"}


def test_a_number_of_somebody_else_is_a_fault_that_tells_nothing_of_them(office, database):
    known(database, 1)
    with database.transaction() as session:
        other = make_person(session, name="赵六")
        make_identity(session, other, office.keys, number=card(1))
    found = office.look(*office.send(roster(line(1))))
    [(row, fault)] = found.faults.items()
    assert (row, fault.code, fault.params) == (2, "row_somebody_else", {})


def test_two_rows_with_one_number_are_a_fault(office, database):
    known(database, 1)
    known(database, 2)
    assert faults(office, line(1), line(2, card=card(1))) == {3: "row_twice"}


def test_who_took_the_agreement_back_is_not_overruled_by_a_paper(office, database):
    person = known(database, 1)
    with database.transaction() as session:
        agree(session, person, "sensitive")
        consents.take_back(session, person_id=person.id, subject="sensitive", now=now(session))
    assert faults(office, line(1), line(2)) == {2: "row_taken_back"}
    assert faults(office, line(1, card=""), line(2)) == {}


def test_an_account_that_waits_for_its_owner_takes_no_number(office, database):
    known(database, 1, held_at=utc_now())
    assert faults(office, line(1)) == {2: "row_held"}
    assert faults(office, line(1, card="")) == {}


def test_who_is_not_of_age_comes_to_the_desk_with_the_number(office, database):
    known(database, 1)
    today = local_day(utc_now())
    young = make_number(today.replace(year=today.year - 17, day=1))
    assert faults(office, line(1, card=young)) == {2: "row_guardian"}


def test_who_types_a_number_meanwhile_stops_the_list(office, database):
    person = known(database, 1)
    draft_id, sent = office.send(roster(line(1), line(2)))
    seen = office.look(draft_id, sent).seen
    with database.transaction() as session:
        make_identity(session, person, office.keys, number=card(1))
    with pytest.raises(Conflict) as refused:
        office.take(draft_id, sent, seen)
    assert refused.value.code == "roster_changed"
    with database.snapshot() as session:
        assert session.scalars(select(Person.id).where(Person.name == "学员2")).all() == []


def test_what_is_asked_of_the_database_does_not_grow_with_the_numbers(office, database):
    counts = []
    for numbers in (range(1, 3), range(3, 103)):
        for number in numbers:
            known(database, number)
        with database.transaction() as session:
            early = now(session) - timedelta(days=1)
            session.execute(update(Person).values(created_at=early))
        draft_id, sent = office.send(roster(*map(line, numbers)))
        seen = office.look(draft_id, sent).seen
        with asked(database) as said:
            assert office.take(draft_id, sent, seen).numbered == len(numbers)
        counts.append(len(said))
    assert counts[0] == counts[1]
