"""The machine's clock is set a day ahead or back: nobody gains from it, nobody loses by it."""

import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from sqlalchemy import update

from lms.progress.models import PlaybackLease
from tests.faults.ground import Scene, open_ground, open_scene
from tests.faults.moved_clock import MachineClock, clock_of
from tests.faults.players import Client, dice
from tests.support.production import serving

DAY = 86_400
GAP_CAP = 60


class Player:
    """A learner in front of the first video of a site on a machine with a clock of its own."""

    def __init__(self, client: Client, port: int, clock: MachineClock, item_id: int) -> None:
        self.client = client
        self.port = port
        self.clock = clock
        self.watcher = client.watchers[0]
        self.begun = time.monotonic()
        client.take_lease(self.watcher, item_id)

    def play(self, begin: int, end: int) -> float:
        """Report the seconds; return how many were credited."""
        answer = self.client.send_beat(self.watcher, {"played": [[begin, end]], "position": end})
        assert self.client.ledger.strange == []
        return float(answer["credited_seconds"])

    def passed(self) -> float:
        """Return the seconds that truly passed since the lease was asked for."""
        return time.monotonic() - self.begun


@contextmanager
def playing(engine: str, folder: Path) -> Iterator[tuple[Player, Scene]]:
    clock = MachineClock(folder)
    with (
        open_ground(engine) as ground,
        open_scene(ground, folder, learners=1) as scene,
        serving("tests.faults.on_moved_clock:app", scene.variables | clock.variables) as served,
    ):
        client = Client(served.port, scene.learners, scene.items, dice(0, "clock"))
        with closing(client):
            yield Player(client, served.port, clock, scene.items[0]), scene


def let_fifty_seconds_pass(scene: Scene) -> None:
    """On the clock of a PostgreSQL server, which no machine of the site can move."""
    earlier = {"started_at_ms": PlaybackLease.started_at_ms - 50_000}
    with scene.database.transaction() as session:
        session.execute(update(PlaybackLease).values(earlier))


@pytest.mark.postgres
def test_the_clock_of_the_sites_machine_changes_nothing_on_postgresql(tmp_path: Path) -> None:
    with playing("postgresql", tmp_path) as (player, scene):
        let_fifty_seconds_pass(scene)
        assert player.play(0, 10) == 10
        player.clock.move(DAY)
        assert clock_of(player.port) == pytest.approx(time.time() + DAY, abs=60)
        assert player.play(10, 20) == 10
        player.clock.move(-2 * DAY)
        assert clock_of(player.port) == pytest.approx(time.time() - DAY, abs=60)
        assert player.play(20, 30) == 10
        # Of the fifty seconds twenty are left, and what passed while the test ran.
        assert 20 <= player.play(30, 100) <= 20 + player.passed()


def test_a_clock_set_ahead_pays_no_more_than_one_gap(tmp_path: Path) -> None:
    with playing("sqlite", tmp_path) as (player, _):
        player.clock.move(15)
        assert player.play(0, 15) == 15
        player.clock.move(DAY)
        assert clock_of(player.port) == pytest.approx(time.time() + DAY + 15, abs=60)
        assert player.play(15, 500) == GAP_CAP
        assert player.play(500, 900) <= player.passed()
        player.clock.move(15)
        assert player.play(900, 915) == 15


@pytest.mark.parametrize("back", [30, DAY], ids=["half a minute", "a day"])
def test_a_clock_set_back_costs_no_more_than_one_beat(back: int, tmp_path: Path) -> None:
    with playing("sqlite", tmp_path) as (player, scene):
        player.clock.move(60)
        assert player.play(0, 60) == 60
        player.clock.move(-back)
        assert player.play(60, 75) <= 15
        player.clock.move(15)
        assert player.play(75, 90) == 15
        player.client.take_lease(player.watcher, scene.items[1])
        player.clock.move(15)
        assert player.play(0, 15) == 15
