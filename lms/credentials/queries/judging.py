"""Reads what a judgement rests on: our keys, our books, the published list."""

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from lms.credentials.models import Credential, IssuerKey, StatusList

_KEY = select(IssuerKey).where(
    IssuerKey.id == bindparam("name"), IssuerKey.controller == bindparam("controller")
)


def is_ours(session: Session, issuer: str) -> bool:
    """Tell whether the site ever signed under this name."""
    ours = select(IssuerKey.id).where(IssuerKey.controller == issuer).limit(1)
    return session.scalar(ours) is not None


def key_named(session: Session, address: str) -> IssuerKey | None:
    """Return the key under the whole address ``controller#name``, if it is ours."""
    controller, _, name = address.partition("#")
    return session.scalar(_KEY, {"name": name, "controller": controller})


def place_of(session: Session, credential_id: str) -> tuple[int, str]:
    """Return the place of a signed badge in its list, and the list as it was signed."""
    place, document = session.execute(
        select(Credential.status_index, StatusList.document)
        .join(StatusList, StatusList.number == Credential.status_list)
        .where(Credential.id == credential_id)
    ).one()
    return place or 0, document or ""


def list_document(session: Session, number: int) -> str | None:
    """Return a status list as it was signed."""
    return session.scalar(select(StatusList.document).where(StatusList.number == number))
