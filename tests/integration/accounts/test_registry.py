"""A registry over HTTP: what it says of a number, what it does not know, what it is told."""

import json
import threading
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from sqlalchemy import select

from lms.accounts import queries
from lms.accounts.gateway import keys_of
from lms.accounts.service import identities
from lms.db.session import now
from lms.jobs.models import Job
from lms.jobs.tasks import Runner
from lms.wiring import JOBS
from tests.factories.accounts import make_person
from tests.factories.identity import agree, make_number


class Registry(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.asked.append(json.loads(body))
        self.send_response(self.server.status)
        self.end_headers()
        self.wfile.write(self.server.answer)

    def log_message(self, *_args):
        pass


@pytest.fixture
def registry():
    server = HTTPServer(("127.0.0.1", 0), Registry)
    server.asked, server.status, server.answer = [], 200, b'{"match": true}'
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


def run(database, settings):
    runner = Runner(database, settings, JOBS)
    with database.snapshot() as session:
        waiting = session.scalars(select(Job.id).where(Job.kind == "accounts.registry")).all()
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
