"""Who opens a number and for what, how people are found by it, and what a thief would read."""

from dataclasses import replace

import pytest
from sqlalchemy import select, text

from lms.accounts import queries
from lms.accounts.events import IdentityChanged
from lms.accounts.gateway import keys_of
from lms.accounts.service import consents, identities
from lms.audit.models import AuditEntry
from lms.core.access import Actor
from lms.core.errors import Conflict, NotFound
from lms.db.bus import Bus
from lms.db.session import now
from tests.factories.identity import agree, make_identity, make_number
from tests.integration.accounts.test_identities import declare, look, seen


def actor_of(person):
    return Actor(person.id, person.name, (), 1)


def test_opening_a_number_is_written_down_with_its_purpose(database, keys, people):
    learner, _, clerk = people
    number = make_number()
    declare(database, keys, learner, number)
    with database.transaction() as session:
        opened = identities.reveal(
            session,
            actor_of(clerk),
            person_id=learner.id,
            purpose="核对补贴名册",
            keys=keys,
            now=now(session),
        )
    assert opened == number
    with database.snapshot() as session:
        entry = session.scalars(
            select(AuditEntry).where(AuditEntry.action == "identity.read")
        ).one()
        assert (entry.actor_id, entry.subject) == (clerk.id, f"person:{learner.id}")
        assert entry.details == {"purpose": "核对补贴名册"}


def test_a_number_whose_consent_was_taken_back_rests_and_comes_back_with_it(database, keys, people):
    learner, _, clerk = people
    look(database, keys, learner, seen(clerk, make_number()))
    told = []
    bus = Bus({IdentityChanged: (lambda _session, happened: told.append(happened.is_verified),)})
    database._info["bus"] = bus  # noqa: SLF001 (listens to what the site would hear)
    with database.transaction() as session:
        consents.take_back(session, person_id=learner.id, subject="sensitive", now=now(session))
    with pytest.raises(Conflict, match="consent_missing"), database.transaction() as session:
        identities.reveal(
            session,
            actor_of(clerk),
            person_id=learner.id,
            purpose="看一下",
            keys=keys,
            now=now(session),
        )
    with database.transaction() as session:
        agree(session, learner, "sensitive")
    assert told == [None, True]


def test_a_number_that_is_not_there_is_not_found(database, keys, people):
    learner, _, clerk = people
    with pytest.raises(NotFound), database.transaction() as session:
        identities.reveal(
            session,
            actor_of(clerk),
            person_id=learner.id,
            purpose="看一下",
            keys=keys,
            now=now(session),
        )


def test_people_are_found_by_many_numbers_at_once(database, keys, people):
    learner, other, _ = people
    numbers = [make_number(), make_number(), make_number()]
    declare(database, keys, learner, numbers[0])
    declare(database, keys, other, numbers[1])
    digests = [keys.index.of("id", number) for number in numbers]
    with database.snapshot() as session:
        found = queries.people_of_numbers(session, digests)
    assert found == {digests[0]: learner.id, digests[1]: other.id}


def test_another_index_key_finds_nobody(database, keys, people, settings):
    learner, *_ = people
    number = make_number()
    declare(database, keys, learner, number)
    stranger = keys_of(replace(settings, index_key=bytes(32)))
    with database.snapshot() as session:
        assert queries.person_of_number(session, stranger.index.of("id", number)) is None


def dumped(database) -> str:
    """Return every value of every table as text, as whoever steals the database reads it."""
    with database.snapshot() as session:
        if database.is_sqlite:
            names = session.scalars(text("SELECT name FROM sqlite_master WHERE type = 'table'"))
        else:
            names = session.scalars(
                text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
            )
        rows = [
            repr(tuple(row))
            for name in names.all()
            for row in session.execute(text(f'SELECT * FROM "{name}"'))  # noqa: S608 (table names)
        ]
    return "\n".join(rows)


def test_a_dump_of_the_database_shows_no_number(database, keys, people):
    learner, _, clerk = people
    number = make_number()
    with database.transaction() as session:
        make_identity(session, learner, keys, number=number, checked_by=clerk)
    found = dumped(database)
    assert str(learner.name) in found
    assert number not in found
    assert number[:17] not in found
