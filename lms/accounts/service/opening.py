"""Opens the numbers of many people for one list, of which it is written down who asked and why."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from lms.accounts.gateway import Keys
from lms.accounts.service import banks, identities
from lms.audit.service import record


@dataclass(frozen=True, slots=True)
class Opening:
    """That secrets are opened: for which export, by whom (``None``: the operator) and what for."""

    export: str
    by_id: int | None
    purpose: str
    keys: Keys


def write_down_opening(session: Session, opening: Opening, *, rows: int, now: datetime) -> None:
    """Write down that the numbers of a list are opened, before any is; one act for all its rows."""
    record(
        session,
        actor_id=opening.by_id,
        action="numbers.opened",
        subject=opening.export,
        details={"purpose": opening.purpose, "rows": rows},
        at=now,
    )


def open_identities(
    opened_for: Opening, sealed: Iterable[tuple[int, str | None]]
) -> Sequence[str | None]:
    """Return the identity numbers of people; nothing where there is none that may be opened."""
    vault = opened_for.keys.vault
    return [
        None if text is None else vault.open(text, place=identities.place(person))
        for person, text in sealed
    ]


def open_accounts(
    opened_for: Opening, sealed: Iterable[tuple[int, str | None]]
) -> Sequence[str | None]:
    """Return the bank accounts of people; nothing where there is none that may be opened."""
    vault = opened_for.keys.vault
    return [
        None if text is None else vault.open(text, place=banks.place(person))
        for person, text in sealed
    ]
