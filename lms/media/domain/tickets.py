"""The right to fetch one asset's files for a short while, bound to a person's signed-in browser."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from lms.core.access import Actor
from lms.core.errors import Forbidden

TICKET_LIFE = timedelta(hours=6)
_PARTS = 6


class Right(StrEnum):
    """What a ticket is good for."""

    WATCH = "watch"
    MANAGE = "manage"


@dataclass(frozen=True, slots=True)
class Ticket:
    """Who may fetch which version of which asset through which sign-in, and until when."""

    asset_id: str
    version: str
    person_id: int
    sign_in_id: int
    right: Right
    expires_at: datetime

    def to_payload(self) -> list[str | int]:
        """Return what is signed: short, for it stands in every media address."""
        moment = int(self.expires_at.timestamp())
        return [
            self.asset_id,
            self.version,
            self.person_id,
            self.sign_in_id,
            self.right.value,
            moment,
        ]


def ticket_from_payload(payload: object) -> Ticket:
    """Return the ticket again. Raises ``Forbidden`` where the shape is not ours."""
    if not isinstance(payload, Sequence) or len(payload) != _PARTS:
        raise invalid_ticket()
    asset_id, version, person_id, sign_in_id, right, moment = payload
    try:
        return Ticket(
            str(asset_id),
            str(version),
            int(person_id),
            int(sign_in_id),
            Right(right),
            datetime.fromtimestamp(int(moment), UTC),
        )
    except (TypeError, ValueError, OverflowError) as error:
        raise invalid_ticket() from error


def check_ticket(ticket: Ticket, actor: Actor | None, *, at: datetime) -> None:
    """Let the ticket's own person pass until it expires.

    Raises ``Forbidden`` for anyone else, for another sign-in of the same person, and afterwards.
    """
    holder = (ticket.person_id, ticket.sign_in_id)
    if actor is None or (actor.person_id, actor.sign_in_id) != holder:
        raise Forbidden(
            "ticket_not_yours",
            "This video address belongs to someone else. Please open the lesson yourself.",
        )
    if at >= ticket.expires_at:
        raise Forbidden(
            "ticket_expired",
            "This video address is too old. Load the lesson again to go on watching.",
        )


def invalid_ticket() -> Forbidden:
    """Return the refusal of a ticket that is not ours or not for this."""
    return Forbidden(
        "ticket_invalid", "This video address is damaged. Please open the lesson again."
    )
