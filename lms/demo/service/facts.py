"""Writes down what a training office knows of every demo learner, and names the demo school."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from lms.catalog.gateway import known_programmes
from lms.catalog.models import Course, Institution, Programme
from lms.catalog.service.registry import DEFAULT_INSTITUTION, programme_for
from lms.core.clock import local_day
from lms.demo.domain import CARDED, Learner, identity_of
from lms.subsidy.domain.dated import FactKey, FactSource
from lms.subsidy.models import LearnerFact

# As the demonstration policies' catalogue calls the school.
_SCHOOL_CODE = "QZ-LSS-01"


def make_school(session: Session) -> None:
    """Put the default school into the demo catalogue and make the programmes that draw on others.

    Those show how a subsidy works and pay nothing: a county's own site has none of them.
    """
    if session.scalar(select(Institution.id).where(Institution.code == _SCHOOL_CODE)) is None:
        session.execute(
            update(Institution)
            .where(Institution.slug == DEFAULT_INSTITUTION, Institution.code.is_(None))
            .values(code=_SCHOOL_CODE)
        )
    taught = set(
        session.scalars(select(Programme.slug).join(Course, Course.programme_id == Programme.id))
    )
    for slug, known in known_programmes().items():
        if taught & set(known.draws_on):
            programme_for(session, slug)


def make_facts(
    session: Session, learners: Mapping[int, Learner], *, seed: int, now: datetime
) -> None:
    """Write down name check, sex and birthday of those (by person id) nothing is known of.

    The first learners' cards are looked at instead, one by one.
    """
    listed = [key for key, learner in learners.items() if learner.number > CARDED]
    known = select(LearnerFact.person_id).where(LearnerFact.person_id.in_(listed))
    missing = set(listed) - set(session.scalars(known.distinct()))
    rows = []
    for person_id in sorted(missing):
        own = identity_of(learners[person_id].number, seed)
        row = {
            "person_id": person_id,
            "valid_from": local_day(now - timedelta(days=own.checked_days_ago)),
            "recorded_at": now,
        }
        for key, value, source in (
            (FactKey.REAL_NAME_VERIFIED, True, FactSource.STAFF),
            (FactKey.SEX, own.sex, FactSource.DOCUMENT),
            (FactKey.BIRTH_DATE, own.birth_date.isoformat(), FactSource.DOCUMENT),
        ):
            rows.append({**row, "key": key.value, "value": value, "source": source.value})
    if rows:
        # Past the mapper: a million learners have three rows each.
        session.connection().execute(insert(LearnerFact), rows)
