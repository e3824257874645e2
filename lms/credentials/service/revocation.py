"""Takes badges back: one person asks with a reason, another one rules, the holder is told."""

from datetime import datetime

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from lms.accounts.models import Person
from lms.accounts.service.security import require_confirmed
from lms.audit.service import record
from lms.core.access import Actor, Permission
from lms.core.errors import Conflict, Forbidden, NotFound
from lms.credentials import queries
from lms.credentials.domain.states import CredentialState, Plea, Ruling
from lms.credentials.models import Credential, Revocation
from lms.credentials.service.keys import STATUS
from lms.jobs.service import JobRequest, enqueue
from lms.notify.service import send_sms


def ask(
    session: Session, *, actor: Actor, credential_id: str, plea: Plea, now: datetime
) -> Revocation:
    """Ask for a revocation; nothing changes for the holder until another person confirms it.

    Raises ``NotFound`` for a badge out of reach, ``ConfirmationNeeded`` where the actor has not
    proved within ten minutes that it is them, ``Conflict`` where the badge is revoked already or
    somebody asked before.
    """
    require_confirmed(session, actor, now=now)
    found = queries.badge_in_reach(session, actor, credential_id, Permission.CREDENTIAL_REVOKE)
    if found is None:
        raise NotFound
    if found.state is CredentialState.REVOKED:
        raise Conflict("badge_revoked", "This badge is revoked already.")
    request = Revocation(
        credential_id=credential_id,
        reason=plea.reason,
        note=plea.note,
        asked_by_id=actor.person_id,
        asked_at=now,
    )
    try:
        with session.begin_nested():
            session.add(request)
    except IntegrityError as error:
        raise Conflict(
            "revocation_open", "Somebody asked for this already. It waits for a second person."
        ) from error
    _write_down(session, actor, "credential.revocation_asked", request, now)
    return request


def rule(
    session: Session, *, actor: Actor, request_id: int, ruling: Ruling, now: datetime
) -> Revocation:
    """Confirm or decline a request that another person made.

    Raises ``NotFound`` out of reach, ``Forbidden`` for one's own request, ``Conflict`` where it
    was ruled on meanwhile, ``ConfirmationNeeded`` as above.
    """
    require_confirmed(session, actor, now=now)
    if queries.request_in_reach(session, actor, request_id) is None:
        raise NotFound
    request = session.get_one(Revocation, request_id, with_for_update=True)
    if request.asked_by_id == actor.person_id:
        raise Forbidden("own_request", "Two people are needed: somebody else has to confirm this.")
    if request.ruling is not None:
        raise Conflict("request_ruled", "This request was decided meanwhile.")
    request.ruling, request.ruled_by_id, request.ruled_at = ruling, actor.person_id, now
    session.flush()
    if ruling is Ruling.CONFIRMED:
        _revoke(session, request, now)
    _write_down(session, actor, f"credential.revocation_{ruling}", request, now)
    return request


def _revoke(session: Session, request: Revocation, now: datetime) -> None:
    badge = session.get_one(Credential, request.credential_id, with_for_update=True)
    badge.state, badge.revoked_at = CredentialState.REVOKED, now
    session.flush()
    args = {"list": badge.status_list}
    enqueue(session, JobRequest(STATUS, f"{STATUS}:{badge.id}", args))
    holder = session.get_one(Person, badge.person_id)
    if holder.phone:
        send_sms(
            session,
            phone=holder.phone,
            template="badge_revoked",
            params={"serial": badge.serial or ""},
            locale=holder.locale,
        )


def _write_down(
    session: Session, actor: Actor, action: str, request: Revocation, now: datetime
) -> None:
    record(
        session,
        actor_id=actor.person_id,
        action=action,
        subject=f"credential:{request.credential_id}",
        details={"request": request.id, "reason": request.reason, "note": request.note},
        at=now,
    )
