"""Writes down who took the money of a period away as a file."""

from datetime import datetime

from sqlalchemy.orm import Session

from lms.audit.service import record
from lms.core.access import Actor
from lms.payments.domain.finance import FileForm, Period, Sum


def note_export(
    session: Session,
    *,
    actor: Actor,
    wanted: tuple[Period, FileForm],
    held: Sum,
    sha256: str,
    now: datetime,
) -> None:
    """Write down which days went out, in which form, how much it was and what the file hashes to.

    Call it before the file is handed out.
    """
    period, form = wanted
    record(
        session,
        actor_id=actor.person_id,
        action="order.finance_exported",
        subject=f"finance:{period.first}/{period.last}",
        details={
            "format": form.value,
            "rows": held.facts,
            "in_fen": held.in_fen,
            "out_fen": held.out_fen,
            "sha256": sha256,
        },
        at=now,
    )
