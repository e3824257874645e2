"""Killed between any two steps of claims: each has one effect, nothing is lost, all are paid."""

import os
import time
from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from random import Random

from sqlalchemy import func, select

from lms.accounts.gateway import keys_of
from lms.db.session import Database
from lms.settings import Settings
from lms.subsidy.models import PaymentBatch, SubsidyPayment
from lms.wiring import event_bus
from tests.factories.claims import make_claimant, make_reviewer
from tests.faults import claims_whole as whole
from tests.faults.claims_on_their_way import Road, count, go_on
from tests.faults.hasty_worker import Steps
from tests.support.databases import create_schema, fresh_url

CLAIMS, FEN = 3, 60_000
_NEVER = -1
_PATIENCE = 120
# Whoever walks is a process of its own that finds everything imported: that alone takes seconds.
_STARTED = get_context("forkserver")
_STARTED.set_forkserver_preload(["__main__", go_on.__module__])


def make_people(database: Database, settings: Settings) -> None:
    """Make two clerks, and learners who may claim."""
    with database.transaction() as session:
        make_reviewer(session), make_reviewer(session, name="鲁晓东")
        for _ in range(CLAIMS):
            make_claimant(session, keys_of(settings))


@dataclass(frozen=True, slots=True)
class Course:
    """At which moment each step of the whole way begins, and how many claims had taken by then.

    The last of each is the end.
    """

    begins: Sequence[int]
    taken: Sequence[int]

    def drawn(self, kills: int, seed: int) -> list[int]:
        """Draw moments; one of them is right before a step is durable, one right after."""
        random = Random(seed)  # noqa: S311 (no secret)
        drawn = {random.choice(self.begins[1:]) - 2, random.choice(self.begins[1:]) - 1}
        others = sorted(set(range(self.begins[-1])) - drawn)
        more = min(max(kills - len(drawn), 0), len(others))
        return sorted([*drawn, *random.sample(others, more)])

    def next_after(self, killed_at: int) -> int:
        """Return which step comes next after a kill; at its last moment a step is durable."""
        return bisect_right(self.begins, killed_at + 1) - 1


def course_of(engine: str, settings: Settings) -> Course:
    """Go the whole way once, on a database of its own, and count."""
    with fresh_url(engine, create_schema) as url:
        database = Database(url, bus=event_bus())
        make_people(database, settings)
        road, steps = Road(database, keys_of(settings)), Steps(Path(os.devnull), _NEVER)
        count(database, steps)
        begins, taken = [0], [0]
        for step in road.ahead():
            taken.append(road.taken)
            step()
            begins.append(steps.taken)
        database.dispose()
    return Course(begins, [*taken[1:], road.taken])


def walk(settings: Settings, halt_at: int) -> bool:
    """Let somebody go on; kill them once they halt, and tell whether they did."""
    marker = settings.data_dir / "halted"
    marker.unlink(missing_ok=True)
    process = _STARTED.Process(target=go_on, args=(settings, marker, halt_at))
    process.start()
    try:
        ends = time.monotonic() + _PATIENCE
        while process.is_alive() and not marker.exists():
            assert time.monotonic() < ends, "whoever walks did not come so far"
            time.sleep(0.02)
    finally:
        process.kill()
        process.join()
    assert marker.exists() or process.exitcode == 0, "whoever walks fell"
    return marker.exists()


def test_whoever_is_killed_between_two_steps_of_claims_loses_none_and_doubles_none(
    engine: str,
    database: Database,
    settings: Settings,
    moments: int,
    seed: int,
    tell: Callable[[str], None],
) -> None:
    course = course_of(engine, settings)
    make_people(database, settings)
    at, step = course.drawn(moments, seed), 0
    for moment in at:
        has_halted = walk(settings, moment - course.begins[step])
        assert has_halted, f"never came to moment {moment}, --seed {seed}"
        step = course.next_after(moment)
        taken = sum(each.version for each in whole.look(database).claims)
        # Another count: a step was lost or done twice, or a new process asks more than an old one.
        assert taken == course.taken[step], f"killed at moment {moment}, --seed {seed}"
    assert not walk(settings, _NEVER)
    assert_all_paid_once(database)
    tell(f"claims on {engine}: killed at {len(at)} of {course.begins[-1]} moments, seed {seed}")


def assert_all_paid_once(database: Database) -> None:
    """Make sure that each went the whole way once, and that batches and claims sum up to one."""
    known = whole.look(database)
    acts = [tuple(step.act for step in known.steps[each.id]) for each in known.claims]
    assert acts == [whole.SENT_BACK, whole.ROAD, whole.ROAD]
    assert [(each.state, each.paid_fen) for each in known.claims] == [("paid", FEN)] * CLAIMS
    things = {(each.person_id, each.occupation, each.level) for each in known.claims}
    assert len(things) == CLAIMS
    with database.snapshot() as session:
        paid = select(SubsidyPayment.claim_id).where(SubsidyPayment.state == "paid")
        assert sorted(session.scalars(paid)) == [each.id for each in known.claims]
        total = session.scalar(select(func.sum(PaymentBatch.total_fen)))
        back = session.scalar(
            select(func.sum(SubsidyPayment.amount_fen)).where(SubsidyPayment.state == "returned")
        )
    assert (total, back) == (FEN * (CLAIMS + 1), FEN)
