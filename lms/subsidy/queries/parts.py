"""What the parts of the one statement of a dossier share: their columns and whom they are of."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Date,
    Select,
    String,
    and_,
    bindparam,
    cast,
    literal,
    null,
    or_,
    select,
)
from sqlalchemy.orm import InstrumentedAttribute

from lms.db.among import among
from lms.db.base import UtcDateTime
from lms.enrollment.domain import LIVE
from lms.enrollment.models import Enrollment
from lms.payments.queries import is_seat_lost

# Parts of different shape share these columns; a part leaves empty what it has no use for.
_COLUMNS: Mapping[str, Any] = {
    **dict.fromkeys(("n1", "n2", "n3"), BigInteger()),
    **dict.fromkeys(("t1", "t2", "t3", "t4"), String()),
    **dict.fromkeys(("at1", "at2"), UtcDateTime()),
    **dict.fromkeys(("day", "day2"), Date()),
}


def part(
    tag: str,
    person: ColumnElement[Any] | InstrumentedAttribute[int],
    **given: Any,  # noqa: ANN401 (columns)
) -> Select[Any]:
    """Return a part with its tag; columns it has no use for stay empty."""
    empty = {name: cast(null(), kind) for name, kind in _COLUMNS.items()}
    columns = [column.label(name) for name, column in {**empty, **given}.items()]
    return select(literal(tag).label("part"), person.label("person_id"), *columns)


# The name under which the people are given.
PEOPLE = "people"
# The moment before which something was known, where that is asked.
UNTIL = "until"
NOBODY = cast(null(), BigInteger())
# What these people study for now; and then, when they had not left it yet. What was paid for and
# paid back counts for nothing.
_OWN = and_(among(Enrollment.person_id, PEOPLE), ~is_seat_lost(Enrollment.id))
TAKES = and_(_OWN, Enrollment.status.in_(LIVE))
TOOK = and_(_OWN, or_(Enrollment.status.in_(LIVE), Enrollment.ended_at >= bindparam(UNTIL)))
