"""The one place that knows the time zone of days and reads the process clock."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

DEFAULT_ZONE = "Asia/Shanghai"


class _Zone:
    """The installation's time zone; set once when the application starts."""

    current = ZoneInfo(DEFAULT_ZONE)


def use_time_zone(name: str) -> None:
    """Make every calendar day of this process a day in the named zone."""
    _Zone.current = ZoneInfo(name)


def time_zone() -> ZoneInfo:
    """Return the installation's time zone."""
    return _Zone.current


def utc_now() -> datetime:
    """Return the process clock, for show and logs; what earns or expires uses the database's."""
    return datetime.now(UTC)


def rfc3339(at: datetime | None) -> str | None:
    """Return the moment in UTC as calls show it: ``2026-05-18T02:32:00Z``."""
    return None if at is None else at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def local_time(at: datetime) -> datetime:
    """Return the moment as the wall clock of the installation shows it."""
    return at.astimezone(_Zone.current)


def from_wall_clock(read: datetime) -> datetime:
    """Return the moment, in UTC, at which the installation's wall clock shows ``read``."""
    return read.replace(tzinfo=_Zone.current).astimezone(UTC)


def local_day(at: datetime) -> date:
    """Return the calendar day the moment falls in, in the installation's zone."""
    return local_time(at).date()


def day_bounds(day: date) -> tuple[datetime, datetime]:
    """Return the UTC moments at which the calendar day begins and ends."""
    start = datetime.combine(day, time(), _Zone.current)
    end = datetime.combine(day + timedelta(days=1), time(), _Zone.current)
    return start.astimezone(UTC), end.astimezone(UTC)


def completed_years(born: date, day: date) -> int:
    """Return the completed years of life on the day.

    Who was born on 29 February is a year older on 1 March in the years between.
    """
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))
