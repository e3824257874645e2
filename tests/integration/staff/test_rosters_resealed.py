"""A roster that waits is sealed anew with the newest key; one that was taken in has no file."""

from dataclasses import replace

import pytest

from lms.accounts.gateway import SealedFolder, Vault
from lms.app import create_app
from lms.core.errors import NotFound
from lms.staff.domain import ROSTERS
from tests.factories.rosters import line, roster

NEW = bytes(range(32))


def test_a_roster_that_waits_needs_the_old_key_no_more(database, settings, queue, office):
    data = roster(line(1))
    waits, _ = office.send(data)
    office.take_in(roster(line(2)))
    folder = SealedFolder(settings.data_dir / ROSTERS, Vault(settings.vault_keys), ROSTERS)
    folder.write(waits, data)
    both = {"k2": NEW, **settings.vault_keys}
    app = create_app(replace(settings, vault_keys=both), database=database, queue=queue)
    said = app.test_cli_runner().invoke(args=["vault", "reseal"]).output
    assert "roster_draft: 1 files sealed anew" in said, said
    assert "roster_draft: 1 files are not there" not in said
    newest = SealedFolder(settings.data_dir / ROSTERS, Vault({"k2": NEW}), ROSTERS)
    assert newest.read(waits, "k1") == data
    with pytest.raises(NotFound):
        folder.read(waits, "k1")
