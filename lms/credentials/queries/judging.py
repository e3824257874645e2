"""Reads what a judgement rests on: our keys, our books, the published list."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.credentials.models import Credential, IssuerKey, StatusList


@dataclass(frozen=True, slots=True)
class Judged:
    """A badge as it stands in our books, with the list it is in."""

    state: str
    valid_until: datetime | None
    document: str | None
    status_index: int
    list_document: str | None


def is_ours(session: Session, issuer: str) -> bool:
    """Tell whether the site ever signed under this name."""
    ours = select(IssuerKey.id).where(IssuerKey.controller == issuer).limit(1)
    return session.scalar(ours) is not None


def key_named(session: Session, address: str) -> IssuerKey | None:
    """Return the key under the whole address ``controller#name``, if it is ours."""
    controller, _, name = address.partition("#")
    return session.scalar(
        select(IssuerKey).where(IssuerKey.id == name, IssuerKey.controller == controller)
    )


def judged(session: Session, credential_id: str) -> Judged | None:
    """Return the badge with its list."""
    row = session.execute(
        select(
            *(Credential.state, Credential.valid_until, Credential.document),
            *(Credential.status_index, StatusList.document),
        )
        .join(StatusList, StatusList.number == Credential.status_list)
        .where(Credential.id == credential_id)
    ).one_or_none()
    return Judged(row[0], row[1], row[2], row[3] or 0, row[4]) if row else None


def list_document(session: Session, number: int) -> str | None:
    """Return a status list as it was signed."""
    return session.scalar(select(StatusList.document).where(StatusList.number == number))
