"""Hands the file of a batch out: whole account numbers, for a purpose that is written down."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import Row
from sqlalchemy.orm import Session

from lms.accounts.gateway import Keys
from lms.accounts.service import banks
from lms.accounts.service.security import require_confirmed
from lms.audit.service import record
from lms.core.access import Actor, Permission
from lms.core.clock import local_day
from lms.core.errors import Conflict
from lms.subsidy import queries
from lms.subsidy.domain.payment_files import FileOrder, Head, Transfer
from lms.subsidy.domain.payments import payment_number
from lms.subsidy.gateway.payment_files import write_transfers
from lms.subsidy.models import PaymentBatch


@dataclass(frozen=True, slots=True)
class BankFile:
    """A finished file and the name it is saved under."""

    name: str
    data: bytes


def take_file(
    session: Session,
    actor: Actor,
    *,
    batch_id: int,
    order: FileOrder,
    keys: Keys,
    now: datetime,
) -> BankFile:
    """Return the file of a batch that went out; that it was taken is written down, no number is.

    Raises ``NotFound`` out of reach, ``ConfirmationNeeded`` without a fresh proof and ``Conflict``
    before the batch was let go.
    """
    require_confirmed(session, actor, now=now)
    batch = queries.batch_in_reach(session, actor, batch_id, Permission.SUBSIDY_PAY)
    if batch.released_at is None:
        raise Conflict("batch_not_sent", "This batch did not go out yet.")
    head = Head(f"职业培训补贴拨付表 {batch.number}", local_day(batch.released_at))
    data = write_transfers(order.form, head, _transfers(session, batch, keys))
    record(
        session,
        actor_id=actor.person_id,
        action="payment_batch.taken",
        subject=f"payment_batch:{batch.id}",
        details={
            "number": batch.number,
            "format": order.form.value,
            "rows": batch.rows,
            "total_fen": batch.total_fen,
            "sha256": sha256(data).hexdigest(),
            "purpose": order.purpose,
        },
        at=now,
    )
    return BankFile(f"{batch.number}.{order.form}", data)


def _transfers(session: Session, batch: PaymentBatch, keys: Keys) -> Iterator[Transfer]:
    for row in queries.file_rows(session, batch.id):
        # Another account than the one that was looked at gets nothing.
        is_same = row.number_index == row.account_index
        yield Transfer(
            number=payment_number(batch.number, row.id),
            claim=row.number or "",
            payee=(row.holder if is_same else row.name) or row.name,
            bank=row.bank,
            account=_account(row, keys) if is_same else "",
            amount_fen=row.amount_fen,
            work=row.work_type,
            instalment=(row.instalment, row.instalments),
        )


def _account(row: Row[*tuple[Any, ...]], keys: Keys) -> str:
    return keys.vault.open(row.sealed, place=banks.place(row.person_id))
