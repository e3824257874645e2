"""Everything sealed moves to the newest key, so that an older one can be thrown away."""

from dataclasses import replace

import pytest

from lms.accounts import queries
from lms.accounts.gateway import UnreadableSecret, Vault
from lms.accounts.service import identities, totp
from lms.app import create_app
from lms.core.access import Role
from lms.db.session import now
from tests.factories.accounts import make_person, make_staff
from tests.factories.identity import make_identity

NEW = bytes(32)


def test_after_sealing_anew_the_old_key_is_not_needed_any_more(database, keys, settings, queue):
    with database.transaction() as session:
        clerk = make_staff(session, Role.ADMINISTRATOR)
        totp.begin(session, clerk.id, keys=keys, now=now(session))
        people = [make_person(session) for _ in range(3)]
        numbers = [make_identity(session, person, keys) for person in people]
    both = {"k2": NEW, **settings.vault_keys}
    app = create_app(replace(settings, vault_keys=both), database=database, queue=queue)
    run = app.test_cli_runner().invoke
    said = run(args=["vault", "reseal"])
    assert said.exit_code == 0, said.output
    assert "identity: 3 sealed anew" in said.output
    assert "totp_secret: 1 sealed anew" in said.output
    newest, oldest = Vault({"k2": NEW}), Vault(settings.vault_keys)
    with database.snapshot() as session:
        rows = [queries.identity_of(session, person.id) for person in people]
        secret = queries.totp_of(session, clerk.id).secret
    opened = [newest.open(row.number, place=identities.place(row.person_id)) for row in rows]
    assert opened == numbers
    assert len(newest.open(secret, place=totp.place(clerk.id))) == 32
    with pytest.raises(UnreadableSecret):
        oldest.open(rows[0].number, place=identities.place(rows[0].person_id))
    assert "identity: 0 sealed anew" in run(args=["vault", "reseal"]).output


def test_a_swapped_text_is_not_sealed_for_its_new_place(database, keys, settings, queue):
    with database.transaction() as session:
        first, second = make_person(session), make_person(session)
        make_identity(session, first, keys)
        make_identity(session, second, keys)
        queries.identity_of(session, second.id).number = queries.identity_of(
            session, first.id
        ).number
    both = {"k2": NEW, **settings.vault_keys}
    app = create_app(replace(settings, vault_keys=both), database=database, queue=queue)
    said = app.test_cli_runner().invoke(args=["vault", "reseal"])
    assert isinstance(said.exception, UnreadableSecret)
