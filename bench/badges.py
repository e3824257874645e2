"""How many badges a second one core signs and checks, and what showing one costs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from http import HTTPStatus
from statistics import median
from time import perf_counter, process_time

from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256
from flask import Flask
from sqlalchemy import func, select, update

from bench.figures import Figure, amount
from bench.world import World
from lms.credentials import queries, tasks
from lms.credentials.models import Credential
from lms.credentials.service import issuing
from lms.db.session import Database, now
from lms.enrollment.domain import EnrollmentStatus
from lms.enrollment.models import Enrollment
from lms.settings import Settings
from tests.support.production import HOST

_SIGNED = 100
_ROUNDS = 5
_STORED = 300
_VIEWS = 200
_PER_SECOND = 100.0
_PAGE_MS = 5.0


def of_badges(app: Flask, world: World) -> Iterator[Figure]:
    """Yield badges a second of one core, with what the two bare signatures cost; then the page."""
    database: Database = app.extensions["lms_database"]
    settings: Settings = app.extensions["lms_settings"]
    _complete(database, [each.person_id for each in world.learners[:_STORED]])
    signer = tasks.open_signer(database, settings)
    yield from _signing(database, signer)
    began = perf_counter()
    stored = tasks.sign_all(database, signer, lambda _done, _of: None)
    rate = stored / (perf_counter() - began)
    yield Figure("badges_stored", round(rate, 1), "badges/s", rate / _PER_SECOND)
    yield _page(app, database)


def _complete(database: Database, people: list[int]) -> None:
    """Let the first learners complete their course, and write down that badges are due."""
    with database.transaction() as session:
        at = now(session)
        session.execute(
            update(Enrollment)
            .where(Enrollment.person_id.in_(people))
            .values(status=EnrollmentStatus.COMPLETED, completed_at=at)
        )
        for missed in queries.unbadged_completions(session, limit=len(people)):
            issuing.intend(
                session,
                enrollment_id=missed.id,
                person_id=missed.person_id,
                course_id=missed.course_id,
                at=at,
            )


def _signing(database: Database, signer: tasks.Signer) -> Iterator[Figure]:
    with database.transaction() as session:
        ids = queries.pending_ids(session, limit=_SIGNED)
        issuing.reserve(session, ids, at=now(session))
    with database.snapshot() as session:
        due, at = queries.due(session, ids), now(session).replace(microsecond=0)
    issuing.signed(due[0], signer, at=at)
    made = _per_second(lambda: [issuing.signed(each, signer, at=at) for each in due])
    data = b"x" * 64
    bare = _per_second(
        lambda: [
            (signer.proof.private.sign(data), signer.token.sign(data, PKCS1v15(), SHA256()))
            for _ in due
        ]
    )
    yield Figure(
        "badges_signed",
        round(made, 1),
        "badges/s of one core",
        made / _PER_SECOND,
        1.0,
        at_least=True,
    )
    yield Figure("bare_signatures", round(bare, 1), "pairs/s of one core", 1.0)


def _per_second(work: Callable[[], list[object]]) -> float:
    """Return how many a second of processor time the best of some rounds made."""
    rates = []
    for _ in range(_ROUNDS):
        began = process_time()
        rates.append(len(work()) / (process_time() - began))
    return max(rates)


def _page(app: Flask, database: Database) -> Figure:
    with database.snapshot() as session:
        badge = session.scalar(
            select(func.min(Credential.id)).where(Credential.document.is_not(None))
        )
    client = app.test_client()
    spent = []
    for _ in range(_VIEWS):
        began = perf_counter()
        answer = client.get(f"/credentials/{badge}", headers={"Host": HOST})
        spent.append(perf_counter() - began)
    if answer.status_code != HTTPStatus.OK:
        raise RuntimeError(f"the check page answered {answer.status_code}")
    return amount("check_page", round(median(spent) * 1000, 2), "ms", _PAGE_MS)
