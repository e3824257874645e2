"""The worker erases a few at a time; files follow, and what a halt leaves behind is swept."""

import os
import time

import pytest
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from lms.accounts.gateway import SealedFolder, Vault
from lms.accounts.models import Person
from lms.keeping import service, tasks
from lms.keeping.tasks import EraseDue
from lms.subsidy.gateway.papers import PAPERS
from lms.subsidy.tasks import SweepPapers
from lms.wiring import CHORES
from tests.factories.accounts import make_person
from tests.factories.keeping import china, close

LONG_AGO = china(2015, 3, 5)


@pytest.fixture
def files(settings, two):
    """The folder of papers, with one of each of the two."""
    folder = SealedFolder(settings.evidence_dir, Vault(settings.vault_keys), PAPERS)
    for known in two:
        folder.write(known.paper, b"a paper")
    return settings.evidence_dir


def names(folder):
    return {path.name for path in folder.iterdir()}


def erased(database):
    with database.snapshot() as session:
        found = select(Person.id).where(Person.erased_at.is_not(None)).order_by(Person.id)
        return list(session.scalars(found))


def test_the_file_goes_with_the_rows_and_others_stay(database, settings, two, files):
    first, other = two
    with database.transaction() as session:
        close(session, first.own.person, LONG_AGO)
    EraseDue()(database, settings)
    assert erased(database) == [first.person_id]
    assert names(files) == {other.paper}


def test_a_file_that_a_halt_left_behind_is_swept(database, settings, two, files, monkeypatch):
    first, other = two
    with database.transaction() as session:
        close(session, first.own.person, LONG_AGO)

    def halt(_folder, _file_id):
        raise KeyboardInterrupt

    with monkeypatch.context() as halted:
        halted.setattr(tasks.SealedFolder, "remove", halt)
        with pytest.raises(KeyboardInterrupt):
            EraseDue()(database, settings)
    assert names(files) == {first.paper, other.paper}
    hours_ago = time.time() - 2 * 60 * 60
    for path in files.iterdir():
        os.utime(path, (hours_ago, hours_ago))
    SweepPapers()(database, settings)
    assert names(files) == {other.paper}


def test_one_who_cannot_be_erased_keeps_nobody_else_from_it(
    database, settings, two, files, monkeypatch
):
    first, other = two
    real = service.erase

    def stuck(session, person_id, **how):
        if person_id == first.person_id:
            raise OperationalError("", None, Exception("stuck"))
        return real(session, person_id, **how)

    with database.transaction() as session:
        close(session, first.own.person, LONG_AGO)
        close(session, other.own.person, LONG_AGO)
    monkeypatch.setattr(service, "erase", stuck)
    EraseDue()(database, settings)
    assert erased(database) == [other.person_id]
    assert names(files) == {first.paper}


def test_many_are_erased_a_few_a_round_until_nobody_is_due(database, settings):
    with database.transaction() as session:
        for _ in range(25):
            close(session, make_person(session), LONG_AGO)
        stays = make_person(session)
    chore = EraseDue()
    chore(database, settings)
    assert len(erased(database)) == 20
    chore(database, settings)
    assert len(erased(database)) == 25
    assert stays.id not in erased(database)


def test_the_worker_does_it():
    assert any(isinstance(chore, EraseDue) for chore in CHORES)
