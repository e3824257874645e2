"""The migrations build exactly what the models say, on both engines, and can be taken back."""

import re
from typing import Any

import pytest
from sqlalchemy import inspect, select, text
from sqlalchemy.exc import IntegrityError

from lms.accounts.models import SignIn
from lms.credentials.models import BadgeRequest, Credential
from lms.db.schema import load_metadata
from lms.db.session import Database, now
from lms.jobs.service import JobRequest, enqueue, take
from lms.operations import migrations
from lms.settings import Settings
from tests.factories.accounts import make_person, make_sign_in
from tests.factories.credentials import make_badge
from tests.factories.media import make_asset, make_sound

_SQLITE = (
    "SELECT type, name, sql FROM sqlite_master "
    "WHERE name NOT LIKE 'sqlite_%' AND tbl_name <> 'alembic_version' ORDER BY type, name"
)
_POSTGRESQL = (
    "SELECT 'trigger', tgname, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal "
    "UNION ALL SELECT 'function', proname, prosrc FROM pg_proc "
    "WHERE pronamespace = 'public'::regnamespace AND prolang <> "
    "(SELECT oid FROM pg_language WHERE lanname = 'c') "
    "UNION ALL SELECT 'constraint', conname, pg_get_constraintdef(oid) FROM pg_constraint "
    "WHERE connamespace = 'public'::regnamespace AND conrelid::regclass::text <> 'alembic_version' "
    "UNION ALL SELECT 'index', indexname, indexdef FROM pg_indexes "
    "WHERE schemaname = 'public' AND tablename <> 'alembic_version' ORDER BY 1, 2"
)


def schema(database: Database) -> dict[tuple[str, str], str]:
    """Return every table, index, constraint and trigger as the engine itself spells it."""
    with database.engine.connect() as connection:
        rows = connection.execute(text(_SQLITE if database.is_sqlite else _POSTGRESQL))
        return {(row[0], row[1]): " ".join((row[2] or "").split()) for row in rows}


def comparable(found: dict[tuple[str, str], str]) -> dict[tuple[str, str], Any]:
    """Leave order, brackets and quotes of a table's lines out: they differ and mean nothing."""
    return {
        key: sorted(re.split(r"[\s,()\"]+", sql)) if key[0] == "table" else sql
        for key, sql in found.items()
    }


def test_migrations_build_what_the_models_say(database: Database) -> None:
    migrations.downgrade(database, "base")
    migrations.upgrade(database)
    by_migration = schema(database)
    assert migrations.differences(database) == []
    migrations.downgrade(database, "base")
    load_metadata().create_all(database.engine)
    by_model = schema(database)
    assert comparable(by_migration) == comparable(by_model)
    assert any(kind == "trigger" for kind, _ in by_model)


def test_down_and_up_again_leaves_the_same_schema(database: Database) -> None:
    migrations.downgrade(database, "base")
    assert schema(database) == {}
    migrations.upgrade(database)
    assert migrations.differences(database) == []


def test_one_step_down_and_up_again_keeps_what_is_to_do(database: Database) -> None:
    with database.transaction() as session:
        job_id = enqueue(session, JobRequest("count", "count:1", {"upto": 3})).id
    migrations.downgrade(database, "-1")
    migrations.upgrade(database)
    assert migrations.differences(database) == []
    with database.transaction() as session:
        job = take(session, job_id, at=now(session))
        assert job is not None
        assert (job.args, job.attempts) == ({"upto": 3}, 1)


def test_every_step_takes_a_site_along_that_has_courses(database: Database) -> None:
    """Rows refer to each other: a step that writes a table anew would break them."""
    migrations.downgrade(database, "0001")
    with database.transaction() as session:
        for statement in (
            "INSERT INTO county VALUES ('330822', '常山县', 'Changshan')",
            (
                "INSERT INTO institution (id, slug, name, county_code) "
                "VALUES (1, 'xiangbo', '{\"zh\": \"乡播学堂\"}', '330822')"
            ),
            (
                "INSERT INTO course (id, slug, institution_id, price_fen, created_at) "
                "VALUES (1, 'stars', 1, 0, '2026-05-01 02:00:00')"
            ),
        ):
            session.execute(text(statement.replace(":", r"\:")))
    migrations.upgrade(database)
    with database.snapshot() as session:
        assert session.execute(text("SELECT id, slug FROM course")).all() == [(1, "stars")]
    migrations.downgrade(database, "0001")
    with database.snapshot() as session:
        assert session.scalar(text("SELECT count(*) FROM institution")) == 1


def test_the_sound_alone_goes_and_the_pictures_stay_one_step_down(database: Database) -> None:
    with database.transaction() as session:
        asset = make_asset(session)
        make_sound(session, asset)
    migrations.downgrade(database, "0008")
    kept = "SELECT label, width, height, byte_size FROM rendition ORDER BY label"
    pictures = [("240p", 426, 240, 9_000), ("480p", 854, 480, 24_000)]
    with database.snapshot() as session:
        assert session.execute(text(kept)).all() == pictures
    refused = "UPDATE rendition SET label = 'audio', width = 0, height = 0 WHERE label = '240p'"
    with pytest.raises(IntegrityError), database.transaction() as session:
        session.execute(text(refused))
    migrations.upgrade(database)
    with database.transaction() as session:
        assert session.execute(text(kept)).all() == pictures
        make_sound(session, asset)
    with database.snapshot() as session:
        assert session.execute(text(kept)).all()[-1] == ("audio", 0, 0, 700_000)


def test_everybody_stays_signed_in_where_browsers_get_numbers(database: Database) -> None:
    with database.transaction() as session:
        made = make_sign_in(session, token="kept", browser_hash="b" * 64)
        person_id = made.person_id
    kept = "SELECT person_id, device, device_hash, token_hash FROM sign_in"
    with database.snapshot() as session:
        before = session.execute(text(kept)).all()
    migrations.downgrade(database, "0009")
    with database.transaction() as session:
        assert session.execute(text(kept)).all() == before
        columns = {each["name"] for each in inspect(session.connection()).get_columns("sign_in")}
        assert "browser_hash" not in columns
    migrations.upgrade(database)
    with database.transaction() as session:
        assert session.execute(text(kept)).all() == before
        [row] = session.scalars(select(SignIn)).all()
        assert (row.person_id, row.browser_hash) == (person_id, None)
        make_sign_in(session, browser_hash="c" * 64)


def test_requests_about_badges_are_carried_back_and_over(
    database: Database, settings: Settings
) -> None:
    badge = make_badge(database, settings)
    with database.transaction() as session:
        asker, ruler = make_person(session), make_person(session)
        asked = {"credential_id": badge.id, "aim": "revoke", "reason": "issued_in_error"}
        asked |= {"note": "复查", "asked_by_id": asker.id, "asked_at": now(session)}
        ruled = {"ruling": "declined", "ruled_by_id": ruler.id, "ruled_at": now(session)}
        session.add_all([BadgeRequest(**asked, **ruled), BadgeRequest(**asked)])
    migrations.downgrade(database, "0005")
    with database.snapshot() as session:
        kept = session.execute(text("SELECT note, ruling FROM revocation ORDER BY id")).all()
    assert kept == [("复查", "declined"), ("复查", None)]
    migrations.upgrade(database)
    with database.transaction() as session:
        carried = list(session.scalars(select(BadgeRequest).order_by(BadgeRequest.id)))
        assert [(each.aim, each.ruling) for each in carried] == [
            ("revoke", "declined"),
            ("revoke", None),
        ]
        assert carried[0].ruled_by_id == ruler.id
        at = now(session)
        carried[1].ruling, carried[1].ruled_by_id, carried[1].ruled_at = "confirmed", ruler.id, at
        session.flush()
        revoked = session.get_one(Credential, badge.id)
        revoked.state, revoked.revoked_at = "revoked", at
        session.flush()
        session.add(BadgeRequest(**asked | {"aim": "reissue", "reason": "record_corrected"}))
