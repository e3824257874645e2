"""Rosters: everybody or nobody, seats for all of them, who came meanwhile, nothing of others."""

import threading

import pytest
from sqlalchemy import func, select, update

from lms.accounts.models import Consent, Identity, Person
from lms.accounts.service import identities
from lms.audit.models import AuditEntry
from lms.core.clock import local_day, utc_now
from lms.core.errors import Conflict
from lms.enrollment.domain import EnrollmentStatus
from lms.enrollment.models import Enrollment, TrainingClass
from lms.progress.models import ItemCompletion
from lms.staff.models import RosterDraft
from lms.staff.service import rosters as service_rosters
from lms.subsidy.models import LearnerFact
from tests.factories.accounts import make_person
from tests.factories.enrollment import make_class, make_enrollment
from tests.factories.identity import make_identity, make_number
from tests.factories.roster import NEIGHBOUR
from tests.factories.rosters import card, line, roster
from tests.support.statements import asked


def people(database):
    """Everybody who came in by a list, by name."""
    with database.snapshot() as session:
        rows = session.scalars(select(Person).where(Person.name.like("学员%")))
        return {row.name: row for row in rows}


def seats(office):
    with office.database.snapshot() as session:
        wanted = select(func.count()).where(Enrollment.training_class_id == office.class_id)
        return session.scalar(wanted)


def codes(found):
    return {row: fault.code for row, fault in found.faults.items()}


def test_everybody_is_written_down_with_what_they_agreed_to(office, database):
    done = office.take_in(roster(line(1), line(2, card="")), office.class_id)
    assert (done.new, done.joined) == (2, 0)
    came = people(database)
    first, second = came["学员1"], came["学员2"]
    assert (first.phone, first.town, first.county_code) == ("13900000001", "芳村镇", "330822")
    with database.snapshot() as session:
        agreed = session.execute(
            select(Consent.person_id, Consent.subject, Consent.way, Consent.recorded_by_id)
        ).all()
        row = session.scalars(select(Identity)).one()
        facts = session.scalars(select(LearnerFact).order_by(LearnerFact.key)).all()
        entry = session.scalars(
            select(AuditEntry).where(AuditEntry.action == "people.taken_in")
        ).one()
        assert session.scalars(select(RosterDraft.papers)).one() == "terms:2 privacy:5 sensitive:1"
    texts = [("privacy", first.id), ("sensitive", first.id), ("terms", first.id)]
    texts += [("privacy", second.id), ("terms", second.id)]
    assert sorted((each.subject, each.person_id) for each in agreed) == sorted(texts)
    assert {(each.way, each.recorded_by_id) for each in agreed} == {
        ("paper", office.actor.person_id)
    }
    assert (row.person_id, row.state, row.sex) == (first.id, "declared", "F")
    opened = office.keys.vault.open(row.number, place=identities.place(first.id))
    assert opened == card(1)
    assert row.number_index == office.keys.index.of("id", card(1))
    assert [(fact.key, fact.value, fact.source) for fact in facts] == [
        ("birth_date", row.birth_date.isoformat(), "import"),
        ("sex", "F", "import"),
    ]
    assert entry.details == {
        "rows": 2,
        "new_people": 2,
        "numbers": 1,
        "class": office.class_id,
        "way": "paper",
        "texts": ["terms", "privacy", "sensitive"],
        "sha256": "0" * 64,
    }
    assert seats(office) == 2


def test_people_without_a_phone_get_their_own_number_even_where_names_are_the_same(
    office, database
):
    rows = [line(number, name="学员", phone="") for number in (1, 2, 3)]
    office.take_in(roster(*rows))
    with database.snapshot() as session:
        found = session.execute(select(Identity.person_id, Identity.number)).all()
    opened = {office.keys.vault.open(n, place=identities.place(p)) for p, n in found}
    assert opened == {card(1), card(2), card(3)}


def test_one_bad_row_among_ten_thousand_keeps_everybody_out(office, database):
    rows = [line(number, card="") for number in range(1, 10_001)]
    rows[8_765] = line(8_766, phone="1380000000", card="")
    draft_id, sent = office.send(roster(*rows))
    found = office.look(draft_id, sent)
    assert codes(found) == {8_767: "phone_length"}
    with pytest.raises(Conflict) as refused:
        office.take(draft_id, sent, found.seen)
    assert refused.value.code == "list_faults"
    assert people(database) == {}


def test_the_database_refuses_in_the_middle_and_nobody_is_in(office, database, monkeypatch):
    """Whatever breaks after the people were written takes them back too."""
    draft_id, sent = office.send(roster(line(1), line(2)), office.class_id)
    seen = office.look(draft_id, sent).seen
    with database.transaction() as session:
        session.execute(update(TrainingClass).values(capacity=1))
    monkeypatch.setattr("lms.staff.service.rosters.refusal_of_class", lambda *_, **__: None)
    with pytest.raises(Conflict) as refused:
        office.take(draft_id, sent, seen)
    assert refused.value.code == "roster_changed"
    assert people(database) == {}
    assert seats(office) == 0


def test_a_class_with_too_few_seats_takes_nobody(office, database):
    data = roster(*(line(number) for number in (1, 2, 3, 4)))
    draft_id, sent = office.send(data, office.class_id)
    found = office.look(draft_id, sent)
    assert found.refusal is not None
    assert (found.refusal.code, found.refusal.params) == ("class_seats", {"free": 3, "needed": 4})
    with pytest.raises(Conflict) as refused:
        office.take(draft_id, sent, found.seen)
    assert refused.value.code == "class_seats"
    assert people(database) == {}
    office.take_in(roster(line(1), line(2), line(3)), office.class_id)
    assert seats(office) == 3


def test_who_is_known_only_gets_a_seat(office, database):
    with database.transaction() as session:
        by_phone = make_person(session, name="学员1", phone="13900000001")
        by_card = make_person(session, name="学员二", phone="13800009999", town="何家乡")
        make_identity(session, by_card, office.keys, number=card(2))
    done = office.take_in(roster(line(1), line(2), line(3)), office.class_id)
    assert (done.new, done.joined) == (1, 2)
    came = people(database)
    assert came["学员1"].id == by_phone.id
    assert came["学员1"].town is None
    assert (came["学员二"].phone, came["学员二"].town) == ("13800009999", "何家乡")
    assert set(came) == {"学员1", "学员二", "学员3"}
    assert seats(office) == 3
    again = office.take_in(roster(line(1), line(2), line(3)), office.class_id)
    assert (again.new, again.joined) == (0, 0)


def test_what_is_somebody_elses_is_one_neutral_sentence(office, database):
    with database.transaction() as session:
        make_person(session, name="王五", phone="13900000001")
        make_person(session, name="学员2", phone="13900000002", county_code=NEIGHBOUR)
        one, other = make_person(session, phone="13900000003"), make_person(session, name="赵六")
        make_identity(session, other, office.keys, number=card(3))
        locked = make_person(session, name="学员4", phone="13900000004", state="locked")
        away = make_person(session, name="学员5", phone="13700009999", county_code=NEIGHBOUR)
        make_identity(session, away, office.keys, number=card(5))
        has_another = make_person(session, name="学员6", phone="13900000006")
        make_identity(session, has_another, office.keys, number=card(600))
    assert one.id != other.id != locked.id
    found = office.look(*office.send(roster(*(line(number) for number in range(1, 8)))))
    assert codes(found) == dict.fromkeys(range(2, 8), "row_somebody_else")
    assert len({fault.text for fault in found.faults.values()}) == 1
    assert [each.number for each in found.met.new] == [8]


def test_two_rows_that_mean_one_person_are_a_fault(office, database):
    with database.transaction() as session:
        person = make_person(session, name="学员1", phone="13900000001")
        make_identity(session, person, office.keys, number=card(1))
    rows = [line(1, card=""), line(2, name="学员1", phone="", card=card(1))]
    found = office.look(*office.send(roster(*rows)))
    assert codes(found) == {3: "row_twice"}


def test_who_is_not_of_age_needs_the_desk(office):
    today = local_day(utc_now())
    young = make_number(today.replace(year=today.year - 17, day=1))
    found = office.look(*office.send(roster(line(1, card=young))))
    assert codes(found) == {2: "row_guardian"}


def test_who_takes_the_course_elsewhere_is_a_fault(office, database):
    with database.transaction() as session:
        other = make_class(session, office.course, title="冬季班")
        for number, class_id in ((1, None), (2, other.id), (3, office.class_id)):
            person = make_person(session, name=f"学员{number}", phone=f"139{number:08d}")
            make_enrollment(
                session, course=office.course, person=person, training_class_id=class_id
            )
        left = make_person(session, name="学员4", phone="13900000004")
        make_enrollment(
            session, course=office.course, person=left, status=EnrollmentStatus.WITHDRAWN
        )
    rows = [line(number) for number in (1, 2, 3, 4)]
    found = office.look(*office.send(roster(*rows), office.class_id))
    assert codes(found) == {2: "row_takes_course", 3: "row_takes_course"}
    assert len(found.joining) == 1


def test_who_comes_back_has_not_lost_what_they_studied(office, database):
    with database.transaction() as session:
        name, material = next(iter(office.course.materials.items()))
        person = make_person(session, name="学员1", phone="13900000001")
        make_enrollment(
            session,
            course=office.course,
            person=person,
            status=EnrollmentStatus.WITHDRAWN,
            credited={name: material.duration_ms},
        )
    office.take_in(roster(line(1), line(2)), office.class_id)
    with database.snapshot() as session:
        done = session.execute(
            select(Enrollment.person_id, ItemCompletion.lesson_key).join(
                ItemCompletion, ItemCompletion.enrollment_id == Enrollment.id
            )
        ).all()
    assert [(each.person_id, each.lesson_key) for each in done] == [
        (person.id, name.partition("/")[0])
    ]


def test_of_two_who_take_the_same_list_in_one_does(office, database):
    data = roster(*(line(number) for number in range(1, 41)))
    sent = [office.send(data) for _ in range(2)]
    seen = [office.look(*each).seen for each in sent]
    barrier, told = threading.Barrier(2), []

    def take(which: int) -> None:
        barrier.wait()
        try:
            told.append(office.take(*sent[which], seen[which]).new)
        except Conflict as refused:
            told.append(refused.code)

    threads = [threading.Thread(target=take, args=(which,)) for which in (0, 1)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert sorted(map(str, told)) == ["40", "roster_late"]
    assert len(people(database)) == 40


def test_who_signs_up_meanwhile_is_named_by_row(office, database):
    draft_id, sent = office.send(roster(line(1), line(2), line(3)))
    seen = office.look(draft_id, sent).seen
    with database.transaction() as session:
        make_person(session, name="别人", phone="13900000002")
    with pytest.raises(Conflict) as refused:
        office.take(draft_id, sent, seen)
    assert (refused.value.code, refused.value.message.params) == ("roster_late", {"rows": "3"})
    assert people(database) == {}
    assert codes(office.look(draft_id, sent)) == {3: "row_somebody_else"}


@pytest.mark.parametrize("engine", [pytest.param("postgresql", marks=pytest.mark.postgres)])
def test_who_signs_up_while_the_list_is_written_is_named_by_row(office, database, monkeypatch):
    """The database's own rule catches whom the look did not see; SQLite has one writer."""
    draft_id, sent = office.send(roster(line(1), line(2), line(3)))
    seen = office.look(draft_id, sent).seen
    write = service_rosters.people.add_people

    def late(*args, **options):
        with database.transaction() as other:
            make_person(other, name="别人", phone="13900000002")
        return write(*args, **options)

    monkeypatch.setattr(service_rosters.people, "add_people", late)
    with pytest.raises(Conflict) as refused:
        office.take(draft_id, sent, seen)
    assert (refused.value.code, refused.value.message.params) == ("roster_late", {"rows": "3"})
    assert people(database) == {}


def test_what_is_asked_of_the_database_does_not_grow_with_the_list(office, database):
    with database.transaction() as session:
        session.execute(update(TrainingClass).values(capacity=None))
    counts = []
    for numbers in (range(1, 3), range(3, 203)):
        draft_id, sent = office.send(roster(*map(line, numbers)), office.class_id)
        seen = office.look(draft_id, sent).seen
        with asked(database) as said:
            office.take(draft_id, sent, seen)
        counts.append(len(said))
    assert counts[0] == counts[1]
