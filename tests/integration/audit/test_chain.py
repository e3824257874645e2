"""The chain of acts and what breaks it."""

import json
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError, IntegrityError

from lms.audit import queries
from lms.audit.models import AuditEntry
from lms.audit.service import record
from lms.db.session import now
from tests.support.databases import drop_trigger


def write(database, count=4):
    for number in range(count):
        with database.transaction() as session:
            record(
                session,
                actor_id=7,
                action="export.made",
                subject=f"export:{number}",
                details={"rows": number, "名": "林秀芳", "none": None, "list": [1, "2", True]},
                at=now(session),
            )


def check(database, **options):
    with database.snapshot() as session:
        return queries.verify(session, **options)


def tamper(database, *statements):
    """Do as a superuser what the triggers refuse to everyone else."""
    for verb in ("update", "delete"):
        drop_trigger(database, f"audit_entry_no_{verb}", "audit_entry")
    with database.engine.begin() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)


def test_an_untouched_chain_is_sound(database):
    write(database)
    found = check(database)
    assert (found.entries, found.fault) == (4, None)


def test_an_empty_chain_is_sound(database):
    assert check(database).fault is None


@pytest.mark.parametrize(
    ("statement", "fault"),
    [
        ("UPDATE audit_entry SET actor_id = 8 WHERE id = 2", "row 2 was changed"),
        ("UPDATE audit_entry SET details = '{\"rows\":9}' WHERE id = 3", "row 3 was changed"),
        ("DELETE FROM audit_entry WHERE id = 2", "row 2 is missing"),
        ("DELETE FROM audit_entry WHERE id = 4", "row 4 is missing: the end was cut off"),
        ("UPDATE audit_entry SET id = 9 WHERE id = 1", "row 1 is missing"),
        ("UPDATE audit_entry SET prev_hash = 'x' WHERE id = 3", "row 3 does not follow row 2"),
    ],
)
def test_the_first_bad_row_is_named(database, statement, fault):
    write(database)
    tamper(database, statement)
    assert check(database).fault == fault


def test_a_tail_cut_with_the_head_moved_back_is_found_by_the_head_noted_earlier(database):
    write(database)
    noted = check(database).head
    write(database, 1)
    assert check(database, anchor=noted).fault is None
    tamper(
        database,
        "DELETE FROM audit_entry WHERE id >= 4",
        "UPDATE audit_head SET number = 3, hash = (SELECT hash FROM audit_entry WHERE id = 3)",
    )
    assert check(database).fault is None
    assert check(database, anchor=noted).fault is not None


@pytest.mark.parametrize(
    "statement", ["UPDATE audit_entry SET action = 'x'", "DELETE FROM audit_entry"]
)
def test_the_database_refuses_to_change_or_delete_an_act(database, statement):
    write(database, 1)
    with pytest.raises(DatabaseError), database.transaction() as session:
        session.execute(text(statement))
    assert check(database).entries == 1


@pytest.mark.parametrize("engine", [pytest.param("postgresql", marks=pytest.mark.postgres)])
def test_the_table_cannot_be_emptied_by_a_statement_only_postgresql_has(database):
    write(database, 1)
    with pytest.raises(DatabaseError), database.transaction() as session:
        session.execute(text("TRUNCATE audit_entry"))


def test_the_chain_cannot_fork(database):
    write(database, 2)
    with database.snapshot() as session:
        second = session.get_one(AuditEntry, 2)
    fork = AuditEntry(
        id=3,
        at=second.at,
        action="x",
        subject="y",
        details={},
        prev_hash=second.prev_hash,
        hash="z" * 64,
    )
    with pytest.raises(IntegrityError), database.transaction() as session:
        session.add(fork)


def test_writers_at_once_make_one_chain(database):
    with ThreadPoolExecutor(6) as pool:
        for done in [pool.submit(write, database, 3) for _ in range(6)]:
            done.result()
    found = check(database)
    assert (found.entries, found.fault) == (18, None)


def test_a_rolled_back_act_leaves_no_gap(database):
    def fail():
        with database.transaction() as session:
            record(session, actor_id=1, action="x", subject="y", at=now(session))
            raise ZeroDivisionError

    write(database, 1)
    with pytest.raises(ZeroDivisionError):
        fail()
    write(database, 1)
    assert (check(database).entries, check(database).fault) == (2, None)


def test_the_command_says_sound_or_names_the_row(app, database):
    write(database)
    run = app.test_cli_runner().invoke
    sound = run(args=["audit", "verify"])
    assert sound.exit_code == 0
    assert "4 entries, sound" in sound.output
    tamper(database, "UPDATE audit_entry SET actor_id = 8 WHERE id = 2")
    broken = run(args=["audit", "verify"])
    assert broken.exit_code == 1
    assert "row 2 was changed" in broken.output


def test_the_head_is_handed_out_and_found_again_until_the_end_is_cut_off(app, database, tmp_path):
    write(database)
    run = app.test_cli_runner().invoke
    out = tmp_path / "head.json"
    run(args=["audit", "head", "--out", str(out)])
    kept = json.loads(out.read_text())
    assert (kept["site"], kept["entries"]) == ("http://localhost", 4)
    assert kept["at"].endswith("Z")
    write(database, 1)
    assert run(args=["audit", "verify", "--head", kept["head"]]).exit_code == 0
    tamper(
        database,
        "DELETE FROM audit_entry WHERE id > 3",
        "UPDATE audit_head SET number = 3, hash = (SELECT hash FROM audit_entry WHERE id = 3)",
    )
    assert run(args=["audit", "verify"]).exit_code == 0
    assert run(args=["audit", "verify", "--head", kept["head"]]).exit_code == 1
