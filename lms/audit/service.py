"""Writes acts down at the end of the chain."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from lms.audit.domain import GENESIS, Act, Details, chain_hash
from lms.audit.models import AuditEntry, AuditHead


@dataclass(frozen=True, slots=True)
class NewAct:
    """An act to append; ``actor_id`` is ``None`` where the site itself acted."""

    actor_id: int | None
    action: str
    subject: str
    details: Details


def record(
    session: Session,
    *,
    actor_id: int | None,
    action: str,
    subject: str,
    details: Details | None = None,
    at: datetime,
) -> AuditEntry:
    """Append an act in the caller's transaction; ``subject`` is ``kind:id``.

    Writers queue at the head row until they commit, so keep what follows short.
    Details hold no floats (``TypeError``) and nothing secret.
    """
    head = _locked_head(session)
    act = Act(head.number + 1, at, actor_id, action, subject, dict(details or {}))
    entry = AuditEntry(
        id=act.number,
        at=at,
        actor_id=actor_id,
        action=action,
        subject=subject,
        details=dict(act.details),
        prev_hash=head.hash,
        hash=chain_hash(head.hash, act),
    )
    session.add(entry)
    head.number, head.hash = entry.id, entry.hash
    session.flush()
    return entry


def record_many(session: Session, acts: Sequence[NewAct], *, at: datetime) -> None:
    """Append acts, in their order, in the caller's transaction; as ``record``, but at once."""
    head = _locked_head(session)
    rows = []
    for new in acts:
        act = Act(head.number + 1, at, new.actor_id, new.action, new.subject, dict(new.details))
        previous, head.number = head.hash, act.number
        head.hash = chain_hash(previous, act)
        rows.append(
            {
                "id": act.number,
                "at": at,
                "actor_id": act.actor_id,
                "action": act.action,
                "subject": act.subject,
                "details": dict(act.details),
                "prev_hash": previous,
                "hash": head.hash,
            }
        )
    if rows:
        session.execute(insert(AuditEntry), rows)
    session.flush()


def _locked_head(session: Session) -> AuditHead:
    dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    first = dialect.insert(AuditHead).values(id=1, number=0, hash=GENESIS)
    session.execute(first.on_conflict_do_nothing())
    return session.scalars(
        select(AuditHead).with_for_update().execution_options(populate_existing=True)
    ).one()
