"""A package holds everything of its learners, and what lies in it says that all of it stands."""

import csv
import json
import subprocess
import sys
import zipfile
from pathlib import Path

from sqlalchemy import select

from lms.audit.models import AuditEntry
from lms.core.access import Actor, Scope, ScopeKind
from lms.credentials.domain.addresses import Site
from lms.credentials.models import Credential, IssuerKey
from lms.db.session import Database
from lms.handover import service
from lms.handover.domain.draws import draw
from lms.settings import Settings
from tests.factories.handover import make_supervisor
from tests.factories.subsidy import Subsidised
from tests.integration.handover.conftest import Unpacked, of_draw, of_learner, ordered, row


def verified(folder: Path, *options: str) -> tuple[int, str]:
    """Run the package's own program as anybody would, with nothing of this machine's."""
    done = subprocess.run(
        [sys.executable, "-I", "-S", "verify.py", *options],
        cwd=folder,
        env={"PYTHONIOENCODING": "utf-8"},
        capture_output=True,
        check=False,
        encoding="utf-8",
    )
    return done.returncode, done.stdout + done.stderr


def person_of(folder: Path, number: int) -> dict[str, object]:
    return json.loads((folder / "people" / f"{number}.json").read_text("utf-8"))


def test_a_learners_package_holds_the_evidence_and_stands(
    database: Database, own: Subsidised, unpacked: Unpacked
) -> None:
    folder = unpacked(of_learner(own))
    code, said = verified(folder)
    assert code == 0, said
    person = person_of(folder, own.person.id)
    sizes = {name: len(part) for name, part in person.items() if isinstance(part, list)}
    numbers = [entry["number"] for entry in person["ledger"]]
    assert numbers == [None, None, None, 4, 5, 6]
    assert sizes["presence_checks"] == sizes["attempts"] == sizes["badges"] == 1
    assert len(person["attempts"][0]["questions"]) == 5
    assert {fact["key"] for fact in person["facts"]} >= {"sex", "birth_date"}
    assert sizes["decisions"] >= 1
    assert person["decisions"][-1]["has_basis"] is True
    assert sizes["acts"] >= 2
    everything = "".join(file.read_text("utf-8") for file in folder.rglob("*.*s*"))
    assert own.person.phone not in everything
    titles, cells = csv.reader((folder / "roster.csv").read_text("utf-8-sig").splitlines())
    listed = dict(zip(titles, cells, strict=True))
    assert listed["姓名 Name"] == "林秀芳"
    with database.snapshot() as session:
        assert listed["徽章编号 Badge"] == session.scalar(select(Credential.serial))


def test_a_drawn_package_is_anchored_by_what_is_known_from_elsewhere(
    database: Database, supervisor: Actor, unpacked: Unpacked
) -> None:
    folder = unpacked(of_draw(count=6))
    sample = json.loads((folder / "sample.json").read_text("utf-8"))
    population = [int(each) for each in (folder / "population.txt").read_text().split()]
    assert sample["drawn"] == draw(population, "2026-05", 6)
    assert (sample["of"], len(population)) == (6, 6)
    with database.snapshot() as session:
        key = session.scalar(select(IssuerKey.id).where(IssuerKey.kind == "ed25519"))
        manifest = session.scalars(
            select(AuditEntry).where(AuditEntry.action == "handover.made")
        ).one()
    anchors = ["--key", key, "--manifest", manifest.details["manifest_sha256"]]
    head = json.loads((folder / "audit_head.json").read_text())["head"]
    code, said = verified(folder, *anchors, "--head", head)
    assert code == 0, said
    for wrong in (["--key", "z6Mkother"], ["--head", "1" * 64], ["--manifest", "0" * 64]):
        assert verified(folder, *wrong)[0] == 1, wrong


def test_the_same_data_and_moment_make_the_same_bytes(
    database: Database, supervisor: Actor, tmp_path: Path
) -> None:
    handover = row(database, ordered(database, supervisor, of_draw()))
    for name in "ab":
        service.write_package(
            database,
            handover,
            tmp_path / name,
            site=Site("http://localhost"),
            at=handover.delivery.created_at,
            report=lambda _done, _total: None,
        )
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_what_was_studied_out_of_reach_stays_closed_and_the_chain_stands(
    database: Database, own: Subsidised, settings: Settings, tmp_path: Path
) -> None:
    scope = Scope(ScopeKind.COURSE, str(own.course.course.id))
    with database.transaction() as session:
        teacher = make_supervisor(session, scope=scope)
    handover = row(database, ordered(database, teacher, of_learner(own)))
    service.write_package(
        database,
        handover,
        tmp_path / "a.zip",
        site=Site(settings.base_url),
        at=handover.delivery.created_at,
        report=lambda _done, _total: None,
    )
    folder = tmp_path / "package"
    with zipfile.ZipFile(tmp_path / "a.zip") as parcel:
        parcel.extractall(folder)
    person = person_of(folder, own.person.id)
    closed = [set(entry) == {"link"} for entry in person["ledger"]]
    assert closed == [False, False, True, False, False, False]
    assert {each["course"]["id"] for each in person["enrollments"]} == {own.course.course.id}
    assert {each["course_id"] for each in person["materials"]} == {own.course.course.id}
    code, said = verified(folder)
    assert code == 0, said
