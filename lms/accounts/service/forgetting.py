"""Deletes codes, half sign-ins and sign-ins that ended long ago, but nothing evidence names.

What evidence names loses the mark of its browser, which is no evidence of anything.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import Column, delete, exists, func, select, update
from sqlalchemy.orm import Session

from lms.accounts.domain import proofs
from lms.accounts.models import HalfSignIn, OneTimeCode, SignIn
from lms.db.base import Base
from lms.db.session import connection_of

# The newest row always stays: SQLite would give its id to the next one, and a browser may still
# hold an id from long ago as its proof of a phone number or as its sign-in.


def forget_proofs(
    session: Session, kind: type[OneTimeCode | HalfSignIn], *, now: datetime, limit: int
) -> None:
    """Delete at most ``limit`` proofs of the kind that were over long ago, the oldest first."""
    over = session.scalars(
        select(kind.id)
        .where(
            kind.expires_at < now - proofs.PROOFS_KEPT_FOR,
            kind.id < select(func.max(kind.id)).scalar_subquery(),
        )
        .order_by(kind.expires_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    ).all()
    session.execute(delete(kind).where(kind.id.in_(over)))


def forget_sign_ins(session: Session, *, after: int, now: datetime, limit: int) -> int:
    """Look at the next ``limit`` sign-ins behind an id and delete those long ended and unnamed.

    Those that stay no longer say in which browser they were: that is asked about a day, not a life.
    Return the id to go on after, 0 at the end of the table. Those kept as evidence only grow in
    number; going on, instead of searching from the first, keeps each round equally short.
    """
    ids = session.scalars(
        select(SignIn.id).where(SignIn.id > after).order_by(SignIn.id).limit(limit)
    ).all()
    if not ids:
        return 0
    over = SignIn.id.between(ids[0], ids[-1]) & (
        func.coalesce(SignIn.revoked_at, SignIn.expires_at) < now - proofs.SIGN_INS_KEPT_FOR
    )
    session.execute(
        delete(SignIn)
        .where(
            over,
            SignIn.id < select(func.max(SignIn.id)).scalar_subquery(),
            *(~exists().where(column == SignIn.id) for column in _naming_sign_ins()),
        )
        .execution_options(synchronize_session=False)
    )
    session.execute(
        update(SignIn)
        .where(over, SignIn.browser_hash.is_not(None))
        .values(browser_hash=None)
        .execution_options(synchronize_session=False)
    )
    return ids[-1] if len(ids) == limit else 0


def forget_sign_ins_of(session: Session, person_id: int) -> int:
    """Delete a person's sign-ins but those evidence names; return how many.

    Those that stay no longer say in which browser they were.
    """
    own = SignIn.person_id == person_id
    gone = connection_of(session).execute(
        delete(SignIn).where(
            own,
            SignIn.id < select(func.max(SignIn.id)).scalar_subquery(),
            *(~exists().where(column == SignIn.id) for column in _naming_sign_ins()),
        )
    )
    connection_of(session).execute(update(SignIn).where(own).values(browser_hash=None, device=""))
    return gone.rowcount


def _naming_sign_ins() -> list[Column[Any]]:
    """Return the columns of all features that name a sign-in: each row there is evidence."""
    return [
        key.parent
        for table in Base.metadata.tables.values()
        for key in table.foreign_keys
        if key.target_fullname == "sign_in.id"
    ]
