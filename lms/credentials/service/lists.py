"""Signs the status lists: after each revocation, and every day anew so that none grows stale."""

import json
from datetime import datetime

from openbadgeslib.ob3 import encode_bitstring
from sqlalchemy.orm import Session

from lms.core.clock import rfc3339
from lms.credentials import queries
from lms.credentials.domain import document as documents
from lms.credentials.gateway import proofs
from lms.credentials.models import StatusList
from lms.credentials.service.issuing import LIST_PLACES, BadgeFault
from lms.credentials.service.keys import Signer


def publish(session: Session, number: int, signer: Signer, *, at: datetime) -> None:
    """Sign the list as it stands and keep it; the row stays locked, so none older comes after.

    Raises ``BadgeFault`` where the signed list does not pass its own check.
    """
    row = session.get_one(StatusList, number, with_for_update=True)
    bits = encode_bitstring(queries.revoked_places(session, number), LIST_PLACES)
    moment = at.replace(microsecond=0)
    plain = documents.status_list(number, bits, signer.site, moment)
    secured = proofs.secured(plain, signer.proof, rfc3339(moment) or "")
    text = json.dumps(secured, separators=(",", ":"))
    if not proofs.stands(json.loads(text), signer.multikey):
        raise BadgeFault(f"status list {number}")
    row.document, row.signed_at = text, moment


def publish_missing(session: Session, signer: Signer, *, at: datetime) -> None:
    """Sign the lists that were never signed: a badge must not name one nobody can fetch."""
    for number in queries.list_numbers(session):
        if session.get_one(StatusList, number).document is None:
            publish(session, number, signer, at=at)
