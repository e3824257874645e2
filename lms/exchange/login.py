"""Tells whose a token is, and how often it may be used."""

from flask import Flask

from lms.core.access import Bearer
from lms.core.clock import utc_now
from lms.core.errors import Message, TokenRefused
from lms.core.ids import digest
from lms.exchange import queries
from lms.exchange.domain import TokenState, read_scopes
from lms.web.access import database, know_tokens_by
from lms.web.client import address_prefix
from lms.web.limits import Limit, Use, spend

# A whole county of 200,000 enrollments is fetched in nine minutes.
PER_TOKEN = Limit("exchange.token", times=120, seconds=60)
# Of tokens that open nothing, from one network.
PER_NETWORK = Limit("exchange.refused", times=60, seconds=3600)

_REFUSALS = {
    None: Message("token_unknown", "We do not know this token."),
    TokenState.WAITING: Message("token_unapproved", "Nobody has approved this token yet."),
    TokenState.EXPIRED: Message(
        "token_expired", "This token is too old. Please ask for a new one."
    ),
    TokenState.REVOKED: Message("token_revoked", "This token was revoked."),
}


def init_tokens(app: Flask) -> None:
    """Let views that ask for a token find whose it is."""
    know_tokens_by(app, find_bearer)


def find_bearer(sent: str) -> Bearer:
    """Return whose token this is, and count its use.

    Raises ``TokenRefused`` for one that opens nothing, ``TooMany`` for one used too often.
    """
    with database().snapshot() as session:
        row = queries.token_by_hash(session, digest(sent))
    # Expiry to the minute is a matter of show; approval and revocation are exact.
    state = row.state_at(utc_now()) if row else None
    if row is None or state is not TokenState.GOOD:
        spend(database(), Use(PER_NETWORK, address_prefix()))
        said = _REFUSALS[state]
        raise TokenRefused(said.code, said.text)
    spend(database(), Use(PER_TOKEN, str(row.id)))
    return Bearer(
        row.id,
        row.institution_id,
        row.county_code,
        read_scopes(row.scopes),
        row.last_used_at,
    )
