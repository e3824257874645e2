"""Many people are told at once, each once, and nobody who is not to be told."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, insert, select, text
from sqlalchemy.exc import IntegrityError

from lms.accounts.models import Person
from lms.core.clock import DEFAULT_ZONE, local_time, use_time_zone
from lms.db.session import now
from lms.jobs.models import Job
from lms.notify.models import InboxMessage, SmsMessage
from lms.notify.service import Told, send_sms, tell
from tests.factories.accounts import COUNTY, make_person
from tests.factories.notify import CLAIM, told
from tests.support.databases import drop_trigger
from tests.support.statements import asked

NOON = datetime(2026, 7, 16, 4, tzinfo=UTC)
MANY = 3_000
READ = "UPDATE inbox_message SET read_at = created_at"
PHONE = "13957001234"
SPARED = [
    {"phone": None, "state": "closed", "closed_at": NOON, "erased_at": NOON, "name": "已删除"},
    {"state": "closed", "closed_at": NOON},
    {"phone": None},
]


def say(database, *messages, at=NOON):
    with database.transaction() as session:
        return tell(session, messages=messages, now=at)


def counted(database):
    """Return how many messages, texts and jobs there are."""
    with database.snapshot() as session:
        return tuple(
            session.scalar(select(func.count()).select_from(each))
            for each in (InboxMessage, SmsMessage, Job)
        )


def someone(database, **values):
    with database.transaction() as session:
        return make_person(session, **values)


def test_a_second_telling_of_the_same_finds_the_first(database, queue):
    first = told(someone(database))
    assert say(database, first, first) == 1
    assert say(database, first) == 0
    assert counted(database) == (1, 1, 1)
    assert len(queue.waiting) == 1


def test_without_the_index_somebody_would_be_told_twice(database):
    first = told(someone(database))
    say(database, first)
    with database.transaction() as session:
        session.execute(text("DROP INDEX uq_inbox_message_key"))
    assert say(database, first) == 1


def test_two_who_tell_the_same_at_once_tell_it_once_and_never_wait_in_a_ring(database):
    person = someone(database)
    messages = [told(person) for _ in range(1_000)]
    barrier, new = threading.Barrier(2), []

    def run(mine):
        barrier.wait()
        new.append(say(database, *mine))

    threads = [threading.Thread(target=run, args=(each,)) for each in (messages, messages[::-1])]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(new) == 1_000
    assert counted(database) == (1_000, 1_000, 1_000)


def test_thousands_are_told_in_few_statements(database, queue):
    with database.transaction() as session:
        make_person(session)
        rows = [
            {
                "phone": f"138{number:08d}",
                "name": "林秀芳",
                "county_code": COUNTY,
                "state": "active",
                "locale": "en" if number == 7 else None,
                "created_at": NOON,
            }
            for number in range(MANY)
        ]
        session.execute(insert(Person), rows)
        mine = select(Person.id).where(Person.phone.startswith("138"))
        people = session.scalars(mine.order_by(Person.id)).all()
    messages = [
        Told(each, "claim_submitted", {"claim": CLAIM, "id": each}, f"claim:{each}:submitted")
        for each in people
    ]
    with asked(database) as said:
        assert say(database, *messages) == MANY
    assert len(said) <= 12, len(said)
    assert counted(database) == (MANY, MANY, MANY)
    # The others are handed over by the relay: codes do not wait behind three thousand.
    assert len(queue.waiting) == 20
    with database.snapshot() as session:
        texts = dict(session.execute(select(SmsMessage.phone, SmsMessage.text)).all())
    assert texts["13800000007"].startswith("[Xiangbo]")
    assert texts["13800000008"].startswith("【乡播学堂】")


def test_who_was_erased_is_told_nothing_and_who_left_or_has_no_number_gets_no_text(database):
    people = [someone(database, **values) for values in ({}, *SPARED)]
    assert say(database, *(told(each) for each in people)) == 3
    with database.snapshot() as session:
        told_to = set(session.scalars(select(InboxMessage.person_id)))
        assert told_to == {people[0].id, people[2].id, people[3].id}
        assert session.scalars(select(SmsMessage.phone)).all() == [people[0].phone]


def test_a_template_that_goes_by_no_text_is_read_on_the_site_alone(database):
    say(database, told(someone(database), "claim_looked_at"))
    assert counted(database) == (1, 0, 0)


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE inbox_message SET template = 'claim_passed'",
        "UPDATE inbox_message SET params = '{}', read_at = created_at",
        "DELETE FROM inbox_message",
    ],
)
def test_what_somebody_was_told_stays_as_it_was_said(database, change):
    say(database, told(someone(database)))
    with pytest.raises(IntegrityError, match="never change"), database.transaction() as session:
        session.execute(text(change))
    with database.transaction() as session:
        session.execute(text(READ))
    with pytest.raises(IntegrityError, match="never change"), database.transaction() as session:
        session.execute(text(READ))
    drop_trigger(database, f"inbox_message_no_{change.split()[0].lower()}", "inbox_message")
    with database.transaction() as session:
        session.execute(text(change))


@pytest.fixture
def at_hour(database):
    """Let the site's clock show an hour, by choosing where on earth it stands."""

    def choose(hour):
        with database.snapshot() as session:
            ahead = (hour - now(session).hour + 12) % 24 - 12
        use_time_zone(f"Etc/GMT{-ahead:+d}")

    yield choose
    use_time_zone(DEFAULT_ZONE)


def test_at_night_texts_wait_for_the_morning_and_codes_do_not(database, queue, run_jobs, at_hour):
    at_hour(22)
    with database.transaction() as session:
        person = make_person(session)
        tell(session, messages=[told(person)], now=now(session))
        send_sms(session, phone=PHONE, template="code", params={"code": "407215", "minutes": 5})
    assert len(queue.waiting) == 1
    run_jobs()
    with database.snapshot() as session:
        states = session.execute(select(SmsMessage.template, SmsMessage.state)).all()
        assert set(states) == {("code", "sent"), ("claim_submitted", "waiting")}
        job = session.scalars(select(Job).where(Job.due_at.is_not(None))).one()
        assert local_time(job.due_at).hour == 8
        assert timedelta() < job.due_at - now(session) <= timedelta(hours=10)


def test_what_comes_to_its_turn_at_night_waits_too(database, queue, run_jobs, at_hour):
    at_hour(12)
    person = someone(database)
    with database.transaction() as session:
        tell(session, messages=[told(person)], now=now(session))
    (job_id,) = queue.waiting
    at_hour(22)
    run_jobs()
    with database.transaction() as session:
        job = session.get_one(Job, job_id)
        assert (job.state, job.attempts) == ("queued", 0)
        assert session.scalars(select(SmsMessage.state)).one() == "waiting"
        assert (job.due_at - now(session)).total_seconds() > 8 * 3600
        job.due_at = now(session)
    at_hour(12)
    queue.waiting.append(job_id)
    run_jobs()
    with database.snapshot() as session:
        assert session.scalars(select(SmsMessage.state)).one() == "sent"
