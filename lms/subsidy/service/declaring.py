"""Keeps what learners promise and say of themselves; each answer is a row of its own."""

from datetime import date, datetime

from sqlalchemy.orm import Session

from lms.core.errors import Conflict
from lms.subsidy import queries
from lms.subsidy.domain.dated import FactSource
from lms.subsidy.domain.questions import PROMISE_VERSION, Step, said_anew
from lms.subsidy.models import Promise
from lms.subsidy.service.facts import NewFact, record_fact


def give_promise(session: Session, *, person_id: int, address: str, now: datetime) -> None:
    """Write down that the person promised to say what is true; once a text is enough."""
    before = queries.promise(session, person_id)
    if before is None or before.text_version != PROMISE_VERSION:
        session.add(
            Promise(
                person_id=person_id, text_version=PROMISE_VERSION, address=address, given_at=now
            )
        )


def declare(
    session: Session, *, person_id: int, step: Step, value: object, today: date, now: datetime
) -> None:
    """Write an answer down, for the day the person was asked about.

    What contradicts a checked fact is kept and changes nothing. Raises ``Conflict`` before the
    promise, ``InvalidInput`` for a value that is none.
    """
    own = queries.standing(session, queries.oneself(session, person_id), today=today)
    if own.promised is None or own.promised.text_version != PROMISE_VERSION:
        raise Conflict("promise_first", "Please read and give the promise first.")
    answer = own.answers.by_step[step]
    since = own.answers.since(step.key)
    if said_anew(answer.own, value, since):
        fact = NewFact(step.key, value, FactSource.DECLARED, since, person_id)
        record_fact(session, person_id=person_id, fact=fact, now=now)
