"""Takes learners' appeals about time that did not count; an administrator rules, all is kept."""

from datetime import datetime

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from lms.accounts.models import Person
from lms.accounts.service.security import require_confirmed
from lms.audit.service import record
from lms.core.access import Actor, Permission
from lms.core.errors import Conflict, Forbidden, NotFound
from lms.db.session import savepoint
from lms.notify.service import send_sms
from lms.progress import queries
from lms.progress.domain.ledger import EntryKind
from lms.progress.domain.refusals import uncounted
from lms.progress.domain.requests import Decision, RequestAim, RequestRuling
from lms.progress.domain.spans import Spans
from lms.progress.models import TimeRequest
from lms.progress.service.granting import Grant, lock_learner, write_grants

# Stored as every request's words are; learners read it as what was asked for them.
_LATE_WORDS = "没有网络时学的，按培训的规定请人核对。"


def ask(session: Session, *, actor: Actor, item_id: int, words: str, now: datetime) -> TimeRequest:
    """Ask to count what the actor played of an item and is not credited.

    Raises ``NotFound`` for an item of no course of the actor's, ``Conflict`` where nothing is
    left to ask for or the actor asked before and waits for an answer.
    """
    target = queries.item_target(session, person_id=actor.person_id, item_id=item_id)
    if target is None:
        raise NotFound
    spans = _uncounted(session, actor.person_id, target.material_id)
    if not spans:
        raise Conflict("nothing_uncounted", "Everything you watched here counts already.")
    request = TimeRequest(
        aim=RequestAim.APPEAL,
        person_id=actor.person_id,
        material_id=target.material_id,
        spans=spans.as_lists(),
        words=words,
        asked_by_id=actor.person_id,
        asked_at=now,
    )
    already = Conflict("appeal_open", "You asked about this already. Please wait.")
    _open(session, request, already=already)
    _write_down(session, actor, "asked", request, now)
    return request


def open_late(
    session: Session, *, actor: Actor, person_id: int, material_id: int, now: datetime
) -> int:
    """Return the request about a learner's late time, made in their name where none is open.

    A programme may have such time looked at by a person unasked: then it stands for the learner
    asking, and is ruled on as anything they ask. Raises ``NotFound`` where nothing waits in
    reach, ``Conflict`` where somebody opens it at the same moment.
    """
    waiting = queries.waiting_of(session, actor, person_id=person_id, material_id=material_id)
    if waiting is None:
        raise NotFound
    if waiting.request_id is not None:
        return waiting.request_id
    request = TimeRequest(
        aim=RequestAim.APPEAL,
        person_id=person_id,
        material_id=material_id,
        spans=waiting.spans.as_lists(),
        words=_LATE_WORDS,
        asked_by_id=person_id,
        asked_at=now,
    )
    already = Conflict("late_opened", "Somebody else looks at this already.")
    _open(session, request, already=already)
    _write_down(session, actor, "opened", request, now)
    return request.id


def withdraw(session: Session, *, actor: Actor, request_id: int, now: datetime) -> None:
    """Take the actor's own appeal back.

    Raises ``NotFound`` for anyone else's, ``Conflict`` where it was answered meanwhile.
    """
    request = session.get(TimeRequest, request_id, with_for_update=True)
    if request is None or request.person_id != actor.person_id:
        raise NotFound
    _require_open(request)
    request.ruling = RequestRuling.WITHDRAWN
    request.ruled_by_id, request.ruled_at = actor.person_id, now
    _write_down(session, actor, RequestRuling.WITHDRAWN, request, now)


def rule(
    session: Session, *, actor: Actor, request_id: int, decision: Decision, now: datetime
) -> TimeRequest:
    """Count what a learner asked for, or some of it, or leave it as it is; they are told why.

    Raises ``NotFound`` out of reach, ``ConfirmationNeeded`` where the actor has not proved within
    ten minutes that it is them, ``Forbidden`` for one's own appeal, ``Conflict`` where it was
    ruled on meanwhile.
    """
    require_confirmed(session, actor, now=now)
    if queries.appeal_in_reach(session, actor, request_id, Permission.TIME_RULE) is None:
        raise NotFound
    request = session.get_one(TimeRequest, request_id, with_for_update=True)
    if request.person_id == actor.person_id:
        raise Forbidden("own_request", "Two people are needed: somebody else has to decide this.")
    _require_open(request)
    granted_ms = 0
    if decision.ruling is RequestRuling.GRANTED:
        granted_ms = _grant(session, request, decision)
        request.granted_at = now
    request.granted_ms, request.granted_people = granted_ms, int(granted_ms > 0)
    request.ruling, request.reason = decision.ruling, decision.reason
    request.ruled_by_id, request.ruled_at = actor.person_id, now
    session.flush()
    _tell(session, request)
    _write_down(session, actor, decision.ruling, request, now)
    return request


def _uncounted(session: Session, person_id: int, material_id: int) -> Spans:
    refused = queries.refusals(session, person_id=person_id, material_id=material_id)
    sets = queries.sets_of(session, person_id=person_id, material_id=material_id)
    lost = uncounted(refused, Spans.of(sets.credited if sets else ()))
    duration = queries.durations_of(session, [material_id])[material_id]
    return Spans.of((each.begin_ms, each.end_ms) for each in lost).clip(0, duration)


def _grant(session: Session, request: TimeRequest, decision: Decision) -> int:
    person_id, material_id = request.person_id, request.material_id
    if person_id is None or material_id is None:
        raise LookupError("an appeal is about somebody's time")
    locked = lock_learner(session, person_id)
    what = Grant(EntryKind.APPEAL, request.id, person_id)
    chosen = decision.chosen(request.spans or ())
    return write_grants(session, what, locked, {material_id: chosen})


def _require_open(request: TimeRequest) -> None:
    if request.ruling is not None:
        raise Conflict("request_ruled", "This request was decided meanwhile.")


def _tell(session: Session, request: TimeRequest) -> None:
    learner = session.get_one(Person, request.asked_by_id)
    is_counted = request.ruling == RequestRuling.GRANTED
    if learner.phone:
        send_sms(
            session,
            phone=learner.phone,
            template="time_counted" if is_counted else "time_stays",
            params={},
            locale=learner.locale,
        )


def _open(session: Session, request: TimeRequest, *, already: Conflict) -> None:
    """Write the request; the database takes one open one a person and material."""
    try:
        with savepoint(session):
            session.add(request)
    except IntegrityError as error:
        raise already from error


def _write_down(
    session: Session, actor: Actor, step: str, request: TimeRequest, now: datetime
) -> None:
    record(
        session,
        actor_id=actor.person_id,
        action=f"time.appeal_{step}",
        subject=f"time_request:{request.id}",
        details={
            "material": request.material_id,
            "words": request.words,
            "reason": request.reason,
            "granted_ms": request.granted_ms,
        },
        at=now,
    )
