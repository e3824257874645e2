"""Reads what each programme lays down about counting time."""

from functools import cache

from lms.catalog.gateway import known_programmes
from lms.progress.domain.settings import CountingSettings


@cache
def counting_of(programme: str | None) -> CountingSettings:
    """Return the settings of a programme by its slug; the usual ones for a course of none.

    Raises ``ValueError`` naming a setting that is unknown or does not fit.
    """
    known = known_programmes().get(programme or "")
    return CountingSettings().overridden(known.counting if known else {})
