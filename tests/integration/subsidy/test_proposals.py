"""Proposals in the database: two people at once, what never changes, what is read again."""

import threading
from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import IntegrityError

from lms.core.access import Actor, Grant, Role, Scope, ScopeKind
from lms.core.errors import Conflict
from lms.db.session import Database, now
from lms.subsidy import queries, service
from lms.subsidy.domain.trial import Tally
from lms.subsidy.gateway import shelf
from lms.subsidy.models import EligibilityDue, PolicyAcceptance, PolicyProposal, PolicyVersion
from tests.factories.accounts import make_person, make_sign_in
from tests.factories.policies import policy_text
from tests.factories.subsidy import make_known, make_subsidised
from tests.support.statements import asked


@pytest.fixture
def actors(database: Database) -> list[Actor]:
    grant = Grant(Role.ADMINISTRATOR, Scope(ScopeKind.PLATFORM))
    with database.transaction() as session:
        found = []
        for _ in range(3):
            person = make_person(session)
            row = make_sign_in(session, person, confirmed_at=now(session))
            found.append(Actor(person.id, person.name, (grant,), row.id))
        return found


def proposed(database: Database, actor: Actor, content: str) -> PolicyProposal:
    """Propose it as tried out over everybody, of whom there are none."""
    with database.transaction() as session:
        row = service.propose(session, actor=actor, text=content, files=shelf(), now=now(session))
        stamp = queries.stamp(session, queries.shelf_now(session, shelf())).as_json()
        row.dry_run = {
            "sha256": row.sha256,
            "done": True,
            "stamp": stamp,
            "job": "none",
            "after": 0,
            "at": "2026-06-01T00:00:00+00:00",
            "tally": Tally().as_json(),
        }
        return row


def accept(database: Database, actor: Actor, row: PolicyProposal) -> None:
    with database.transaction() as session:
        service.accept(
            session,
            actor=actor,
            proposal_id=row.id,
            sha256=row.sha256,
            files=shelf(),
            now=now(session),
        )


def test_of_two_overlapping_proposals_accepted_at_once_one_is_in_force(
    database: Database, actors: list[Actor]
) -> None:
    rows = [
        proposed(database, actors[0], policy_text()),
        proposed(database, actors[0], policy_text().replace('"3.0"', '"3.1"')),
    ]
    start, refused = threading.Barrier(2), []

    def work(actor: Actor, row: PolicyProposal) -> None:
        start.wait()
        try:
            accept(database, actor, row)
        except Conflict as error:
            refused.append(error.code)

    threads = [
        threading.Thread(target=work, args=pair) for pair in zip(actors[1:], rows, strict=True)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert refused == ["dry_run_stale"]
    with database.snapshot() as session:
        assert session.scalar(select(func.count()).select_from(PolicyAcceptance)) == 1
        found = queries.shelf_now(session, shelf())
    covering = found.covering("anchor-l5", datetime(2026, 5, 1, tzinfo=UTC).date())
    assert covering is not None
    assert covering.version in ("3.0", "3.1")


def test_what_was_accepted_reads_the_same_and_is_asked_for_once(
    database: Database, actors: list[Actor]
) -> None:
    row = proposed(database, actors[0], policy_text(women=54))
    accept(database, actors[1], row)
    with database.snapshot() as session:
        first = queries.shelf_now(session, shelf())
        stored = session.scalars(
            select(PolicyVersion.sha256).where(PolicyVersion.version == "3.0")
        ).one()
    assert first.policies[-1].sha256 == stored
    with database.snapshot() as session, asked(database) as said:
        versions = queries.stored_versions(session)
        assert queries.combined(session, shelf(), versions).policies[-1].name == "qz-demo 3.0"
    assert len(said) == 1


def test_accepting_marks_everybody_it_touches(database: Database, actors: list[Actor]) -> None:
    with database.transaction() as session:
        people = [make_subsidised(session).person for _ in range(3)]
        for person in people:
            make_known(session, person)
        for row in session.scalars(select(EligibilityDue)):
            session.delete(row)
    after: int | None = 0
    while after is not None:
        with database.transaction() as session:
            after = service.mark_programmes(
                session, ["anchor-l5"], after=after, limit=2, since=now(session)
            )
    with database.snapshot() as session:
        marked = session.scalars(
            select(EligibilityDue.person_id).order_by(EligibilityDue.person_id)
        ).all()
    assert marked == sorted(person.id for person in people)


def test_the_database_itself_wants_two_people(database: Database, actors: list[Actor]) -> None:
    row = proposed(database, actors[0], policy_text())
    by = {"by": actors[0].person_id, "id": row.id}
    with pytest.raises(IntegrityError), database.transaction() as session:
        session.execute(
            text(
                "UPDATE policy_proposal SET state = 'accepted', decided_by_id = :by, "
                "decided_at = proposed_at WHERE id = :id"
            ),
            by,
        )
    accept(database, actors[1], row)
    for statement in (
        "UPDATE policy_acceptance SET proposal_id = 1",
        "DELETE FROM policy_acceptance",
    ):
        with pytest.raises(IntegrityError), database.transaction() as session:
            session.execute(text(statement))
