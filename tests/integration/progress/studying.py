"""Lets a learner study and an administrator act, in the fewest words."""

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import select, update

from lms.core.access import Actor, Grant, Role, Scope, ScopeKind
from lms.db.session import Database, now
from lms.progress import service
from lms.progress.domain.ledger import COLUMNS
from lms.progress.domain.recount import differences, recount
from lms.progress.domain.report import PlayerReport
from lms.progress.domain.spans import Spans
from lms.progress.domain.state import Beat, PlayerState
from lms.progress.models import MaterialProgress, StudyClock, WatchSlice
from tests.factories.accounts import COUNTY, make_person, make_sign_in
from tests.integration.progress.conftest import Clock
from tests.support.beats import send_beat

_NEVER_MS = 10**12


class Player:
    """One person's player: takes leases and sends reports, on the test's clock."""

    def __init__(self, database: Database, clock: Clock, actor: Actor) -> None:
        self.database, self.clock, self.actor = database, clock, actor
        self.lease, self.seq = "", 0

    def open(self, item_id: int, actor: Actor | None = None) -> None:
        """Take the lease on an item."""
        with self.database.transaction() as session:
            reply = service.take_lease(session, actor=actor or self.actor, item_id=item_id)
            # Nobody is asked whether they are still there.
            session.execute(update(StudyClock).values(prompt_in_ms=_NEVER_MS))
        self.lease, self.seq = reply.lease, 0

    def play(self, begin: float, end: float, *, state: PlayerState = PlayerState.PLAYING) -> None:
        """Report a stretch of seconds."""
        self.seq += 1
        beat = Beat(self.seq, ((round(begin * 1000), round(end * 1000)),), state)
        send_beat(self.database, self.actor, self.lease, PlayerReport(beat, round(end * 1000)))

    def lose(self, item_id: int, seconds: float) -> None:
        """Study the item with the line away: the first minute counts, the rest is ``gap``."""
        self.open(item_id)
        self.clock.seconds += seconds
        self.play(0, seconds)


def make_administrator(
    database: Database, name: str, county: str = COUNTY, *, proved_at: datetime | None = None
) -> Actor:
    """Return an administrator of a county who has just proved who they are."""
    with database.transaction() as session:
        person = make_person(session, name=name, county_code=county)
        signed_in = make_sign_in(session, person, confirmed_at=proved_at or now(session))
        grant = Grant(Role.ADMINISTRATOR, Scope(ScopeKind.COUNTY, county))
        return Actor(person.id, person.name, (grant,), signed_in.id)


def at(clock: Clock, seconds: float = 0) -> datetime:
    """Return the moment so many seconds after the test's clock."""
    return datetime.fromtimestamp(clock.ms / 1000, UTC) + timedelta(seconds=seconds)


def sets_of(database: Database, person_id: int) -> dict[int, Any]:
    """Return the person's sums by material."""
    with database.snapshot() as session:
        rows = session.scalars(
            select(MaterialProgress).where(MaterialProgress.person_id == person_id)
        )
        return {row.material_id: row for row in rows}


def assert_in_step(database: Database, person_id: int) -> None:
    """The sums beside the ledger are the sums of the ledger, and the sets nest."""
    with database.snapshot() as session:
        entries = session.scalars(
            select(WatchSlice).where(WatchSlice.person_id == person_id).order_by(WatchSlice.id)
        ).all()
        clock = session.get_one(StudyClock, person_id)
    for material_id, row in sets_of(database, person_id).items():
        mine = [each for each in entries if each.material_id == material_id]
        assert sum(each.credited_ms for each in mine) == row.credited_ms
        assert sum(each.seen_ms for each in mine) == row.seen_ms
        granted = sum(each.credited_ms for each in mine if each.request_id is not None)
        assert granted == row.granted_ms
        seen, credited = Spans.of(row.seen), Spans.of(row.credited)
        assert (seen.size, credited.size) == (row.seen_ms, row.credited_ms)
        assert not credited.minus(seen)
    counted = recount({name: getattr(each, name) for name in COLUMNS} for each in entries)
    assert counted.amounts_differ_at is None
    kept = {key: vars(row) for key, row in sets_of(database, person_id).items()}
    assert differences(counted, kept) == {}
    numbers = [each.number for each in entries]
    assert numbers == list(range(1, len(entries) + 1))
    assert (clock.entries, clock.head) == (len(entries), entries[-1].chain_hash)
