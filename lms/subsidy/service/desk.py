"""What staff write down of somebody else: confirmed, corrected, no longer known; with a why."""

from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from lms.audit.service import record
from lms.core.access import Actor, Permission
from lms.core.clock import local_day
from lms.core.errors import Conflict, Forbidden, InvalidInput, Message
from lms.subsidy import queries
from lms.subsidy.domain.dated import DatedFact, FactKey, FactSource
from lms.subsidy.domain.impossible import contradiction
from lms.subsidy.domain.written import Given
from lms.subsidy.queries import Standing
from lms.subsidy.service.facts import NewFact, record_fact


def require_another(actor: Actor, person_id: int) -> None:
    """Refuse facts about oneself. Raises ``Forbidden``."""
    if actor.person_id == person_id:
        raise Forbidden("own_facts", "Two people are needed: somebody else has to do this for you.")


def confirm(
    session: Session, *, actor: Actor, person_id: int, key: FactKey, given: Given, now: datetime
) -> None:
    """Write down that what the person said was looked at and is so.

    Raises ``NotFound`` out of reach, ``Forbidden`` for oneself, ``Conflict`` where nothing was
    said or it cannot be so.
    """
    own = _standing(session, actor, person_id, now)
    said = _counting(own, key)
    if said is None or said.is_checked or said.value is None:
        raise Conflict("nothing_said", "There is nothing here to be confirmed any more.")
    given = Given(said.valid_from, said.valid_to, given.reason, given.evidence_id)
    _write(session, actor, own, (key, said.value, "fact.confirmed"), given, now)


def correct(
    session: Session,
    *,
    actor: Actor,
    person_id: int,
    fact: tuple[FactKey, Any],
    given: Given,
    now: datetime,
) -> None:
    """Write down what is so; null says that nobody knows any more. Raises as ``confirm``."""
    own = _standing(session, actor, person_id, now)
    action = "fact.unknown" if fact[1] is None else "fact.corrected"
    since = given.since or own.answers.since(fact[0])
    given = Given(since, given.until, given.reason, given.evidence_id)
    _write(session, actor, own, (*fact, action), given, now)


def _standing(session: Session, actor: Actor, person_id: int, now: datetime) -> Standing:
    person = queries.subject(session, actor, person_id, Permission.FACTS_RECORD)
    require_another(actor, person_id)
    return queries.standing(session, person, today=local_day(now))


def _counting(own: Standing, key: FactKey) -> DatedFact | None:
    return own.dossier.known(first_day=own.answers.day, today=own.answers.today).get(key)


def _write(
    session: Session,
    actor: Actor,
    own: Standing,
    what: tuple[FactKey, Any, str],
    given: Given,
    now: datetime,
) -> None:
    key, value, action = what
    since = given.since or own.answers.today
    _require_possible(own, key, value, since)
    if given.until and given.until < since:
        raise InvalidInput(
            {"until": Message("days_reversed", "The last day lies before the first.")}
        )
    if given.evidence_id:
        _require_own_paper(session, own, given.evidence_id)
    source = FactSource.DOCUMENT if given.evidence_id else FactSource.STAFF
    fact = NewFact(
        *(key, value, source, since, actor.person_id),
        *(given.until, given.evidence_id, given.reason),
    )
    fact_id = record_fact(session, person_id=own.person.person_id, fact=fact, now=now)
    # Not the value: the log is read by more people than the facts are.
    record(
        session,
        actor_id=actor.person_id,
        action=action,
        subject=f"person:{own.person.person_id}",
        details={"key": key.value, "fact": fact_id, "source": source.value, "why": given.reason},
        at=now,
    )


def _require_possible(own: Standing, key: FactKey, value: object, since: date) -> None:
    known = own.dossier.known(first_day=since, today=since)
    values = {each: fact.value for each, fact in known.items()}
    against = contradiction({**values, key: value}, since)
    if against is not None:
        raise Conflict(against.code, against.text, **against.params)


def _require_own_paper(session: Session, own: Standing, evidence_id: str) -> None:
    papers = queries.papers(session, own.person.person_id)
    if evidence_id not in {each.id for each in papers}:
        raise InvalidInput(
            {"evidence": Message("paper_unknown", "Please choose one of the papers.")}
        )
