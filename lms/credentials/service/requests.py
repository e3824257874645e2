"""Takes badges back and issues them anew: one person asks, another rules, the holder is told."""

from datetime import datetime

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from lms.accounts.service.security import require_confirmed
from lms.audit.service import record
from lms.core.access import Actor, Permission
from lms.core.errors import Conflict, Forbidden, NotFound
from lms.credentials import queries
from lms.credentials.domain.states import Aim, Plea, Ruling, fitting_aim
from lms.credentials.models import BadgeRequest, Credential
from lms.credentials.service import issuing
from lms.credentials.service.revoking import revoke, tell_holder
from lms.db.session import savepoint


def ask(
    session: Session, *, actor: Actor, credential_id: str, plea: Plea, now: datetime
) -> BadgeRequest:
    """Ask to revoke a badge, or to issue a revoked one anew; another person has to confirm it.

    Raises ``NotFound`` for a badge out of reach, ``ConfirmationNeeded`` where the actor has not
    proved within ten minutes that it is them, ``Conflict`` where the badge's state does not fit or
    somebody asked before.
    """
    require_confirmed(session, actor, now=now)
    found = queries.badge_in_reach(session, actor, credential_id, Permission.CREDENTIAL_REVOKE)
    if found is None:
        raise NotFound
    if plea.aim is not fitting_aim(found.state):
        raise _misfit(plea.aim)
    request = BadgeRequest(
        credential_id=credential_id,
        aim=plea.aim,
        reason=plea.reason,
        note=plea.note,
        asked_by_id=actor.person_id,
        asked_at=now,
    )
    try:
        with savepoint(session):
            session.add(request)
    except IntegrityError as error:
        raise Conflict("request_standing", "Somebody asked for this already.") from error
    _write_down(session, actor, "asked", request, now)
    return request


def rule(
    session: Session, *, actor: Actor, request_id: int, ruling: Ruling, now: datetime
) -> BadgeRequest:
    """Confirm or decline what another person asked for, or withdraw what one asked oneself.

    Raises ``NotFound`` out of reach, ``Forbidden`` where one person would be both or withdraw for
    somebody else, ``Conflict`` where it was ruled on meanwhile, ``ConfirmationNeeded`` as above.
    """
    require_confirmed(session, actor, now=now)
    if queries.request_in_reach(session, actor, request_id) is None:
        raise NotFound
    request = session.get_one(BadgeRequest, request_id, with_for_update=True)
    if (request.asked_by_id == actor.person_id) is not (ruling is Ruling.WITHDRAWN):
        raise Forbidden("own_request", "Two people are needed: somebody else has to decide this.")
    if request.ruling is not None:
        raise Conflict("request_ruled", "This request was decided meanwhile.")
    request.ruling, request.ruled_by_id, request.ruled_at = ruling, actor.person_id, now
    session.flush()
    if ruling is Ruling.CONFIRMED:
        badge = session.get_one(Credential, request.credential_id, with_for_update=True)
        carry_out = revoke if Aim(request.aim) is Aim.REVOKE else _reissue
        carry_out(session, badge, now)
    _write_down(session, actor, ruling, request, now)
    return request


def _reissue(session: Session, badge: Credential, now: datetime) -> None:
    issuing.intend(
        session,
        enrollment_id=badge.enrollment_id,
        person_id=badge.person_id,
        course_id=badge.course_id,
        at=now,
    )
    tell_holder(session, badge, "badge_reissued")


def _misfit(aim: Aim) -> Conflict:
    if aim is Aim.REVOKE:
        return Conflict("badge_revoked", "This badge is revoked already.")
    return Conflict("badge_stands", "Only a revoked badge can be issued anew.")


def _write_down(
    session: Session, actor: Actor, step: str, request: BadgeRequest, now: datetime
) -> None:
    record(
        session,
        actor_id=actor.person_id,
        action=f"credential.{request.aim}_{step}",
        subject=f"credential:{request.credential_id}",
        details={"request": request.id, "reason": request.reason, "note": request.note},
        at=now,
    )
