"""Lets holders choose what strangers see of them."""

from sqlalchemy import update
from sqlalchemy.orm import Session

from lms.core.access import Actor
from lms.core.errors import NotFound
from lms.credentials.models import Credential


def choose_name(session: Session, *, actor: Actor, credential_id: str, shows: bool) -> None:
    """Show the holder's whole name on the check page or a part of it.

    Raises ``NotFound`` for a badge of somebody else.
    """
    own = (Credential.id == credential_id, Credential.person_id == actor.person_id)
    changed = session.connection().execute(update(Credential).where(*own).values(shows_name=shows))
    if changed.rowcount != 1:
        raise NotFound
