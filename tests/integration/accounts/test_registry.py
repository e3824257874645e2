"""A registry over HTTP: what it says of a number, what it does not know, what it is told."""

import json
import threading
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from sqlalchemy import select

from lms.accounts import queries, tasks
from lms.accounts.domain.roster import RosterLine
from lms.accounts.gateway import keys_of
from lms.accounts.models import ConsentWay
from lms.accounts.service import identities, rosters
from lms.accounts.service.consents import Given
from lms.db.session import now
from lms.jobs.models import Job
from lms.jobs.tasks import Runner
from lms.wiring import JOBS
from tests.factories.accounts import COUNTY, make_person
from tests.factories.identity import agree, make_number
from tests.factories.rosters import card


class Registry(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.asked.append(json.loads(body))
        answers = self.server.answers
        self.send_response(answers.pop(0) if answers else self.server.status)
        self.end_headers()
        self.wfile.write(self.server.answer)

    def log_message(self, *_args):
        pass


@pytest.fixture
def registry():
    server = HTTPServer(("127.0.0.1", 0), Registry)
    server.asked, server.status, server.answer = [], 200, b'{"match": true}'
    # What it answers first, one after another.
    server.answers = []
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def asking(settings, registry):
    url = f"http://xiangbo:s3cr3t@127.0.0.1:{registry.server_port}/match"
    return replace(settings, identity_url=url)


def declare(database, settings, number):
    with database.transaction() as session:
        person = make_person(session)
        agree(session, person, "sensitive")
        identities.declare(
            session,
            person_id=person.id,
            number=number,
            by_id=person.id,
            keys=keys_of(settings),
            now=now(session),
        )
    return person


def run(database, settings, kind="accounts.registry"):
    runner = Runner(database, settings, JOBS)
    with database.snapshot() as session:
        open_ones = select(Job.id).where(Job.kind == kind, Job.state == "queued")
        waiting = session.scalars(open_ones).all()
    for job in waiting:
        runner.run(job)
    return waiting


@pytest.mark.parametrize(
    ("answer", "state", "checks"),
    [
        (b'{"match": true}', "verified", [("registry", "verified", None)]),
        (b'{"match": false}', "refused", [("registry", "refused", None)]),
        (b'{"match": null}', "declared", []),
        (b'{"match": "yes"}', "declared", []),
        (b"<html>", "declared", []),
        (b"", "declared", []),
    ],
)
def test_what_the_registry_says_is_written_down(database, asking, registry, answer, state, checks):
    registry.answer = answer
    number = make_number()
    person = declare(database, asking, number)
    run(database, asking)
    assert [(each["name"], each["number"]) for each in registry.asked] == [(person.name, number)]
    with database.snapshot() as session:
        assert queries.identity_of(session, person.id).state == state
        found = queries.checks_of(session, person.id)
        assert [(each.method, each.result, each.by_id) for each in found] == checks


def test_a_registry_that_is_down_is_asked_again_and_nothing_is_decided(database, asking, registry):
    registry.status = 503
    person = declare(database, asking, make_number())
    (job_id,) = run(database, asking)
    with database.snapshot() as session:
        job = session.get_one(Job, job_id)
        assert (job.state, job.faults) == ("queued", 1)
        assert queries.identity_of(session, person.id).state == "declared"


def test_the_job_holds_no_number(database, asking):
    number = make_number()
    declare(database, asking, number)
    with database.snapshot() as session:
        job = session.scalars(select(Job)).one()
        assert number not in f"{job.key}{job.args}"


def test_without_a_registry_nothing_is_asked(database, settings):
    declare(database, settings, make_number())
    assert run(database, settings) == []


class TestOfAList:
    """People of a roster are asked about afterwards, one after another."""

    KIND = "accounts.registry_list"

    def take_in(self, database, settings, many):
        """Take people in as a roster does, on one paper list."""
        with database.transaction() as session:
            clerk, at, keys = make_person(session, name="周敏"), now(session), keys_of(settings)
            given = Given(ConsentWay.PAPER, clerk.id)
            lines = [
                RosterLine(number, f"学员{number}", None, card(number), None)
                for number in range(1, many + 1)
            ]
            people = rosters.add_people(
                session, lines, county_code=COUNTY, given=given, keys=keys, now=at
            )
            rosters.ask_registry_later(session, list_id="a", given=given, keys=keys, now=at)
        return people

    def states(self, database, people):
        with database.snapshot() as session:
            return [queries.identity_of(session, each).state for each in people]

    def test_one_job_asks_about_each_and_nothing_is_asked_in_the_transaction(
        self, database, asking, registry
    ):
        people = self.take_in(database, asking, 3)
        assert registry.asked == []
        assert len(run(database, asking, self.KIND)) == 1
        assert sorted(each["number"] for each in registry.asked) == sorted(map(card, (1, 2, 3)))
        assert self.states(database, people) == ["verified"] * 3
        with database.snapshot() as session:
            job = session.scalars(select(Job).where(Job.kind == self.KIND)).one()
            assert not [n for n in map(card, (1, 2, 3)) if n in f"{job.key}{job.args}"]

    def test_a_registry_that_is_away_lets_it_rest_and_nobody_is_asked_about_twice(
        self, database, asking, registry
    ):
        people = self.take_in(database, asking, 3)
        registry.answers = [200, 503]
        [job_id] = run(database, asking, self.KIND)
        with database.snapshot() as session:
            job = session.get_one(Job, job_id)
            assert (job.state, job.faults) == ("queued", 1)
            assert job.due_at > now(session)
        assert sorted(self.states(database, people)) == ["declared", "declared", "verified"]
        with database.transaction() as session:
            session.get_one(Job, job_id).due_at = None
        run(database, asking, self.KIND)
        assert self.states(database, people) == ["verified"] * 3
        assert len(registry.asked) == 4

    def test_a_long_list_goes_on_in_the_next_job(self, database, asking, registry, monkeypatch):
        monkeypatch.setattr(tasks, "_ASKED", 2)
        registry.answer = b'{"match": null}'
        self.take_in(database, asking, 5)
        for left in (1, 1, 1, 0):
            assert len(run(database, asking, self.KIND)) == left
        assert len({each["number"] for each in registry.asked}) == len(registry.asked) == 5

    def test_one_refused_question_stops_nobody_elses_but_three_in_a_row_stop_it(
        self, database, asking, registry
    ):
        people = self.take_in(database, asking, 6)
        registry.answers = [422, 200, 422, 422, 422]
        [job_id] = run(database, asking, self.KIND)
        assert len(registry.asked) == 5
        assert self.states(database, people).count("verified") == 1
        with database.snapshot() as session:
            assert session.get_one(Job, job_id).state == "failed"

    def test_without_a_registry_no_job_is_ordered(self, database, settings):
        self.take_in(database, settings, 1)
        assert run(database, settings, self.KIND) == []
