"""Papers: photos lose their traces, PDFs are only handed out, and who looked is written down."""

import io
from pathlib import Path

import av
import pytest
from flask import Flask
from sqlalchemy import select

from lms.audit.models import AuditEntry
from lms.db.session import Database
from lms.settings import Settings
from lms.subsidy.models import Evidence
from lms.subsidy.tasks import SweepPapers
from tests.factories.accounts import make_person, sign_in
from tests.factories.subsidy import Subsidised
from tests.functional.subsidy.desks import PDF, large, open_desk, photo, sent
from tests.support.site import Client

_SMALL = 100_000


def send(client: Client, data: bytes, name: str = "paper.jpg", kind: str = "groups"):
    if len(data) > _SMALL:
        return client.post("/me/papers", **large(data, kind=kind))
    return client.post("/me/papers", data={"kind": kind, "paper": sent(data, name)})


def kept(database: Database) -> list[Evidence]:
    with database.snapshot() as session:
        return list(session.scalars(select(Evidence)))


def test_a_photo_is_made_anew_and_lies_sealed(
    learner: Client, own: Subsidised, database: Database, settings: Settings, tmp_path: Path
) -> None:
    raw = photo(tmp_path, size="3200x2000")
    assert b"GPS 28.90N" in raw
    assert send(learner, raw, "../../身份证.png").status_code == 303
    [row] = kept(database)
    assert (row.person_id, row.kind, row.content_type) == (own.person.id, "groups", "image/jpeg")
    [file] = (settings.data_dir / "evidence").iterdir()
    assert file.name == row.id
    assert b"\xff\xd8\xff" not in file.read_bytes()[:64]
    shown = learner.get(f"/me/papers/{row.id}")
    assert shown.mimetype == "image/jpeg"
    assert b"GPS" not in shown.data
    assert b"Exif" not in shown.data
    assert shown.headers["Cache-Control"] == "private, no-store"
    with av.open(io.BytesIO(shown.data)) as picture:
        stream = picture.streams.video[0]
        # It stood on its side, and was larger than anybody needs.
        assert (stream.width, stream.height) == (1000, 1600)


def test_a_pdf_is_only_handed_out(learner: Client, own: Subsidised, database: Database) -> None:
    send(learner, PDF, "证明.pdf")
    [row] = kept(database)
    shown = learner.get(f"/me/papers/{row.id}")
    assert shown.data == PDF
    assert shown.headers["Content-Disposition"] == 'attachment; filename="paper.pdf"'
    assert shown.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in shown.headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
        b"<!doctype html><script>alert(1)</script>",
        b"\xff\xd8\xff nothing of a picture",
        b"ffconcat version 1.0\nfile '/etc/passwd'\n",
        b"PK\x03\x04 an archive",
        b"%PDF-" + b"x" * (8 * 1024 * 1024),
    ],
)
def test_anything_else_is_refused_and_nothing_is_kept(
    learner: Client, own: Subsidised, database: Database, settings: Settings, data: bytes
) -> None:
    assert send(learner, data, "photo.jpg").status_code == 303
    assert 'class="note bad"' in learner.get("/me/facts").text
    assert kept(database) == []
    assert not any((settings.data_dir / "evidence").glob("*"))


def test_more_than_a_form_may_hold_and_unknown_kinds_are_refused(
    learner: Client, own: Subsidised, database: Database
) -> None:
    assert send(learner, PDF + b"x" * (9 * 1024 * 1024)).status_code == 413
    assert send(learner, PDF, kind="salary").status_code == 422
    assert kept(database) == []


def test_others_find_nothing_and_who_looks_is_written_down(
    app: Flask, learner: Client, own: Subsidised, database: Database
) -> None:
    send(learner, PDF)
    [row] = kept(database)
    place = f"/staff/people/{own.person.id}/papers/{row.id}"
    stranger, _ = open_desk(app, database, county="330881")
    assert stranger.get(place).status_code == 404
    other: Client = app.test_client()
    with database.transaction() as session:
        somebody = make_person(session)
    sign_in(other, somebody)
    assert other.get(f"/me/papers/{row.id}").status_code == 404
    assert other.get(place).status_code == 403
    desk, staff_id = open_desk(app, database)
    assert desk.get(f"/staff/people/{somebody.id}/papers/{row.id}").status_code == 404
    assert desk.get(place).data == PDF
    with database.snapshot() as session:
        entries = session.scalars(select(AuditEntry).where(AuditEntry.action == "paper.read"))
        seen = [(each.actor_id, each.subject, each.details["purpose"]) for each in entries]
    assert seen == [(staff_id, f"person:{own.person.id}", "check of facts")]


def test_a_moved_or_changed_file_is_not_shown(
    learner: Client, own: Subsidised, database: Database, settings: Settings
) -> None:
    send(learner, PDF)
    send(learner, PDF + b"another")
    first, second = (settings.data_dir / "evidence" / row.id for row in kept(database))
    first.write_bytes(second.read_bytes())
    assert learner.get(f"/me/papers/{first.name}").status_code == 404
    assert learner.get("/me/papers/..%2f..%2fsecret").status_code == 404


def test_files_without_a_row_are_swept_and_the_others_stay(
    learner: Client, own: Subsidised, database: Database, settings: Settings, age_file
) -> None:
    send(learner, PDF)
    folder = settings.data_dir / "evidence"
    [known] = folder.iterdir()
    lost = folder / "00000000-0000-0000-0000-000000000000"
    half, young = folder / "abc.part", folder / "11111111-0000-0000-0000-000000000000"
    for path in (lost, half, young):
        path.write_bytes(b"sealed")
    for path in (known, lost, half):
        age_file(path)
    SweepPapers()(database, settings)
    assert sorted(folder.iterdir()) == sorted([known, young])
