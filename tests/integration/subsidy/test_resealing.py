"""Papers are sealed anew with the newest key, whole at any moment, and the old key can go."""

from dataclasses import replace
from pathlib import Path

import pytest

from lms.accounts.gateway import SealedFolder, UnreadableSecret, Vault, keys_of
from lms.app import create_app
from lms.core.access import Role
from lms.core.errors import NotFound
from lms.core.ids import new_uuid
from lms.subsidy.gateway.papers import PAPERS
from tests.factories.accounts import make_staff
from tests.factories.keeping import make_everything

NEW = bytes(range(32))
PAPER = b"%PDF-1.4 a paper"


def folder_of(settings, keys):
    return SealedFolder(settings.evidence_dir, Vault(keys), PAPERS)


@pytest.fixture
def papers(database, settings):
    """Two papers of people, sealed with the key there is; one as files were before they said so."""
    with database.transaction() as session:
        clerk = make_staff(session, Role.ADMINISTRATOR)
        made = [make_everything(session, keys_of(settings), clerk).paper for _ in range(2)]
    folder = folder_of(settings, settings.vault_keys)
    for paper in made:
        folder.write(paper, PAPER)
    key_name, sealed = Vault(settings.vault_keys).seal_bytes(
        PAPER, place=f"evidence:{made[0]}:file"
    )
    assert key_name == "k1"
    (settings.evidence_dir / made[0]).write_bytes(sealed)
    return made


@pytest.fixture
def run(database, settings, queue):
    both = {"k2": NEW, **settings.vault_keys}
    app = create_app(replace(settings, vault_keys=both), database=database, queue=queue)

    def reseal():
        return app.test_cli_runner().invoke(args=["vault", "reseal"])

    return reseal


def test_after_sealing_anew_the_old_key_is_not_needed_for_papers(settings, papers, run):
    said = run()
    assert "evidence: 2 files sealed anew" in said.output, said.output
    newest = folder_of(settings, {"k2": NEW})
    # The row still names the key it was sealed with first.
    assert [newest.read(paper, "k1") for paper in papers] == [PAPER, PAPER]
    with pytest.raises(NotFound):
        folder_of(settings, settings.vault_keys).read(papers[0], "k1")
    assert "evidence: 0 files sealed anew" in run().output


def test_a_halt_at_any_file_leaves_each_readable_and_the_next_run_ends_it(
    settings, papers, run, monkeypatch
):
    real, seen = Path.replace, []

    def halt(part, target):
        seen.append(target)
        if len(seen) > 1:
            raise KeyboardInterrupt
        return real(part, target)

    with monkeypatch.context() as halted:
        halted.setattr(Path, "replace", halt)
        assert run().exit_code != 0
    both = folder_of(settings, {"k2": NEW, **settings.vault_keys})
    assert [both.read(paper, "k1") for paper in papers] == [PAPER, PAPER]
    assert sorted(path.name for path in settings.evidence_dir.iterdir()) == sorted(papers)
    assert "evidence: 1 files sealed anew" in run().output
    newest = folder_of(settings, {"k2": NEW})
    assert [newest.read(paper, "k1") for paper in papers] == [PAPER, PAPER]


def test_a_file_that_lacks_is_said_and_keeps_no_other_from_it(settings, papers, run):
    folder_of(settings, settings.vault_keys).remove(papers[0])
    said = run().output
    assert "evidence: 1 files sealed anew" in said
    assert "evidence: 1 files are not there" in said


def test_a_file_put_in_the_place_of_another_is_not_sealed_for_it(settings, papers, run):
    first, second = (settings.evidence_dir / paper for paper in papers)
    second.write_bytes(first.read_bytes())
    assert isinstance(run().exception, UnreadableSecret)


def test_a_file_says_which_key_sealed_it(settings):
    folder, paper = folder_of(settings, {"k2": NEW}), new_uuid()
    assert folder.write(paper, PAPER) == "k2"
    assert folder.read(paper, "never asked") == PAPER
