"""Signs and reads media tickets; who may have one is for the feature that issues it."""

from datetime import datetime
from typing import Protocol

from itsdangerous import BadData, URLSafeSerializer

from lms.core.access import Actor
from lms.media.domain.tickets import (
    TICKET_LIFE,
    Right,
    Ticket,
    check_ticket,
    invalid_ticket,
    ticket_from_payload,
)
from lms.media.queries import AssetFacts, Playable

_SALT = "media.ticket"


class Served(Protocol):
    """What a ticket is issued for; both kinds of facts in ``queries`` fit."""

    @property
    def asset_id(self) -> str:
        """Return the asset's id."""

    @property
    def version(self) -> str | None:
        """Return which set of files is served now."""


def issue_ticket(
    secret_key: str, asset: AssetFacts | Playable, actor: Actor, *, right: Right, at: datetime
) -> str:
    """Return a ticket for the asset's files, good for six hours from ``at``.

    It works only for this person in this signed-in browser. The caller has made sure that the
    person may watch (enrolled, item open) or manage (own course) the video.
    """
    ticket = Ticket(
        asset.asset_id,
        asset.version or "",
        actor.person_id,
        actor.sign_in_id,
        right,
        at + TICKET_LIFE,
    )
    return str(_signer(secret_key).dumps(ticket.to_payload()))


def read_ticket(secret_key: str, token: str, *, actor: Actor | None, at: datetime) -> Ticket:
    """Return what the ticket allows the actor at this moment.

    Raises ``Forbidden`` where it was tampered with, has expired or is someone else's.
    """
    try:
        payload = _signer(secret_key).loads(token)
    except BadData as error:
        raise invalid_ticket() from error
    ticket = ticket_from_payload(payload)
    check_ticket(ticket, actor, at=at)
    return ticket


def managed_asset(secret_key: str, token: str | None, *, actor: Actor, at: datetime) -> str | None:
    """Return the id of the asset the ticket lets the actor manage; ``None`` without a ticket.

    Raises ``Forbidden`` for a ticket that is not good, or good for watching alone.
    """
    if token is None:
        return None
    ticket = read_ticket(secret_key, token, actor=actor, at=at)
    if ticket.right is not Right.MANAGE:
        raise invalid_ticket()
    return ticket.asset_id


def _signer(secret_key: str) -> URLSafeSerializer:
    return URLSafeSerializer(secret_key, salt=_SALT)
