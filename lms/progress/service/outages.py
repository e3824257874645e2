"""Makes good what an outage took: one administrator asks, another approves, a job counts it."""

from datetime import datetime

from sqlalchemy.orm import Session

from lms.accounts.models import Person
from lms.accounts.service.security import require_confirmed
from lms.audit.service import record
from lms.core.access import Actor, Permission
from lms.core.clock import local_day
from lms.core.errors import Conflict, Forbidden, InvalidInput, Message, NotFound
from lms.jobs.service import JobRequest, enqueue
from lms.jobs.service import run_again as run_job_again
from lms.notify.service import send_sms
from lms.progress import queries
from lms.progress.domain.ledger import EntryKind
from lms.progress.domain.requests import Decision, Outage, RequestAim, RequestRuling, compensate
from lms.progress.domain.units import datetime_to_ms, ms_to_datetime
from lms.progress.models import TimeRequest
from lms.progress.service.granting import Grant, lock_learner, sets_of_learner, write_grants


def propose(session: Session, *, actor: Actor, outage: Outage, now: datetime) -> TimeRequest:
    """Ask to make good an outage for a county; nothing counts until somebody else approves.

    Raises ``ConfirmationNeeded`` as for appeals, ``NotFound`` for a county out of reach,
    ``InvalidInput`` for one that is not over, ``Conflict`` where some of the time was asked for.
    """
    require_confirmed(session, actor, now=now)
    counties = queries.counties_of(session, actor.scopes_for(Permission.TIME_RULE))
    if outage.county_code not in {county.code for county in counties}:
        raise NotFound
    if outage.to_ms > datetime_to_ms(now):
        fault = Message("outage_not_over", "Please ask once the outage is over.")
        raise InvalidInput({"to": fault})
    if queries.is_asked_for(session, outage):
        raise Conflict("outage_asked", "Somebody asked for some of this time already.")
    request = TimeRequest(
        aim=RequestAim.COMPENSATION,
        county_code=outage.county_code,
        wall_from_ms=outage.from_ms,
        wall_to_ms=outage.to_ms,
        words=outage.words,
        asked_by_id=actor.person_id,
        asked_at=now,
    )
    session.add(request)
    session.flush()
    _write_down(session, actor.person_id, "asked", request, now)
    return request


def rule(
    session: Session, *, actor: Actor, request_id: int, decision: Decision, now: datetime
) -> TimeRequest:
    """Approve or decline what another administrator asked for, or withdraw one's own request.

    Raises ``NotFound`` out of reach, ``Forbidden`` where one person would be both or withdraw for
    somebody else, ``Conflict`` where it was ruled on meanwhile, ``ConfirmationNeeded`` as above.
    """
    require_confirmed(session, actor, now=now)
    if not queries.is_outage_in_reach(session, actor, request_id, Permission.TIME_RULE):
        raise NotFound
    request = session.get_one(TimeRequest, request_id, with_for_update=True)
    is_withdrawn = decision.ruling is RequestRuling.WITHDRAWN
    if (request.asked_by_id == actor.person_id) is not is_withdrawn:
        raise Forbidden("own_request", "Two people are needed: somebody else has to decide this.")
    if request.ruling is not None:
        raise Conflict("request_ruled", "This request was decided meanwhile.")
    request.ruling, request.reason = decision.ruling, decision.reason
    request.ruled_by_id, request.ruled_at = actor.person_id, now
    session.flush()
    if decision.ruling is RequestRuling.GRANTED:
        key = queries.job_key(request_id)
        enqueue(session, JobRequest(queries.COMPENSATE, key, {"request": request_id}))
    _write_down(session, actor.person_id, decision.ruling, request, now)
    return request


def run_again(session: Session, *, actor: Actor, request_id: int, now: datetime) -> None:
    """Have a request counted on whose job gave up: nothing new is decided, nobody gets it twice.

    Raises ``NotFound`` out of reach, ``Conflict`` where nothing gave up or it runs again already.
    """
    if not queries.is_outage_in_reach(session, actor, request_id, Permission.TIME_RULE):
        raise NotFound
    request = session.get_one(TimeRequest, request_id, with_for_update=True)
    is_open = request.ruling == RequestRuling.GRANTED and request.granted_at is None
    if not is_open or not run_job_again(session, queries.job_key(request_id)):
        raise Conflict("nothing_gave_up", "This is being counted, or it is counted already.")
    _write_down(session, actor.person_id, "run_again", request, now)


def outage_of(request: TimeRequest) -> Outage:
    """Return the outage a request is about. Raises ``LookupError`` for an appeal."""
    if request.county_code is None or request.wall_from_ms is None or request.wall_to_ms is None:
        raise LookupError("an appeal is about no outage")
    return Outage(request.county_code, request.wall_from_ms, request.wall_to_ms, request.words)


def compensate_learner(session: Session, *, request_id: int, outage: Outage, person_id: int) -> int:
    """Grant one learner what the outage took and tell them; return how many milliseconds it adds.

    What was granted for this request before is neither granted nor told again, whoever asks.
    """
    locked = lock_learner(session, person_id)
    if queries.is_granted(session, request_id=request_id, person_id=person_id):
        return 0
    slips = queries.slips_of(session, [person_id], outage).get(person_id, [])
    materials = {each.material_id for each in slips}
    sets = sets_of_learner(session, person_id, materials)
    durations = queries.durations_of(session, materials)
    spans = compensate(slips, outage, sets, durations)
    what = Grant(EntryKind.COMPENSATION, request_id, person_id)
    granted_ms = write_grants(session, what, locked, spans)
    if granted_ms:
        _tell(session, outage, person_id)
    return granted_ms


def carried_out(session: Session, *, request_id: int, now: datetime) -> TimeRequest:
    """Record that a request was counted for everybody, and what it brought; a second time is none.

    The sums come from the ledger, so that they hold whatever runs of the job made the entries.
    """
    request = session.get_one(TimeRequest, request_id, with_for_update=True)
    if request.granted_at is not None:
        return request
    granted_ms, people = queries.granted_in_all(session, request_id)
    request.granted_ms, request.granted_people = granted_ms, people
    request.granted_at = now
    session.flush()
    _write_down(session, request.ruled_by_id, "counted", request, now)
    return request


def _tell(session: Session, outage: Outage, person_id: int) -> None:
    learner = session.get_one(Person, person_id)
    day = local_day(ms_to_datetime(outage.from_ms))
    if learner.phone:
        send_sms(
            session,
            phone=learner.phone,
            template="time_made_good",
            params={"month": day.month, "day": day.day},
            locale=learner.locale,
        )


def _write_down(
    session: Session, actor_id: int | None, step: str, request: TimeRequest, now: datetime
) -> None:
    record(
        session,
        actor_id=actor_id,
        action=f"time.outage_{step}",
        subject=f"time_request:{request.id}",
        details={
            "county": request.county_code,
            "from_ms": request.wall_from_ms,
            "to_ms": request.wall_to_ms,
            "words": request.words,
            "reason": request.reason,
            "granted_ms": request.granted_ms,
            "granted_people": request.granted_people,
        },
        at=now,
    )
