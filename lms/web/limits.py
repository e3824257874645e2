"""Limits how often something may be done; counts outlive restarts and rolled-back requests."""

from collections.abc import Iterable
from dataclasses import dataclass

import structlog
from sqlalchemy import delete, select, tuple_, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from lms.core.errors import TooMany
from lms.core.ids import digest
from lms.db.session import Database, now
from lms.settings import Settings
from lms.web.models import RateCounter

log = structlog.get_logger(__name__)

DAY = 86_400
HOUR = 3_600
# No window is longer than a day, so one that began two days ago is over for everybody.
_KEEP_SECONDS = 2 * DAY
_BATCH = 1_000


@dataclass(frozen=True, slots=True)
class Limit:
    """So many times in a window of so many seconds; no window is longer than a day."""

    name: str
    times: int
    seconds: int


@dataclass(frozen=True, slots=True)
class Use:
    """One use of a limit by one key (a phone, an address); the key is stored hashed."""

    limit: Limit
    key: str = ""

    @property
    def bucket(self) -> str:
        """Return the name of the counter."""
        return f"{self.limit.name}:{digest(self.key)[:32]}"

    def window(self, second: int) -> int:
        """Return when the window around the second began."""
        return second - second % self.limit.seconds


def spend(database: Database, *uses: Use) -> None:
    """Count the uses in a transaction of their own. Raises ``TooMany`` when one is over.

    Call it before the request's own transaction: what that one rolls back stays counted.
    """
    with database.transaction() as session:
        second = int(now(session).timestamp())
        # One order for everybody, so that two requests never wait for each other.
        counts = [
            (use, _count(session, use, second)) for use in sorted(uses, key=lambda use: use.bucket)
        ]
    over = [use for use, count in counts if count > use.limit.times]
    if over:
        log.warning("rate_limited", limits=[use.limit.name for use in over])
        wait = max(use.window(second) + use.limit.seconds - second for use in over)
        raise TooMany(
            "too_many",
            "That was too often. Please try again in %(minutes)s min.",
            retry_after=wait,
            minutes=max(1, -(-wait // 60)),
        )


def give_back(session: Session, uses: Iterable[Use]) -> None:
    """Take uses back that turned out to be rightful, in the caller's transaction."""
    second = int(now(session).timestamp())
    for use in sorted(uses, key=lambda use: use.bucket):
        session.execute(
            update(RateCounter)
            .where(
                RateCounter.bucket == use.bucket,
                RateCounter.window_start == use.window(second),
                RateCounter.count > 0,
            )
            .values(count=RateCounter.count - 1)
        )


def clear_old_counts(database: Database, _settings: Settings) -> None:
    """Delete a batch of counters whose windows ended long ago, the oldest first."""
    key = (RateCounter.bucket, RateCounter.window_start)
    with database.transaction() as session:
        before = int(now(session).timestamp()) - _KEEP_SECONDS
        over = session.execute(
            select(*key)
            .where(RateCounter.window_start < before)
            .order_by(RateCounter.window_start)
            .limit(_BATCH)
            .with_for_update(skip_locked=True)
        ).all()
        session.execute(
            delete(RateCounter)
            .where(tuple_(*key).in_([tuple(row) for row in over]))
            .execution_options(synchronize_session=False)
        )


def _count(session: Session, use: Use, second: int) -> int:
    """Add one in a single statement, so that parallel requests never share a count."""
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    insert = sqlite.insert if is_sqlite else postgresql.insert
    statement = insert(RateCounter).values(
        bucket=use.bucket, window_start=use.window(second), count=1
    )
    counted = statement.on_conflict_do_update(
        index_elements=["bucket", "window_start"], set_={"count": RateCounter.count + 1}
    ).returning(RateCounter.count)
    return int(session.scalars(counted).one())
