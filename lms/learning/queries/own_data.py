"""Reads all the site keeps about a person, as it stands in the tables, for the person to take."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from lms.accounts.gateway import Keys
from lms.accounts.service import banks, identities
from lms.db.base import Base
from lms.db.owned import Owned, owned_tables, rows_of

# What lets somebody in, what finds a number, and the right answer of a question that is still open.
_KEPT_BACK = frozenset(
    {
        *("password_hash", "token_hash", "browser_hash", "device_hash"),
        *("number_index", "account_index", "marks", "secret", "asked"),
    }
)
_PLACES = {"identity": identities.place, "bank_account": banks.place}

Plain = Mapping[str, Any]


def own_data(
    session: Session, person_id: int, *, keys: Keys
) -> Iterator[tuple[str, Iterator[Plain]]]:
    """Yield each table that holds rows of the person, with the rows; numbers in clear."""
    for name, owned in owned_tables(Base.metadata).items():
        yield name, _rows(session, owned, person_id, keys)


def _rows(session: Session, owned: Owned, person_id: int, keys: Keys) -> Iterator[Plain]:
    place = _PLACES.get(owned.table.name)
    for row in rows_of(session, owned, person_id):
        shown = {key: _plain(value) for key, value in row.items() if key not in _KEPT_BACK}
        if place is not None:
            shown["number"] = keys.vault.open(row["number"], place=place(person_id))
        yield shown


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, date | datetime) else value
