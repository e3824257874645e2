"""Makes badges: reserves their places, signs and checks them, keeps what was signed."""

import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import structlog
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from lms.core.clock import local_day
from lms.core.ids import new_letters, new_token, new_uuid
from lms.credentials import queries
from lms.credentials.domain import document as documents
from lms.credentials.domain.serials import (
    HOLDER_LETTERS,
    LETTERS,
    SERIAL_LETTERS,
    serial_from,
)
from lms.credentials.domain.states import CredentialState, good_until
from lms.credentials.gateway import jsonld, keys, proofs, schema
from lms.credentials.models import Credential, Holder, StatusList
from lms.credentials.queries import Due
from lms.credentials.service.keys import Signer
from lms.db.upsert import insert_once
from lms.jobs.service import JobRequest, enqueue

log = structlog.get_logger(__name__)
ISSUE = "credentials.issue"
# The fewest bits a published list may have, so that a place tells nothing of who holds it.
LIST_PLACES = 131_072
# Beyond this a random place takes too many tries; the next list is begun.
_LIST_FULL = 100_000


@dataclass(frozen=True, slots=True)
class Signed:
    """A badge in both forms, checked."""

    due: Due
    document: str
    jwt: str
    issued_at: datetime
    valid_until: datetime | None


class BadgeFault(Exception):
    """What was signed did not pass its own check; nothing of it is kept."""


def intend(
    session: Session, *, enrollment_id: int, person_id: int, course_id: int, at: datetime
) -> str | None:
    """Write down that a badge is due and the job that makes it; once a person and course.

    Return its id, ``None`` as ``write_down``.
    """
    credential_id = write_down(
        session, enrollment_id=enrollment_id, person_id=person_id, course_id=course_id, at=at
    )
    if credential_id is not None:
        args = {"credential": credential_id}
        enqueue(session, JobRequest(ISSUE, f"{ISSUE}:{credential_id}", args))
    return credential_id


def write_down(
    session: Session, *, enrollment_id: int, person_id: int, course_id: int, at: datetime
) -> str | None:
    """Write down that a badge is due; the caller sees to it that it is made.

    Return its id, ``None`` where one stands or the one revoked was not to be issued anew.
    """
    if queries.is_withheld(session, person_id, course_id):
        return None
    credential_id = new_uuid()
    values = {
        "id": credential_id,
        "person_id": person_id,
        "course_id": course_id,
        "enrollment_id": enrollment_id,
        "state": CredentialState.PENDING,
        "shows_name": False,
        "created_at": at,
    }
    return credential_id if insert_once(session, Credential, values) else None


def reserve(session: Session, ids: Sequence[str], *, at: datetime) -> None:
    """Give the pending badges a number, their holder one, and a random place in a status list."""
    rows = session.scalars(
        select(Credential)
        .where(
            Credential.id.in_(ids),
            Credential.state == CredentialState.PENDING,
            Credential.status_index.is_(None),
        )
        .with_for_update()
    ).all()
    if not rows:
        return
    places = _places(session, len(rows))
    serials = _serials(session, len(rows), local_day(at).year)
    for row, (number, place), serial in zip(rows, places, serials, strict=True):
        row.status_list, row.status_index, row.serial = number, place, serial
        holder = {"person_id": row.person_id, "number": new_letters(LETTERS, HOLDER_LETTERS)}
        insert_once(session, Holder, holder)
    session.flush()


def signed(due: Due, signer: Signer, *, at: datetime) -> Signed:
    """Return the badge in both forms. Raises ``BadgeFault`` where its own check refuses it.

    The check reads what was written: the schema, every statement under the signature (by another
    implementation than the one that signed), the token by its public key.
    """
    until = good_until(at, due.badge_months)
    award = due.award(subject_id=new_uuid(), salt=new_token(), at=at, until=until)
    plain = documents.credential(due.value, award, signer.site)
    try:
        secured = proofs.secured(plain, signer.proof, plain["validFrom"])
    except jsonld.UndefinedTerm as error:
        raise BadgeFault(f"undefined term {error}") from error
    text = json.dumps(secured, ensure_ascii=False, separators=(",", ":"))
    token = keys.encode_token(documents.token_payload(plain), signer.token, signer.token_address)
    _check(text, token, signer)
    return Signed(due, text, token, at, until)


def keep(session: Session, made: Signed) -> bool:
    """Store what was signed unless another worker was faster; true where this call stored it."""
    values = {
        "state": CredentialState.VALID,
        "value": made.due.value.as_json(),
        "document": made.document,
        "jwt": made.jwt,
        "issued_at": made.issued_at,
        "valid_until": made.valid_until,
    }
    stored = session.connection().execute(
        update(Credential)
        .where(Credential.id == made.due.id, Credential.state == CredentialState.PENDING)
        .values(values)
    )
    return stored.rowcount == 1


def _check(text: str, token: str, signer: Signer) -> None:
    read = json.loads(text)
    broken = schema.faults(read)
    if broken:
        raise BadgeFault("; ".join(broken))
    if not proofs.stands(read, signer.multikey):
        raise BadgeFault("the proof does not stand")
    try:
        payload = keys.open_token(token, signer.token_public)
    except keys.BadToken as error:
        raise BadgeFault(f"token: {error}") from error
    unsigned = {name: value for name, value in read.items() if name != "proof"}
    if {name: payload.get(name) for name in unsigned} != unsigned:
        raise BadgeFault("the two forms differ")


def _places(session: Session, count: int) -> list[tuple[int, int]]:
    """Return so many free places of the newest list, random ones; the list's row stays locked."""
    newest = session.scalars(
        select(StatusList).order_by(StatusList.number.desc()).limit(1).with_for_update()
    ).first()
    if newest is None or newest.taken + count > _LIST_FULL:
        newest = StatusList(number=newest.number + 1 if newest else 1, taken=0)
        session.add(newest)
        session.flush()
    free: set[int] = set()
    while len(free) < count:
        drawn = {secrets.randbelow(LIST_PLACES) for _ in range(count - len(free))}
        taken = select(Credential.status_index).where(
            Credential.status_list == newest.number, Credential.status_index.in_(drawn)
        )
        free |= drawn - set(session.scalars(taken))
    newest.taken += count
    # In no order, so that neighbours in time are none in the list.
    mixed = secrets.SystemRandom().sample(sorted(free), count)
    return [(newest.number, place) for place in mixed]


def _serials(session: Session, count: int, year: int) -> list[str]:
    free: set[str] = set()
    while len(free) < count:
        drawn = {
            serial_from(year, new_letters(LETTERS, SERIAL_LETTERS))
            for _ in range(count - len(free))
        }
        free |= drawn - set(
            session.scalars(select(Credential.serial).where(Credential.serial.in_(drawn)))
        )
    return list(free)
