"""The checks of the runs under fire see each kind of falsehood; a run without any has none."""

from pathlib import Path

from sqlalchemy import text

from tests.faults.checking import hold_against
from tests.faults.ground import open_ground, open_scene
from tests.faults.players import CLIENTS, Crowd
from tests.support.databases import drop_trigger
from tests.support.production import serving

_PROMISES = ("watch_slice_no_update", "watch_slice_no_delete", "watch_slice_no_overlap")
# What is done to the database, and what the checks are to say of it.
_FALSEHOODS = {
    "UPDATE material_progress SET seen_ms = seen_ms + 1": "shown",
    "UPDATE study_clock SET day_used = '{}'": "days",
    "UPDATE watch_slice SET credited_ms = credited_ms + 1": "told",
    "UPDATE watch_slice SET wall_from_ms = wall_from_ms - 3600000, "
    "wall_to_ms = wall_to_ms - 3600000": "outside of its lease",
    "UPDATE watch_slice SET wall_to_ms = wall_to_ms + 1000": "spent twice",
    "UPDATE watch_slice SET credited_ms = 86400000": "ms under leases",
}


def test_each_falsehood_is_named(tmp_path: Path, seed: int) -> None:
    with open_ground("sqlite") as ground, open_scene(ground, tmp_path, learners=CLIENTS) as scene:
        with (
            serving("wsgi:app", scene.variables) as served,
            Crowd(served.port, scene, seed) as crowd,
        ):
            crowd.wait_for_answers(100)
        ledger = crowd.ledger()
        before = hold_against(scene.database, ledger).faults
        assert before == ()
        for promise in _PROMISES:
            drop_trigger(scene.database, promise, "watch_slice")
        for falsehood, said in _FALSEHOODS.items():
            assert not any(said in fault for fault in before), said
            with scene.database.transaction() as session:
                session.execute(text("PRAGMA ignore_check_constraints = ON"))
                session.execute(text(falsehood))
            before = hold_against(scene.database, ledger).faults
            assert any(said in fault for fault in before), said
