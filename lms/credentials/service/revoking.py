"""Takes badges back: by the word of two people, or because the training was paid back."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.accounts.models import Person
from lms.audit.service import record
from lms.credentials.domain.states import CredentialState
from lms.credentials.events import BadgeRevoked
from lms.credentials.models import Credential
from lms.credentials.service.keys import STATUS
from lms.db.bus import emit
from lms.jobs.service import JobRequest, enqueue
from lms.notify.service import send_sms


def revoke(session: Session, badge: Credential, now: datetime) -> None:
    """Revoke a valid badge, which is locked: its list is signed anew and its holder told."""
    badge.state, badge.revoked_at = CredentialState.REVOKED, now
    session.flush()
    args = {"list": badge.status_list}
    enqueue(session, JobRequest(STATUS, f"{STATUS}:{badge.id}", args))
    tell_holder(session, badge, "badge_revoked")
    emit(session, BadgeRevoked(badge.id, badge.enrollment_id, badge.person_id, now))


def revoke_refunded(session: Session, *, enrollment_id: int, now: datetime) -> None:
    """Revoke the badge of an enrollment all of whose money went back; one that is due waits.

    That nobody asked for it is what the check page tells it by.
    """
    badge = session.scalar(
        select(Credential)
        .where(Credential.enrollment_id == enrollment_id, Credential.state == CredentialState.VALID)
        .with_for_update()
    )
    if badge is None:
        return
    revoke(session, badge, now)
    record(
        session,
        actor_id=None,
        action="credential.revoked_refunded",
        subject=f"credential:{badge.id}",
        at=now,
    )


def tell_holder(session: Session, badge: Credential, template: str) -> None:
    """Text the holder what became of the badge."""
    holder = session.get_one(Person, badge.person_id)
    if holder.phone:
        send_sms(
            session,
            phone=holder.phone,
            template=template,
            params={"serial": badge.serial or ""},
            locale=holder.locale,
        )
