"""Reads what is known of the people of a list besides their study: groups and certificates."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.accounts.models import Particulars
from lms.db.among import among
from lms.subsidy.domain.dated import DatedFact, FactKey, FactSource, newest
from lms.subsidy.models import CertificateEntry, ExternalCertificate, LearnerFact

_LIVE = "live"


@dataclass(frozen=True, slots=True)
class Certificate:
    """A state certificate as lists tell of it."""

    cert_type: str
    cert_no: str
    cert_date: date
    cert_issuer: str
    score_theory: float | None
    score_practice: float | None


def certificates_of(
    session: Session, people: Collection[int]
) -> Mapping[tuple[int, str, int | None], Certificate]:
    """Return the certificates that stand, by person, occupation and level; the newest of each."""
    held, entry = ExternalCertificate, CertificateEntry
    rows = session.execute(
        select(held, entry)
        .join(entry, entry.certificate_id == held.id)
        .where(among(held.person_id, "people"), held.state == _LIVE)
        .order_by(held.id, entry.id),
        {"people": sorted(set(people))},
    )
    return {
        (own.person_id, said.occupation_code, said.level): Certificate(
            *(own.type, own.number, said.issued_on, said.issuer),
            score_theory=None if said.theory_mark is None else float(said.theory_mark),
            score_practice=None if said.practice_mark is None else float(said.practice_mark),
        )
        for own, said in rows
    }


def particulars_of_people(session: Session, people: Collection[int]) -> Mapping[int, Particulars]:
    """Return what people said of themselves for lists; who said nothing is left out."""
    wanted = select(Particulars).where(among(Particulars.person_id, "people"))
    rows = session.scalars(wanted, {"people": sorted(set(people))})
    return {row.person_id: row for row in rows}


def groups_of(session: Session, people: Sequence[tuple[int, date | None]]) -> Sequence[str | None]:
    """Return of each person and first day of training the group they were of then."""
    fact = LearnerFact
    rows = session.scalars(
        select(fact).where(among(fact.person_id, "people"), fact.key == FactKey.GROUPS),
        {"people": sorted({person for person, _ in people})},
    )
    known: defaultdict[int, list[DatedFact]] = defaultdict(list)
    for row in rows:
        known[row.person_id].append(
            DatedFact(
                *(row.id, FactKey.GROUPS, row.value, FactSource(row.source)),
                *(row.valid_from, row.valid_to),
            )
        )
    return [_group(known.get(person, ()), day) for person, day in people]


def _group(facts: Collection[DatedFact], day: date | None) -> str | None:
    if not facts or day is None:
        return None
    found = newest(facts, first_day=day, today=day).get(FactKey.GROUPS)
    groups = sorted(each for each in (found.value if found else None) or () if each)
    return groups[0] if groups else None
