"""Seals numbers and secrets anew with the newest key, so that an older one can be taken away."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from lms.accounts.gateway import Vault
from lms.accounts.models import BankAccount, Identity, TotpSecret
from lms.accounts.service import banks, identities, totp


@dataclass(frozen=True, slots=True)
class SealedColumn:
    """A column of sealed texts: the key of its rows, and what a row's text is bound to."""

    key: InstrumentedAttribute[Any]
    text: InstrumentedAttribute[Any]
    place: Callable[[Any], str]


@dataclass(frozen=True, slots=True)
class SealedFiles:
    """The rows that name the sealed files of a folder, and which of them have theirs still."""

    key: InstrumentedAttribute[str]
    key_name: InstrumentedAttribute[str]
    has_file: ColumnElement[bool]


SEALED = (
    SealedColumn(Identity.person_id, Identity.number, identities.place),
    SealedColumn(BankAccount.person_id, BankAccount.number, banks.place),
    SealedColumn(TotpSecret.person_id, TotpSecret.secret, totp.place),
)


def reseal(
    session: Session, vault: Vault, column: SealedColumn, *, after: int | str | None, limit: int
) -> tuple[int, int | str | None]:
    """Seal the next rows anew, locked; return how many, and the key to go on after (``None``: end).

    What the newest key sealed already stays as it is.
    """
    rows = session.scalars(
        select(column.key.class_)
        .where(column.text.is_not(None), *([column.key > after] if after is not None else []))
        .order_by(column.key)
        .limit(limit)
        .with_for_update()
    ).all()
    count = 0
    for row in rows:
        stored = getattr(row, column.text.key)
        if not vault.is_newest(stored):
            key = getattr(row, column.key.key)
            plain = vault.open(stored, place=column.place(key))
            setattr(row, column.text.key, vault.seal(plain, place=column.place(key)))
            count += 1
    return count, getattr(rows[-1], column.key.key) if rows else None


def sealed_files(
    session: Session, files: SealedFiles, *, after: str, limit: int
) -> Sequence[tuple[str, str]]:
    """Return the next files behind an id, each with the key that sealed it first."""
    rows = session.execute(
        select(files.key, files.key_name)
        .where(files.key > after, files.has_file)
        .order_by(files.key)
        .limit(limit)
    )
    return [(row[0], row[1]) for row in rows]
