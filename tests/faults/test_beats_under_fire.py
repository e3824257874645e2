"""Beats under load while processes die: none lost, none twice, every total what its slices make."""

import os
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random

import pytest

from tests.faults.checking import Tally, hold_against
from tests.faults.ground import Ground, Scene, open_ground, open_scene
from tests.faults.players import CLIENTS, LEARNERS_EACH, Crowd, Ledger, dice
from tests.faults.stored import forget_key
from tests.support.cluster import Server
from tests.support.production import Served, serving
from tests.support.watchdog import alive

Strike = Callable[[Served, Random], None]
# No refusal may take as long as the server gives a statement, or a worker.
_PROMPTLY_SECONDS = 15
# Beats to be answered once it is over.
_AFTERWARDS = 100
# A crash costs two or three beats where commits do not wait for the disk; hardly ever none.
_SURELY_LOSING = 8


@dataclass(frozen=True, slots=True)
class Run:
    """Lets everybody watch while the site is struck; tells and returns what was counted."""

    folder: Path
    moments: int
    seed: int
    tell: Callable[[str], None]

    def __call__(
        self, ground: Ground, strike: Strike, *, program: str = "wsgi:app", forgets: bool = False
    ) -> tuple[Tally, Ledger]:
        with open_scene(ground, self.folder, learners=CLIENTS * LEARNERS_EACH) as scene:
            if forgets:
                forget_key(scene.database)
            try:
                ledger = self._under_fire(scene, program, strike)
            except BaseException as error:
                error.add_note(f"--seed {self.seed} repeats the moments of this run")
                raise
            tally = hold_against(scene.database, ledger)
        self.tell(f"{self.moments} moments, {tally.line()}; {ledger.line()}; seed {self.seed}")
        return tally, ledger

    def _under_fire(self, scene: Scene, program: str, strike: Strike) -> Ledger:
        """Strike at random moments, each time once beats are answered again."""
        chance = dice(self.seed, "strikes")
        with serving(program, scene.variables) as served:
            with Crowd(served.port, scene, self.seed) as crowd:
                for _ in range(self.moments):
                    crowd.wait_for_answers()
                    time.sleep(chance.uniform(0, 0.7))
                    strike(served, chance)
                crowd.wait_for_answers(_AFTERWARDS)
            return crowd.ledger()


@pytest.fixture
def run(
    request: pytest.FixtureRequest,
    tmp_path: Path,
    moments: int,
    seed: int,
    tell: Callable[[str], None],
) -> Run:
    name = request.node.name.removeprefix("test_").replace("_", " ")
    return Run(tmp_path, moments, seed, lambda line: tell(f"{name}: {line}"))


def kill_a_worker(served: Served, chance: Random) -> None:
    """End one of the processes that answer, as the kernel does that runs out of memory."""
    while not (running := [each for each in served.workers() if alive(each)]):
        time.sleep(0.01)
    os.kill(chance.choice(running), signal.SIGKILL)


def crash(database: Server) -> Strike:
    """Return what stops the database at once and starts it again a moment later."""

    def strike(served: Served, chance: Random) -> None:
        workers = served.workers()
        database.crash()
        time.sleep(chance.uniform(0, 0.5))
        database.start()
        assert served.workers() == workers, "the web server was not to be started again"

    return strike


def check(tally: Tally, ledger: Ledger) -> None:
    assert (tally.lost, tally.double, tally.unsent) == (0, 0, 0), tally.line()
    assert tally.sent == tally.acknowledged == tally.stored
    assert tally.faults == ()
    assert ledger.strange == []
    assert ledger.hung == 0
    assert max(ledger.refusals, default=0) < _PROMPTLY_SECONDS


def test_killed_workers_lose_no_beat_and_count_none_twice(engine: str, run: Run) -> None:
    with open_ground(engine) as ground:
        tally, ledger = run(ground, kill_a_worker)
    check(tally, ledger)
    assert ledger.broken > 0, "nobody noticed"


@pytest.mark.postgres
def test_a_crashing_database_loses_no_beat_and_counts_none_twice(run: Run) -> None:
    with open_ground("postgresql") as ground:
        tally, ledger = run(ground, crash(ground.server))
    check(tally, ledger)
    assert ledger.refusals, "nobody noticed"


def test_a_site_that_forgets_its_beats_is_found_out(engine: str, run: Run) -> None:
    """Shows that the checks above would see a beat that is counted twice."""
    with open_ground(engine) as ground:
        tally, _ = run(ground, kill_a_worker, program="tests.faults.careless:app", forgets=True)
    assert tally.double > 0
    assert tally.lost == 0


@pytest.mark.postgres
def test_a_database_that_acknowledges_too_early_is_found_out(run: Run) -> None:
    """Shows that the checks above would see a beat that is lost."""
    often = replace(run, moments=max(run.moments, _SURELY_LOSING))
    with open_ground("postgresql", synchronous_commit="off", wal_writer_delay="10s") as ground:
        tally, _ = often(ground, crash(ground.server))
    assert tally.lost > 0
    assert tally.double == 0
