"""Makes, approves and ends tokens of other systems, and writes down what they fetch."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from lms.accounts.service.security import require_confirmed
from lms.audit.domain import Details
from lms.audit.service import record
from lms.core.access import Actor, Bearer, Permission, TokenScope
from lms.core.clock import local_day
from lms.core.errors import Conflict, Forbidden, NotFound
from lms.core.ids import digest, new_token
from lms.exchange import queries
from lms.exchange.domain import (
    SHOWN_SIGNS,
    USE_NOTED_EVERY,
    NewToken,
    PullKind,
    TokenState,
    read_scopes,
    written_scopes,
)
from lms.exchange.models import AccessToken, ExchangePull

_KEY = ("token_id", "day", "kind")


@dataclass(frozen=True, slots=True)
class Made:
    """A token that was made, and its text, which nobody can show again."""

    row: AccessToken
    token: str


def make_token(session: Session, *, actor: Actor, new: NewToken, now: datetime) -> Made:
    """Make a token that opens nothing before somebody else approves it.

    Raises ``ConfirmationNeeded`` where the actor has not proved within ten minutes that it is
    them, ``NotFound`` for a county and institution out of reach.
    """
    require_confirmed(session, actor, now=now)
    scopes = actor.scopes_for(Permission.EXCHANGE_OPEN)
    if not queries.is_in_reach(scopes, new.institution_id, new.county_code):
        raise NotFound
    token = new_token()
    row = AccessToken(
        institution_id=new.institution_id,
        county_code=new.county_code,
        system=new.system,
        scopes=written_scopes(new.scopes),
        token_hash=digest(token),
        beginning=token[:SHOWN_SIGNS],
        days=new.days,
        created_by_id=actor.person_id,
        created_at=now,
    )
    session.add(row)
    session.flush()
    _write_down(session, actor.person_id, "exchange.made", row, now)
    return Made(row, token)


def approve_token(session: Session, *, actor: Actor, token_id: int, now: datetime) -> AccessToken:
    """Let a token that somebody else made work.

    Raises ``ConfirmationNeeded`` as above, ``NotFound`` out of reach, ``Forbidden`` for one's own,
    ``Conflict`` where it does not wait any more.
    """
    require_confirmed(session, actor, now=now)
    row = queries.token_in_reach(session, actor, token_id)
    if row.created_by_id == actor.person_id:
        raise Forbidden("own_token", "Two people are needed: somebody else has to approve this.")
    if row.state_at(now) is not TokenState.WAITING:
        raise Conflict("token_not_waiting", "This token does not wait for approval any more.")
    row.approved_by_id, row.approved_at = actor.person_id, now
    _write_down(session, actor.person_id, "exchange.approved", row, now)
    return row


def end_token(session: Session, *, actor: Actor, token_id: int, now: datetime) -> TokenState:
    """Revoke a token, or refuse one that waits for approval; return what it was before.

    Raises ``ConfirmationNeeded`` as above, ``NotFound`` out of reach, ``Conflict`` where it was
    ended meanwhile.
    """
    require_confirmed(session, actor, now=now)
    row = queries.token_in_reach(session, actor, token_id)
    before = row.state_at(now)
    if before is TokenState.REVOKED:
        raise Conflict("token_ended", "This token was ended meanwhile.")
    row.revoked_by_id, row.revoked_at = actor.person_id, now
    step = "exchange.revoked" if row.approved_at else "exchange.refused"
    _write_down(session, actor.person_id, step, row, now)
    return before


def note_pull(
    session: Session, *, bearer: Bearer, kind: PullKind, rows: int, now: datetime
) -> None:
    """Count a request and its rows; the first of its kind on a day goes into the log of acts.

    A system asks ten thousand times a day: one chained entry each would queue all who write there.
    """
    _note_used(session, bearer, now)
    day = local_day(now)
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    insert = sqlite.insert if is_sqlite else postgresql.insert
    values = {"token_id": bearer.token_id, "day": day, "kind": kind}
    counted = (
        insert(ExchangePull)
        .values(**values, requests=1, rows_given=rows)
        .on_conflict_do_update(
            index_elements=_KEY,
            set_={
                "requests": ExchangePull.requests + 1,
                "rows_given": ExchangePull.rows_given + rows,
            },
        )
        .returning(ExchangePull.requests)
    )
    if session.scalars(counted).one() == 1:
        row = session.get_one(AccessToken, bearer.token_id)
        details: Details = {"kind": kind.value, "starts_on": day.isoformat(), "rows": rows}
        _write_down(session, row.created_by_id, "exchange.pulled", row, now, details)


def _note_used(session: Session, bearer: Bearer, now: datetime) -> None:
    """Keep "last used" right to the hour; who knows it to be fresh asks nothing."""
    before = now - USE_NOTED_EVERY
    if bearer.last_used_at is not None and bearer.last_used_at > before:
        return
    seen = AccessToken.last_used_at
    session.execute(
        update(AccessToken)
        .where(AccessToken.id == bearer.token_id, or_(seen.is_(None), seen <= before))
        .values(last_used_at=now)
    )


def _write_down(
    session: Session,
    actor_id: int,
    action: str,
    row: AccessToken,
    now: datetime,
    details: Details | None = None,
) -> None:
    session.flush()
    what: Details = details or {
        "system": row.system,
        "institution": row.institution_id,
        "county": row.county_code,
        "scopes": ",".join(scope for scope in TokenScope if scope in read_scopes(row.scopes)),
        "days": row.days,
    }
    record(
        session,
        actor_id=actor_id,
        action=action,
        subject=f"access_token:{row.id}",
        details=what,
        at=now,
    )
