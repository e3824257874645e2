"""Keys are sealed and rotate without hurting old badges; the day's round keeps lists fresh."""

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlalchemy import select
from structlog.testing import capture_logs

from lms.credentials import tasks
from lms.credentials.domain.addresses import Site
from lms.credentials.models import Credential, IssuerKey, StatusList
from lms.credentials.service import keys as issuer_keys
from lms.db.session import Database, now
from lms.settings import Settings
from tests.factories.credentials import make_badge, make_badge_course, make_graduate
from tests.support.site import Jobs


def test_the_days_round_makes_good_what_was_missed_and_signs_the_lists_anew(
    database: Database, settings: Settings, run_jobs: Jobs
) -> None:
    with database.transaction() as session:
        make_graduate(session)
    tasks.start_the_day(database, settings)
    tasks.start_the_day(database, settings)
    assert run_jobs() == 1, "the day's round once"
    with database.snapshot() as session:
        assert session.scalars(select(Credential)).one().state == "valid"
        before = session.get_one(StatusList, 1).document
    signer = tasks.open_signer(database, settings)
    with database.transaction() as session:
        tasks.lists.publish(session, 1, signer, at=datetime(2030, 1, 1, tzinfo=UTC))
        after = json.loads(session.get_one(StatusList, 1).document or "")
    assert after["validUntil"] == "2030-01-08T00:00:00Z"
    assert before != json.dumps(after)


def test_the_days_round_makes_good_all_that_was_missed_however_much(
    database: Database, settings: Settings, run_jobs: Jobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tasks, "_MISSED_AT_ONCE", 2)
    with database.transaction() as session:
        course = make_badge_course(session)
        for _ in range(5):
            make_graduate(session, course=course)
    tasks.start_the_day(database, settings)
    run_jobs()
    with database.snapshot() as session:
        assert [each.state for each in session.scalars(select(Credential))] == ["valid"] * 5


def test_keys_are_made_once_and_sealed(database: Database, settings: Settings) -> None:
    first, second = (tasks.open_signer(database, settings) for _ in range(2))
    assert first.multikey == second.multikey
    with database.snapshot() as session:
        rows = session.scalars(select(IssuerKey)).all()
        assert sorted(row.kind for row in rows) == ["ed25519", "rsa"]
        assert all("PRIVATE" not in (row.private or "") for row in rows)


def test_a_site_under_another_address_says_that_it_signs_under_another_name(
    database: Database, settings: Settings
) -> None:
    with capture_logs() as said:
        tasks.open_signer(database, settings)
        moved = replace(settings, base_url="https://elsewhere.example")
        tasks.open_signer(database, moved)
        tasks.open_signer(database, moved)
        with database.transaction() as session:
            vault = tasks.Vault(moved.vault_keys)
            issuer_keys.rotate(session, vault, Site(moved.base_url), at=now(session))
    told = [entry for entry in said if entry["event"] == "issuer_name_changed"]
    assert [(entry["before"], entry["now"]) for entry in told] == [
        (["did:web:localhost"], "did:web:elsewhere.example")
    ]


def test_after_a_rotation_old_badges_stand_and_the_old_key_signs_nothing_more(
    database: Database, settings: Settings
) -> None:
    old = make_badge(database, settings)
    site = Site(settings.base_url)
    with database.transaction() as session:
        vault = tasks.Vault(settings.vault_keys)
        issuer_keys.rotate(session, vault, site, at=now(session))
    new = make_badge(database, settings, slug="second", programme="store-l5")
    used = [
        json.loads(each.document or "")["proof"][0]["verificationMethod"] for each in (old, new)
    ]
    assert used[0] != used[1]
    with database.snapshot() as session:
        standing = {row.id: row for row in tasks.queries.standing_keys(session, site.did)}
        assert {name.partition("#")[2] for name in used} <= set(standing)
        assert standing[used[0].partition("#")[2]].private is None
