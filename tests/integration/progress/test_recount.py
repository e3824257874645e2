"""The ledger proves every sum, names what was tampered with, and takes no entry out of line."""

import json
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import insert, select, text
from sqlalchemy.exc import DBAPIError

from lms.db.session import Database
from lms.progress.models import MaterialProgress, WatchSlice
from lms.progress.service.recounting import recount_person
from tests.integration.progress.conftest import Clock, Learner
from tests.integration.progress.study import Study
from tests.support.databases import drop_trigger


@pytest.fixture
def study(database: Database, clock: Clock, learner: Learner) -> Study:
    """A learner who watched a minute of one video and fifteen hidden seconds of another."""
    study = Study(database, clock, learner)
    study.lease("A")
    for _ in range(4):
        study.play(15)
    study.lease("B")
    study.play(15, state="hidden")
    return study


def recount(app: Flask, *options: str) -> tuple[int, dict[str, int], str]:
    done = app.test_cli_runner().invoke(args=["progress", "recount", *options])
    return done.exit_code, json.loads(done.stdout.splitlines()[-1]), done.stderr


def test_a_sound_ledger_proves_every_sum(study: Study, app: Flask) -> None:
    code, counts, said = recount(app)
    assert (code, said) == (0, "")
    assert counts == {"people": 1, "entries": 5, "different": 0, "repaired": 0, "broken": 0}


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ("credited_ms = 59999", "credited_ms"),
        ("credited = '[[0, 59999]]'", "credited"),
        ("seen = '[]'", "seen"),
        ("refused = '{}'", "refused"),
        ("held = '[[0, 5]]'", "held"),
    ],
)
def test_a_wrong_sum_is_named_and_put_right_from_the_ledger(
    change: str, named: str, database: Database, study: Study, app: Flask
) -> None:
    which = "credited_ms > 0" if named != "refused" else "credited_ms = 0"
    with database.snapshot() as session:
        sound = session.execute(select(MaterialProgress.__table__)).all()
    with database.transaction() as session:
        session.execute(text(f"UPDATE material_progress SET {change} WHERE {which}"))  # noqa: S608
    code, counts, said = recount(app)
    assert (code, counts["different"]) == (1, 1)
    assert said.rstrip().endswith(named)
    code, counts, _ = recount(app, "--repair")
    assert (code, counts["different"], counts["repaired"]) == (0, 1, 1)
    with database.snapshot() as session:
        assert sorted(session.execute(select(MaterialProgress.__table__)).all()) == sorted(sound)
    assert recount(app)[0] == 0


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ("UPDATE watch_slice SET credited = '[[0, 14999]]' WHERE number = 2", 2),
        ("UPDATE watch_slice SET device_hash = 'other' WHERE number = 3", 3),
        ("UPDATE watch_slice SET chain_hash = 'x' WHERE number = 1", 1),
        ("DELETE FROM watch_slice WHERE number = 4", 4),
    ],
)
def test_whatever_is_changed_in_the_ledger_is_named_and_never_put_right(
    change: str, place: int, database: Database, study: Study, app: Flask
) -> None:
    verb = change.split(maxsplit=1)[0].lower()
    drop_trigger(database, f"watch_slice_no_{verb}", "watch_slice")
    with database.transaction() as session:
        session.execute(text(change))
    code, counts, said = recount(app, "--repair")
    assert code == 1
    assert counts["broken"] >= 1
    assert f"entry {place} is not what its hash says" in said


def test_a_tail_that_was_cut_off_shows(database: Database, study: Study, app: Flask) -> None:
    drop_trigger(database, "watch_slice_no_delete", "watch_slice")
    with database.transaction() as session:
        session.execute(text("DELETE FROM watch_slice WHERE number = 5"))
    code, _, said = recount(app)
    assert code == 1
    assert "the ledger ends at entry 4, it should at 5" in said


def entry(study: Study, **changed: Any) -> dict[str, Any]:
    """Return the columns of a ledger entry as somebody who goes past the service would write it."""
    own = {"person_id": study.actor.person_id, "lease_id": study.held, "seq": 99, "day": 1}
    own |= {"material_id": study.learner.course.materials["B/video"].id, "number": 6}
    sets: dict[str, Any] = {"claimed": [], "seen": [], "credited": [], "refused": {}}
    amounts = {"claimed_ms": 0, "seen_ms": 0, "credited_ms": 0, "chain_hash": "0" * 64}
    clock = {"credit_mark_ms": 1, "seen_mark_ms": 1, "day_used": {}}
    return own | sets | amounts | clock | changed


def test_the_database_takes_no_entry_that_does_not_follow_the_last(
    database: Database, study: Study
) -> None:
    """Two entries after the same one would be two histories of one learner."""
    for number in (5, 7, 1):
        with pytest.raises(DBAPIError, match="must follow"), database.transaction() as session:
            session.execute(insert(WatchSlice).values(entry(study, number=number)))
    with database.transaction() as session:
        session.execute(insert(WatchSlice).values(entry(study)))


def test_without_the_trigger_a_fork_gets_in(database: Database, study: Study) -> None:
    """Shows that the test above tests the trigger and not something else."""
    drop_trigger(database, "watch_slice_moves_clock", "watch_slice")
    with database.transaction() as session:
        session.execute(insert(WatchSlice).values(entry(study, number=5)))


def test_the_database_takes_a_beat_once(database: Database, study: Study) -> None:
    with pytest.raises(DBAPIError), database.transaction() as session:
        session.execute(insert(WatchSlice).values(entry(study, seq=study.seq)))


@pytest.mark.parametrize(
    "change",
    [
        {"credited_ms": 1, "wall_from_ms": 5, "wall_to_ms": 5},
        {"credited_ms": 1000},
        {"credited_ms": -1},
        {"held_ms": 5, "credited_ms": 5, "wall_from_ms": 0, "wall_to_ms": 9},
        {"kind": "appeal"},
        {"kind": "gift"},
        {"lease_id": None},
        {"number": None},
    ],
)
def test_the_database_takes_no_entry_that_pays_without_time(
    change: dict[str, Any], database: Database, study: Study
) -> None:
    with pytest.raises(DBAPIError), database.transaction() as session:
        session.execute(insert(WatchSlice).values(entry(study, **change)))


def test_entries_from_before_the_chain_are_chained_with_the_next_lease(
    database: Database, study: Study, learner: Learner
) -> None:
    drop_trigger(database, "watch_slice_no_update", "watch_slice")
    with database.transaction() as session:
        session.execute(text("UPDATE watch_slice SET number = NULL, chain_hash = NULL"))
        session.execute(text("UPDATE study_clock SET entries = NULL, head = NULL"))
    # A beat of a lease that was live meanwhile, and a new lease, both find the chain closed.
    assert study.play(15).answer["credited_seconds"] == 15
    study.lease("A", position=60)
    study.play(15)
    with database.transaction() as session:
        found = recount_person(session, learner.actor.person_id)
    assert (found.entries, found.sets, found.broken) == (7, {}, ())
