"""Messages from the outbox to the gateway."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from lms.accounts.domain.proofs import CODE_LIFE
from lms.core.errors import GatewayError
from lms.db.session import now
from lms.jobs.models import Job
from lms.jobs.tasks import JobContext, Runner
from lms.notify import handlers
from lms.notify.domain.hours import GOOD_FOR
from lms.notify.models import SmsMessage
from lms.notify.service import send_sms
from lms.wiring import JOBS

CODE = GOOD_FOR["code"]


class Service:
    """An SMS service that takes messages, or refuses as often as it is told to."""

    def __init__(self):
        self.sent, self.refusals, self.asked = [], [], 0

    def send(self, *, phone, text, key):
        self.asked += 1
        if self.refusals:
            raise GatewayError("sms_not_sent", "No.", retryable=self.refusals.pop(0))
        self.sent.append((phone, text, key))


@pytest.fixture
def service(monkeypatch):
    made = Service()
    monkeypatch.setattr(handlers, "sms_gateway", lambda _settings: made)
    return made


@pytest.fixture
def production(database, settings, queue):
    """Run waiting jobs as a production worker does."""
    runner = Runner(database, replace(settings, production=True), JOBS)

    def run():
        waiting, queue.waiting[:] = list(queue.waiting), []
        for job_id in waiting:
            runner.run(job_id)

    return run


def write(database, **changes):
    with database.transaction() as session:
        message = send_sms(
            session, phone="13857005678", template="code", params={"code": "407215", "minutes": 5}
        )
        for name, value in changes.items():
            setattr(message, name, value)
    return message.id


def rest_of(database, job_id):
    """Return how long the job still rests."""
    with database.snapshot() as session:
        return session.get_one(Job, job_id).due_at - now(session)


def pass_time(database, passed):
    """Let time pass: everything written so far is so much older."""
    with database.transaction() as session:
        for job in session.scalars(select(Job)):
            job.due_at -= passed
        for message in session.scalars(select(SmsMessage)):
            message.created_at -= passed


def live_through(database, service, production, queue, *, down_for):
    """Run the message's job whenever its rest is over, with the service down so long.

    Return how old the message was each time the service was asked.
    """
    (job_id,) = queue.waiting
    age, asked = timedelta(), []
    for _ in range(30):
        service.refusals, before = [True] if age < down_for else [], service.asked
        queue.waiting[:] = [job_id]
        production()
        asked += [age] * (service.asked - before)
        if stored(database).state != "waiting":
            return asked
        rest = rest_of(database, job_id)
        age += rest
        pass_time(database, rest)
    pytest.fail("the message waits for ever")


def stored(database):
    with database.snapshot() as session:
        return session.scalars(select(SmsMessage)).one()


def test_a_message_goes_out_once_and_production_forgets_its_text(database, service, production):
    message_id = write(database)
    production()
    assert [(phone, key) for phone, _text, key in service.sent] == [("13857005678", message_id)]
    assert "407215" in service.sent[0][1]
    assert (stored(database).state, stored(database).text) == ("sent", "")


def test_development_keeps_the_text_for_the_outbox_page(database, run_jobs):
    write(database)
    run_jobs()
    assert stored(database).state == "sent"
    assert "407215" in stored(database).text


def test_a_request_that_fails_sends_nothing(database, queue):
    def fail():
        with database.transaction() as session:
            send_sms(
                session, phone="13857005678", template="code", params={"code": "1", "minutes": 5}
            )
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert queue.waiting == []


def test_a_job_that_died_after_sending_and_runs_again_sends_nothing_more(
    database, service, settings
):
    context = JobContext(database, settings, "any", {"message": write(database)})
    handlers.send_message(context)
    handlers.send_message(context)
    assert len(service.sent) == 1


def test_a_service_that_is_down_gets_the_message_later(database, service, production, queue):
    service.refusals = [True]
    write(database)
    (job_id,) = queue.waiting
    production()
    assert stored(database).state == "waiting"
    pass_time(database, rest_of(database, job_id))
    queue.waiting.append(job_id)
    production()
    assert stored(database).state == "sent"


@pytest.mark.parametrize("down_for", [timedelta(minutes=1), timedelta(minutes=3, seconds=30)])
def test_a_code_outlives_a_service_that_is_down_for_minutes(
    database, service, production, queue, down_for
):
    message_id = write(database)
    asked = live_through(database, service, production, queue, down_for=down_for)
    assert [key for _phone, _text, key in service.sent] == [message_id]
    assert asked[-1] < down_for + timedelta(minutes=2, seconds=1)


def test_a_service_that_stays_down_is_tried_as_long_as_the_code_is_good_for_and_no_longer(
    database, service, production, queue
):
    write(database)
    asked = live_through(database, service, production, queue, down_for=timedelta(days=1))
    assert CODE - timedelta(minutes=2) <= asked[-1] < CODE
    assert (stored(database).state, stored(database).text) == ("failed", "")


def test_a_refused_message_is_failed_and_forgotten(database, service, production):
    service.refusals = [False]
    write(database)
    production()
    assert (stored(database).state, stored(database).text) == ("failed", "")


def test_a_message_that_comes_too_late_is_not_sent(database, service, production):
    with database.snapshot() as session:
        long_ago = now(session) - timedelta(minutes=11)
    write(database, created_at=long_ago)
    production()
    assert service.sent == []
    assert (stored(database).state, stored(database).text) == ("failed", "")


def test_the_job_does_not_carry_the_code(database):
    write(database)
    with database.snapshot() as session:
        job = session.scalars(select(Job)).one()
        assert "407215" not in f"{job.args} {job.key} {job.result}"


def test_a_code_is_not_sent_once_it_is_over() -> None:
    assert GOOD_FOR["code"] <= CODE_LIFE
