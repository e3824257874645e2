"""Gives running numbers: none twice, and none before the transaction it belongs to is kept."""

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from lms.subsidy.models import RunningNumber


def next_numbers(session: Session, series: str, count: int) -> range:
    """Return the next ``count`` places of a series; others who want one wait for this commit."""
    if count == 0:
        return range(0)
    dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    first = dialect.insert(RunningNumber).values(series=series, last=count)
    raised = first.on_conflict_do_update(
        index_elements=["series"], set_={"last": RunningNumber.last + count}
    ).returning(RunningNumber.last)
    last = int(session.scalars(raised).one())
    return range(last - count + 1, last + 1)
