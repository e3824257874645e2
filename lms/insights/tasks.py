"""What the worker does for figures: counts what changed since the last round."""

from time import monotonic

from lms.db.session import Database
from lms.insights.service import rounds
from lms.settings import Settings

# The other chores wait for it.
_ROUND_SECONDS = 10.0


def roll_up(database: Database, _settings: Settings) -> None:
    """Count people who changed, then hours, for a while; a halt in between loses nothing."""
    until = monotonic() + _ROUND_SECONDS
    rounds.one_round(database, goes_on=lambda: monotonic() < until)
