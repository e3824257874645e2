"""What moving a county's month of claims costs: python -m bench.claims [claims] [--engine E].

Run by hand. Each step is the one transaction a click at the desk waits for.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from time import perf_counter

from sqlalchemy import select
from sqlalchemy.orm import Session

from bench.databases import ENGINES, fresh_database
from bench.figures import Figure, amount
from bench.servers import ROOT
from lms.accounts.gateway import Keys, keys_of
from lms.core.access import Actor
from lms.db.session import Database, now
from lms.settings import Settings
from lms.subsidy import service
from lms.subsidy.domain.claim_states import ClaimAct
from lms.subsidy.gateway import shelf
from lms.subsidy.models import SubsidyClaim
from lms.subsidy.service import Move
from lms.wiring import event_bus
from tests.factories.claims import make_claim, make_claimant, make_reviewer
from tests.factories.notices import make_listed
from tests.factories.payments import answer, let_go, make_batch, paid
from tests.support.databases import create_schema
from tests.support.site import settings_for_test

CLAIMS = 2_000
# Whoever clicks has a page that says it is working; longer than this nobody believes it.
_SECONDS = 20.0
_AT_ONCE = 50
_AFTER = timedelta(days=15)


def main(claims: int, engine: str) -> None:
    """Hand claims in, then move all of them step by step until they are paid."""
    (ROOT / "var").mkdir(exist_ok=True)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(dir=ROOT / "var")))
        # The database server is another user.
        folder.chmod(0o711)
        url = stack.enter_context(fresh_database(engine, folder))
        create_schema(url)
        database, settings = Database(url, bus=event_bus()), settings_for_test(folder, url)
        for figure in _figures(database, settings, claims):
            print(figure.line(), flush=True)
        database.dispose()


def _figures(database: Database, settings: Settings, claims: int) -> Iterator[Figure]:
    road = _Road(keys_of(settings))
    with database.transaction() as session:
        two = make_reviewer(session), make_reviewer(session, name="鲁晓东")
    for _ in range(0, claims, _AT_ONCE):
        with database.transaction() as session:
            for _ in range(min(_AT_ONCE, claims)):
                make_claim(session, make_claimant(session, road.keys))
    steps = (road.look, road.look_again, road.publish, road.approve, road.prepare, road.let_go)
    for step in (*steps, road.settle):
        begun = perf_counter()
        with database.transaction() as session:
            step(session, *two)
        name = step.__name__
        yield amount(f"{name}_{claims}_claims", round(perf_counter() - begun, 1), "s", _SECONDS)


@dataclass
class _Road:
    """What becomes of all claims, a step a click of one of two people."""

    keys: Keys
    notice: str = ""
    batch_id: int = 0

    def look(self, session: Session, first: Actor, _second: Actor) -> None:
        """Let the one pass them."""
        _move_all(session, ClaimAct.FIRST_LOOK, first)

    def look_again(self, session: Session, _first: Actor, second: Actor) -> None:
        """Let the other pass them."""
        _move_all(session, ClaimAct.SECOND_LOOK, second)

    def publish(self, session: Session, first: Actor, _second: Actor) -> None:
        """Hang them out."""
        self.notice = make_listed(session, first, self.keys).number

    def approve(self, session: Session, _first: Actor, second: Actor) -> None:
        """Approve them when the list has hung long enough."""
        later = now(session) + _AFTER
        done = service.approve_notice(session, second, self.notice, shelf=shelf(), now=later)
        assert not done.refused

    def prepare(self, session: Session, first: Actor, _second: Actor) -> None:
        """Put them into a batch."""
        approved = session.scalars(select(SubsidyClaim.id)).all()
        self.batch_id = make_batch(session, first, approved).batch.id

    def let_go(self, session: Session, _first: Actor, second: Actor) -> None:
        """Let the batch go to the bank."""
        let_go(session, second, self.batch_id)

    def settle(self, session: Session, first: Actor, _second: Actor) -> None:
        """Take down that the bank paid all of it."""
        answer(session, first, self.batch_id, *paid(session, self.batch_id))


def _move_all(session: Session, act: ClaimAct, by: Actor) -> None:
    moves = [Move(each, act, by.person_id) for each in session.scalars(select(SubsidyClaim.id))]
    done = service.advance(session, moves, shelf=shelf(), now=now(session))
    assert not done.refused


if __name__ == "__main__":
    given = argparse.ArgumentParser(description=__doc__)
    given.add_argument("claims", type=int, nargs="?", default=CLAIMS)
    given.add_argument("--engine", choices=ENGINES, default="sqlite")
    asked = given.parse_args()
    main(asked.claims, asked.engine)
