"""The operator's commands: judge a file, rotate keys."""

import json
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from lms.audit.models import AuditEntry
from lms.credentials.models import Credential, IssuerKey
from lms.db.session import Database
from tests.support.site import Client, Jobs


def run(app: Flask, *args: str):
    return app.test_cli_runner().invoke(args=list(args))


@pytest.mark.parametrize("form", ["json", "jwt", "png", "svg", "pdf"])
def test_every_carrier_is_judged_from_its_file(
    app: Flask, client: Client, badge: Credential, tmp_path: Path, form: str
) -> None:
    file = tmp_path / f"badge.{form}"
    file.write_bytes(client.get(f"/credentials/{badge.id}.{form}").data)
    done = run(app, "credentials", "verify", str(file))
    assert done.exit_code == 0
    assert json.loads(done.output) == {
        "verdict": "valid",
        "reasons": [],
        "credential": badge.id,
        "differences": [],
    }


def test_what_is_wrong_is_said_and_the_exit_tells_it(
    app: Flask, badge: Credential, tmp_path: Path
) -> None:
    file = tmp_path / "badge.json"
    file.write_text((badge.document or "").replace('"80"', '"99"'))
    done = run(app, "credentials", "verify", str(file))
    said = json.loads(done.output)
    assert (done.exit_code, said["verdict"]) == (1, "broken")
    assert said["reasons"] == [
        {"code": "altered", "message": "It was changed after it was signed."}
    ]
    assert said["differences"] == [{"fact": "score", "said": "99", "real": "80"}]


@pytest.mark.parametrize("content", [b"", b"{", b"\x00" * 1000, b"\x89PNG", b"<svg/>"])
def test_odd_files_end_with_a_reason_never_with_a_trace(
    app: Flask, tmp_path: Path, content: bytes
) -> None:
    file = tmp_path / "odd"
    file.write_bytes(content)
    done = run(app, "credentials", "verify", str(file))
    assert done.exit_code == 1
    assert json.loads(done.output)["verdict"] == "unreadable"


def test_a_file_that_is_not_there_is_said(app: Flask) -> None:
    done = run(app, "credentials", "verify", "/nowhere/badge.json")
    assert done.exit_code == 2
    assert "does not exist" in done.output


def test_rotating_puts_new_keys_in_front_and_writes_it_down(
    app: Flask, badge: Credential, client: Client, database: Database
) -> None:
    before = client.get("/.well-known/did.json").get_json(force=True)["assertionMethod"]
    done = run(app, "keys", "rotate")
    assert done.exit_code == 0
    after = client.get("/.well-known/did.json").get_json(force=True)["assertionMethod"]
    assert set(before) < set(after)
    assert len(after) == 4
    assert all(each in done.output for each in set(after) - set(before))
    with database.snapshot() as session:
        act = session.scalars(select(AuditEntry)).one()
        assert act.action == "keys.rotated"
        old = session.scalars(select(IssuerKey).where(IssuerKey.state == "retired")).all()
        assert [row.private for row in old] == [None, None]


def test_a_stolen_key_is_withdrawn_and_an_unknown_one_is_said(
    app: Flask, badge: Credential, client: Client, run_jobs: Jobs
) -> None:
    used = json.loads(badge.document or "")["proof"][0]["verificationMethod"]
    name = used.partition("#")[2]
    assert run(app, "keys", "rotate", "--withdraw", name).exit_code == 0
    assert used not in client.get("/.well-known/did.json").text
    assert name in client.get("/credentials/status/1").text
    run_jobs()
    assert name not in client.get("/credentials/status/1").text
    assert "这枚徽章不能信" in client.get(f"/credentials/{badge.id}").text
    unknown = run(app, "keys", "rotate", "--withdraw", "z6MkNobody")
    assert unknown.exit_code == 1
    assert "There is no key z6MkNobody here." in unknown.output
