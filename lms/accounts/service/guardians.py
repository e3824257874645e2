"""Takes a guardian's word for a person of 16 or 17: by a code to their phone, or before staff."""

from datetime import datetime

from sqlalchemy.orm import Session

from lms.accounts import queries
from lms.accounts.domain import texts
from lms.accounts.domain.identity import NewGuardian
from lms.accounts.domain.proofs import Verdict
from lms.accounts.gateway import Keys
from lms.accounts.models import CodePurpose, Guardian, GuardianProof
from lms.accounts.service import codes
from lms.audit.service import record
from lms.core.errors import InvalidInput


def agree_by_code(
    session: Session, *, person_id: int, new: NewGuardian, code: str, keys: Keys, now: datetime
) -> InvalidInput | None:
    """Write the guardian down who read out the code sent to them; return what was wrong with it."""
    found = codes.try_code(
        session, phone=new.phone, purpose=CodePurpose.GUARDIAN, code=code, keys=keys, now=now
    )
    if isinstance(found, Verdict):
        return codes.fault(found)
    codes.redeem(found, now=now)
    _write(session, person_id, new, None, now=now)
    return None


def agree_in_person(
    session: Session, *, person_id: int, new: NewGuardian, by_id: int, now: datetime
) -> None:
    """Write the guardian down who stands before staff."""
    _write(session, person_id, new, by_id, now=now)


def _write(
    session: Session, person_id: int, new: NewGuardian, by_id: int | None, *, now: datetime
) -> None:
    row = queries.guardian_of(session, person_id) or Guardian(person_id=person_id)
    row.name, row.relation, row.phone = new.name, new.relation, new.phone
    row.proof = GuardianProof.CODE if by_id is None else GuardianProof.IN_PERSON
    row.text_version = texts.version_of(texts.GUARDIAN)
    row.recorded_by_id, row.given_at = by_id, now
    session.add(row)
    session.flush()
    record(
        session,
        actor_id=by_id,
        action="guardian.agreed",
        subject=f"person:{person_id}",
        details={"proof": row.proof},
        at=now,
    )
