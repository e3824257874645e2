"""Reads the chain from its first entry to its head and says where it breaks."""

from contextlib import closing
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.orm import Session

from lms.audit.domain import GENESIS, chain_hash
from lms.audit.models import AuditEntry, AuditHead
from lms.core.clock import rfc3339

_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Check:
    """What a walk along the chain found; ``fault`` names the first bad row."""

    entries: int
    head: str
    fault: str | None = None


@dataclass(frozen=True, slots=True)
class Head:
    """The end of the chain: so many entries, the hash over them all, when the last was made."""

    number: int
    hash: str
    at: datetime | None


def last_act(session: Session, *, action: str, subject: str) -> datetime | None:
    """Return when this was last done to it."""
    wanted = select(AuditEntry.at).where(AuditEntry.subject == subject, AuditEntry.action == action)
    return session.scalar(wanted.order_by(AuditEntry.id.desc()).limit(1))


def verify(session: Session, *, anchor: str | None = None) -> Check:
    """Recompute every hash; ``anchor`` is a head written down earlier that must still occur."""
    number, last, anchored = 0, GENESIS, anchor in (None, GENESIS)
    rows = session.scalars(
        select(AuditEntry).order_by(AuditEntry.id).execution_options(yield_per=_AT_ONCE)
    )
    with closing(rows):
        for entry in rows:
            fault = _fault(entry, number + 1, last)
            if fault is not None:
                return Check(number, last, fault)
            number, last = entry.id, entry.hash
            anchored = anchored or last == anchor
            session.expunge(entry)
    return Check(number, last, _end_fault(session, number, last) or _anchor_fault(anchored))


def _fault(entry: AuditEntry, number: int, previous: str) -> str | None:
    if entry.id != number:
        return f"row {number} is missing"
    if entry.prev_hash != previous:
        return f"row {entry.id} does not follow row {entry.id - 1}"
    if entry.hash != chain_hash(previous, entry.act):
        return f"row {entry.id} was changed"
    return None


def _end_fault(session: Session, number: int, last: str) -> str | None:
    head = session.get(AuditHead, 1)
    known = (head.number, head.hash) if head else (0, GENESIS)
    if known == (number, last):
        return None
    if known[0] > number:
        return f"row {number + 1} is missing: the end was cut off"
    return f"row {known[0] + 1} was added past the head"


def _anchor_fault(anchored: bool) -> str | None:  # noqa: FBT001 (a fact, not a choice)
    return None if anchored else "the head written down earlier is not in the chain"


def head(session: Session) -> Head:
    """Return the end of the chain as it stands, to be kept somewhere else."""
    row = session.execute(
        select(AuditHead.number, AuditHead.hash, AuditEntry.at).outerjoin(
            AuditEntry, AuditEntry.id == AuditHead.number
        )
    ).one_or_none()
    return Head(*row) if row else Head(0, GENESIS, None)


def head_document(found: Head, site: str) -> dict[str, str | int | None]:
    """Return the end of the chain as it is handed out."""
    return {
        "site": site,
        "entries": found.number,
        "head": found.hash,
        "at": rfc3339(found.at),
    }


def was_noted(actor_id: int, *, action: str, subject: str, since: datetime) -> ColumnElement[bool]:
    """Return whether the actor did it to the subject since then, as a part of a statement."""
    return exists().where(
        AuditEntry.subject == subject,
        AuditEntry.actor_id == actor_id,
        AuditEntry.action == action,
        AuditEntry.at >= since,
    )
